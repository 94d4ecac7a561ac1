/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Look-ups in a tree that another process changes all the time.  Built twice,
 * the second time without openat2.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "files/resolve.h"
#include "os/file.h"
#include "tree.h"

enum {
	ROUNDS = 20000
};

static struct root_set *roots;

static int
make_tree(void **state)
{
	struct err err;

	(void)state;
	tree_make();
	tree_directory("www");
	tree_directory("outside");
	tree_file("www/file", "www/file");
	tree_file("secret", "secret");
	tree_file("outside/file", "secret");
	roots = root_set_create();
	assert_int_equal(
	    root_set_add(roots, span_str(tree_path("www")), &err), 0);
	return 0;
}

static int
remove_tree(void **state)
{
	(void)state;
	root_set_destroy(&roots);
	tree_remove();
	return 0;
}

/* What a path below www leads to: its content, or the words of errno. */
static const char *
outcome(const char *path)
{
	static char text[128];
	struct resolved resolved;
	ssize_t n;

	if (resolve_open(roots, span_str(tree_path("www")), tree_path(path),
		&links_follow, &resolved) != 0)
		return strerrorname_np(errno);
	n = read(resolved.fd, text, sizeof(text) - 1);
	close(resolved.fd);
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

/* Calls change for ever in another process, which ends with this one. */
static pid_t
keep_changing(void (*change)(void))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		change();
}

static void
stop_changing(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void
exchange_names(const char *one, const char *other)
{
	if (renameat2(AT_FDCWD, tree_path(one), AT_FDCWD, tree_path(other),
		RENAME_EXCHANGE) != 0)
		_exit(1);
}

static void
replace_file(void)
{
	tree_file("www/new", "new");
	tree_rename("www/new", "www/replaced");
}

static void
test_file_replaced(void **state)
{
	pid_t pid;

	(void)state;
	tree_file("www/replaced", "new");
	tree_link("www/to-replaced", "replaced");
	pid = keep_changing(replace_file);
	for (unsigned i = 0; i < ROUNDS; i++)
		assert_string_equal(
		    outcome(i % 2 ? "www/replaced" : "www/to-replaced"), "new");
	stop_changing(pid);
}

static void
swap_link(void)
{
	exchange_names("www/swap", "www/swapped");
}

/* A directory and a link to one outside take turns under one name. */
static void
test_directory_becomes_link(void **state)
{
	unsigned served = 0, refused = 0;
	pid_t pid;

	(void)state;
	tree_directory("www/swap");
	tree_file("www/swap/file", "inside");
	tree_link("www/swapped", "%T/outside");
	pid = keep_changing(swap_link);
	for (unsigned i = 0; i < ROUNDS || served == 0 || refused == 0; i++) {
		const char *got = outcome("www/swap/file");

		if (strcmp(got, "inside") == 0)
			served++;
		else {
			assert_string_equal(got, "EXDEV");
			refused++;
		}
	}
	stop_changing(pid);
}

static void
move_out(void)
{
	if (rename(tree_path("www/a/b"), tree_path("b")) != 0 ||
	    rename(tree_path("b"), tree_path("www/a/b")) != 0)
		_exit(1);
}

/* www/a/b/up is ../../file: while b is outside, that would be the secret. */
static void
test_directory_moved_out(void **state)
{
	unsigned served = 0;
	pid_t pid;

	(void)state;
	tree_directory("www/a");
	tree_directory("www/a/b");
	tree_link("www/a/b/up", "../../file");
	tree_link("www/a/b/over", "../../../secret");
	pid = keep_changing(move_out);
	for (unsigned i = 0; i < ROUNDS || served == 0; i++) {
		const char *got = outcome("www/a/b/up");

		if (strcmp(got, "www/file") == 0)
			served++;
		else
			assert_string_equal(got, "ENOENT");
		got = outcome("www/a/b/over");
		if (strcmp(got, "EXDEV") != 0)
			assert_string_equal(got, "ENOENT");
	}
	stop_changing(pid);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_replaced),
		cmocka_unit_test(test_directory_becomes_link),
		cmocka_unit_test(test_directory_moved_out),
	};

#ifdef WITHOUT_OPENAT2
	setenv("DROVER_NO_OPENAT2", "1", 1);
	if (file_has_openat2())
		return 1;
#endif
	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
