/* SPDX-License-Identifier: BSD-2-Clause */
/* os/unix_socket: what may be at its place, and what is left behind. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/unix_socket.h"
#include "tree.h"

static int
begin(void **state)
{
	(void)state;
	tree_make();
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	tree_remove();
	return 0;
}

static void
listen_at(struct unix_socket *s, const char *path)
{
	struct err err;

	assert_int_equal(unix_socket_open(s, path, &err), 0);
	assert_int_equal(unix_socket_put(s, &err), 0);
	assert_true(unix_socket_is_at(s, path));
}

static void
connect_to(const char *path)
{
	uid_t uid = (uid_t)-1;
	int fd = unix_socket_connect(path, 0);

	assert_return_code(fd, errno);
	assert_int_equal(unix_socket_peer(fd, &uid), getpid());
	assert_int_equal(uid, geteuid());
	close(fd);
}

static void
test_life(void **state)
{
	const char *path = tree_path("s");
	struct unix_socket s;
	struct stat st;
	struct err err;

	(void)state;
	assert_int_equal(unix_socket_open(&s, path, &err), 0);
	/* Not there before it is put there. */
	assert_int_equal(unix_socket_connect(path, 0), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(unix_socket_put(&s, &err), 0);
	connect_to(path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	unix_socket_close(&s);
	assert_int_equal(access(path, F_OK), -1);
	unix_socket_close(&s);
	/* Given up before it was put. */
	assert_int_equal(unix_socket_open(&s, path, &err), 0);
	unix_socket_close(&s);
	assert_int_equal(access(tree_path("s.new"), F_OK), -1);
}

static void
test_dead_one(void **state)
{
	const char *path = tree_path("s");
	struct unix_socket dead, s;

	(void)state;
	listen_at(&dead, path);
	close(dead.fd);
	dead.fd = -1;
	listen_at(&s, path);
	connect_to(path);
	/* What is another's by now stays. */
	unix_socket_close(&dead);
	assert_true(unix_socket_is_at(&s, path));
	unix_socket_close(&s);
}

/* A process that is neither this one nor its parent: a child's child. */
static void
test_living_one(void **state)
{
	const char *path = tree_path("s");
	struct unix_socket s;
	int status = 0;
	pid_t pid;

	(void)state;
	listen_at(&s, path);
	pid = fork();
	if (pid == 0) {
		struct unix_socket other;
		struct err err;
		bool child, grandchild;

		child = unix_socket_open(&other, path, &err) == 0;
		pid = fork();
		if (pid == 0) {
			grandchild = unix_socket_open(&other, path, &err) == 0;
			_exit(
			    grandchild || strstr(err.text, "already") == NULL);
		}
		waitpid(pid, &status, 0);
		_exit(child && status == 0 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	connect_to(path);
	unix_socket_close(&s);
}

/* One that lets nobody in may be stopped, or have much to do: it lives. */
static void
test_busy_one(void **state)
{
	const char *path = tree_path("s");
	struct unix_socket busy, s;
	int fds[64], count = 0;
	struct err err;

	(void)state;
	listen_at(&busy, path);
	while (count < 64 && (fds[count] = unix_socket_connect(path, 0)) >= 0)
		count++;
	assert_in_range(count, 1, 63);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(unix_socket_open(&s, path, &err), -1);
	assert_non_null(strstr(err.text, "cannot see who is at"));
	assert_true(unix_socket_is_at(&busy, path));
	while (count > 0)
		close(fds[--count]);
	unix_socket_close(&busy);
}

static void
test_other_things(void **state)
{
	struct unix_socket s;
	struct err err;

	(void)state;
	tree_file("file", "mine");
	assert_int_equal(unix_socket_open(&s, tree_path("file"), &err), -1);
	assert_non_null(strstr(err.text, "is no socket"));
	assert_int_equal(s.fd, -1);
	tree_link("link", "file");
	assert_int_equal(unix_socket_open(&s, tree_path("link"), &err), -1);
	tree_directory("folder");
	assert_int_equal(unix_socket_open(&s, tree_path("folder"), &err), -1);
	assert_int_equal(unix_socket_open(&s, tree_path("none/s"), &err), -1);
	assert_non_null(strstr(err.text, "No such file"));
	/* What somebody has beside it, too. */
	tree_file("s.new", "mine");
	assert_int_equal(unix_socket_open(&s, tree_path("s"), &err), -1);
	assert_non_null(strstr(err.text, "s.new is there, and is no socket"));
	assert_int_equal(access(tree_path("s.new"), F_OK), 0);
}

/* One that died before it was put in place. */
static void
test_left_over(void **state)
{
	struct unix_socket dead, s;
	struct err err;

	(void)state;
	assert_int_equal(unix_socket_open(&dead, tree_path("s"), &err), 0);
	listen_at(&s, tree_path("s"));
	assert_int_equal(access(tree_path("s.new"), F_OK), -1);
	unix_socket_close(&dead);
	connect_to(tree_path("s"));
	unix_socket_close(&s);
}

static void
test_long_path(void **state)
{
	char name[120], path[400];
	struct unix_socket s;
	struct err err;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	tree_directory(name);
	snprintf(path, sizeof(path), "%s/s", tree_path(name));
	listen_at(&s, path);
	connect_to(path);
	unix_socket_close(&s);
	assert_int_equal(access(path, F_OK), -1);
	/* A name that no way leads to. */
	snprintf(path, sizeof(path), "%s/%s", tree_path(name), name);
	assert_int_equal(unix_socket_open(&s, path, &err), -1);
	assert_non_null(strstr(err.text, "too long"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_life, begin, finish),
		cmocka_unit_test_setup_teardown(test_dead_one, begin, finish),
		cmocka_unit_test_setup_teardown(test_living_one, begin, finish),
		cmocka_unit_test_setup_teardown(test_busy_one, begin, finish),
		cmocka_unit_test_setup_teardown(
		    test_other_things, begin, finish),
		cmocka_unit_test_setup_teardown(test_left_over, begin, finish),
		cmocka_unit_test_setup_teardown(test_long_path, begin, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
