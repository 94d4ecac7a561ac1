/* SPDX-License-Identifier: BSD-2-Clause */
/* master/log_open: log files where others may have a say. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "master/log_open.h"

/* Folders of the test: in one nobody else may write, nor above, in the other
 * all may. */
static char safe[PATH_MAX], shared[] = "/tmp/drover-log-XXXXXX";

/* Somebody who owns nothing here. */
static const struct privs other = {
	.uid = 54321, .gid = 54321, .change = true
};
/* A server that was not started by root has nothing to guard. */
static const struct privs same = { .change = false };

static const char *
in(const char *dir, const char *name)
{
	static char paths[16][PATH_MAX + 64];
	static unsigned next;
	char *path = paths[next++ % 16];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

/* 0 and closed again, or -1 with the message. */
static int
try(const char *path, const struct privs *user, struct err *err)
{
	int fd;

	err->text[0] = '\0';
	fd = log_open(path, user, err);
	if (fd < 0)
		return -1;
	assert_true((fcntl(fd, F_GETFL) & O_APPEND) != 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(write(fd, "x\n", 2), 2);
	close(fd);
	return 0;
}

static off_t
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? -1 : st.st_size;
}

static void
test_plain(void **state)
{
	const char *path = in(shared, "plain");
	struct err err;

	(void)state;
	assert_int_equal(try(path, &other, &err), 0);
	assert_int_equal(try(path, &other, &err), 0);
	assert_int_equal(try(path, &same, &err), 0);
	assert_int_equal(size_of(path), 6);
	assert_int_equal(unlink(path), 0);
}

static void
test_what_is_not_there(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(try(in(shared, "no/log"), &other, &err), -1);
	assert_non_null(strstr(err.text, "/no/log: No such file"));
	assert_int_equal(try(in(shared, "no/log"), &same, &err), -1);
	assert_non_null(strstr(err.text, "/no/log: No such file"));
	assert_non_null(strstr(err.text, "directory (there is no directory /"));
	assert_non_null(strstr(err.text, "/no)"));
	assert_int_equal(try("/", &other, &err), -1);
	assert_int_equal(try(shared, &other, &err), -1);
	assert_non_null(strstr(err.text, "Is a directory"));
}

static void
test_link_where_user_may_write(void **state)
{
	const char *victim = in(shared, "victim"), *link = in(shared, "link");
	struct err err;

	(void)state;
	assert_int_equal(symlink(victim, link), 0);
	assert_int_equal(try(link, &other, &err), -1);
	assert_non_null(strstr(err.text, "\"link\" on its way is a symbolic"));
	assert_int_equal(size_of(victim), -1);
	/* For who opens it with his own rights it is as good as any. */
	assert_int_equal(try(link, &same, &err), 0);
	assert_int_equal(size_of(victim), 2);
	unlink(victim);
	unlink(link);
}

static void
test_folder_that_is_a_link(void **state)
{
	const char *folder = in(shared, "folder"), *link = in(shared, "link");
	struct err err;

	(void)state;
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(symlink("folder", link), 0);
	assert_int_equal(try(in(shared, "link/log"), &other, &err), -1);
	assert_non_null(strstr(err.text, "\"link\" on its way"));
	assert_int_equal(try(in(shared, "folder/log"), &other, &err), 0);
	assert_int_equal(try(in(shared, "folder//./log"), &other, &err), 0);
	assert_int_equal(size_of(in(shared, "folder/log")), 4);
	unlink(in(shared, "folder/log"));
	unlink(link);
	rmdir(folder);
}

static void
test_two_names(void **state)
{
	const char *victim = in(shared, "victim"), *name = in(shared, "name");
	struct err err;

	(void)state;
	assert_int_equal(try(victim, &other, &err), 0);
	assert_int_equal(link(victim, name), 0);
	assert_int_equal(try(name, &other, &err), -1);
	assert_non_null(strstr(err.text, "no plain file with one name"));
	assert_int_equal(size_of(victim), 2);
	unlink(name);
	unlink(victim);
	/* Nor is anything but a file; this one must not be waited for. */
	assert_int_equal(mkfifo(name, 0666), 0);
	assert_int_equal(try(name, &other, &err), -1);
	unlink(name);
}

static void
test_links_of_root(void **state)
{
	const char *first = in(safe, "first"), *second = in(safe, "second");
	struct err err;

	(void)state;
	if (safe[0] == '\0')
		skip();
	assert_int_equal(mkdir(in(safe, "folder"), 0755), 0);
	assert_int_equal(symlink("folder/log", first), 0);
	assert_int_equal(symlink(first, second), 0);
	assert_int_equal(try(second, &other, &err), 0);
	assert_int_equal(size_of(in(safe, "folder/log")), 2);
	unlink(second);
	/* One that leads to where the user may write still leads there. */
	assert_int_equal(symlink(in(shared, "log"), second), 0);
	assert_int_equal(try(second, &other, &err), 0);
	assert_int_equal(symlink("log", in(shared, "link")), 0);
	unlink(second);
	assert_int_equal(symlink(in(shared, "link"), second), 0);
	assert_int_equal(try(second, &other, &err), -1);
	unlink(second);
	/* In a circle. */
	unlink(first);
	assert_int_equal(symlink("second", first), 0);
	assert_int_equal(symlink("first", second), 0);
	assert_int_equal(try(first, &other, &err), -1);
	assert_non_null(strstr(err.text, "Too many levels"));
	unlink(first);
	unlink(second);
	unlink(in(shared, "link"));
	unlink(in(shared, "log"));
	unlink(in(safe, "folder/log"));
	rmdir(in(safe, "folder"));
}

static void
test_group_and_owner(void **state)
{
	const char *folder = in(safe, "folder"),
		   *link = in(safe, "folder/link");
	const char *log = in(safe, "folder/log");
	struct privs member = other, owner = other;
	struct err err;

	(void)state;
	if (safe[0] == '\0')
		skip();
	member.groups[0] = getgid();
	member.group_count = 1;
	owner.uid = getuid();
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(symlink("log", link), 0);
	assert_int_equal(try(link, &other, &err), 0);
	assert_int_equal(try(link, &member, &err), 0);
	assert_int_equal(try(link, &owner, &err), -1);
	assert_int_equal(chmod(folder, 0775), 0);
	assert_int_equal(try(link, &other, &err), 0);
	assert_int_equal(try(link, &member, &err), -1);
	assert_int_equal(chmod(folder, 0757), 0);
	assert_int_equal(try(link, &other, &err), -1);
	unlink(log);
	unlink(link);
	rmdir(folder);
}

/* In a sticky folder nobody moves what is another's. */
static void
test_sticky(void **state)
{
	const char *folder = in(shared, "folder"),
		   *link = in(shared, "folder/link");
	struct privs owner = other;
	struct err err;

	(void)state;
	owner.uid = getuid();
	assert_int_equal(mkdir(folder, 0755), 0);
	assert_int_equal(symlink("log", link), 0);
	assert_int_equal(try(link, &other, &err), -1);
	assert_int_equal(chmod(shared, 01777), 0);
	assert_int_equal(try(link, &other, &err), 0);
	/* What is his he may move; in it, too, he may write. */
	assert_int_equal(try(link, &owner, &err), -1);
	assert_int_equal(chmod(folder, 0777), 0);
	assert_int_equal(try(link, &other, &err), -1);
	assert_int_equal(chmod(folder, 01777), 0);
	assert_int_equal(try(link, &other, &err), -1);
	/* Links are not directories: one lies there as well. */
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(symlink("folder/log", in(shared, "link")), 0);
	assert_int_equal(try(in(shared, "link"), &other, &err), -1);
	/* Once he may have moved one, what is below it is his word. */
	assert_int_equal(chmod(shared, 0777), 0);
	assert_int_equal(mkdir(in(shared, "folder/deep"), 0755), 0);
	assert_int_equal(symlink("../log", in(shared, "folder/deep/link")), 0);
	assert_int_equal(try(in(shared, "folder/deep/link"), &other, &err), -1);
	unlink(in(shared, "folder/deep/link"));
	rmdir(in(shared, "folder/deep"));
	unlink(in(shared, "link"));
	unlink(in(shared, "folder/log"));
	unlink(link);
	rmdir(folder);
}

/* A folder that nobody else may write, all the way from the root. */
static bool
find_safe(void)
{
	const char *const places[] = { "/run", getenv("HOME") };
	struct stat st;

	for (size_t i = 0; i < 2; i++) {
		if (places[i] == NULL || stat(places[i], &st) < 0 ||
		    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
			continue;
		snprintf(safe, sizeof(safe), "%s/drover-log-XXXXXX", places[i]);
		if (mkdtemp(safe) != NULL)
			return true;
	}
	safe[0] = '\0';
	return false;
}

static int
setup(void **state)
{
	(void)state;
	umask(022);
	(void)find_safe();
	return mkdtemp(shared) == NULL || chmod(shared, 0777) < 0;
}

static int
teardown(void **state)
{
	(void)state;
	if (safe[0] != '\0' && rmdir(safe) < 0)
		return -1;
	return rmdir(shared);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_what_is_not_there),
		cmocka_unit_test(test_link_where_user_may_write),
		cmocka_unit_test(test_folder_that_is_a_link),
		cmocka_unit_test(test_two_names),
		cmocka_unit_test(test_links_of_root),
		cmocka_unit_test(test_group_and_owner),
		cmocka_unit_test(test_sticky),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
