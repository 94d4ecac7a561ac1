/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * os/program: this test runs itself anew, from where the kernel found it, or
 * what lies there by then.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/program.h"
#include "process.h"

/* What says to a copy that it is to run what is at its path then. */
#define AGAIN "DROVER_TEST_PROGRAM"

static char self[PATH_MAX];

static void
copy_self(const char *to)
{
	char command[2 * PATH_MAX];

	snprintf(command, sizeof(command), "cp '%s' '%s'", self, to);
	assert_int_equal(system(command), 0);
}

static void
write_script(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fprintf(out, "#!/bin/sh\n%s\n", text);
	fclose(out);
	assert_int_equal(chmod(path, 0755), 0);
}

/* Runs argv[0] in its folder, as a shell would, with one argument more. */
static int
run_path(void *path)
{
	char *argv[] = { (char *)"another name", (char *)"argument", NULL };

	setenv(AGAIN, "1", 1);
	execv(path, argv);
	return 126;
}

/* In the copy: it is moved away, and a script put in its place. */
static int
run_again(char **argv)
{
	const char *name = strrchr(program_path(), '/');
	struct err err;

	if (name == NULL || program_path()[0] != '/')
		return 3;
	if (rename(program_path(), "moved") < 0)
		return 4;
	write_script(name + 1,
	    "test \"$1\" = argument && test -e moved && exit 42; exit 1");
	if (chdir("/") < 0)
		return 5;
	program_exec(true, &err);
	fprintf(stderr, "%s: %s\n", argv[0], err.text);
	return 6;
}

static void
test_by_relative_path(void **state)
{
	(void)state;
	copy_self("copy");
	assert_int_equal(process_run(run_path, (void *)"./copy"), 42);
}

static void
test_by_absolute_path(void **state)
{
	char path[PATH_MAX + 8];

	(void)state;
	assert_non_null(getcwd(path, PATH_MAX));
	strcat(path, "/copy");
	copy_self("copy");
	assert_int_equal(process_run(run_path, path), 42);
}

/* Where a link leads may change; it is the link that is executed. */
static void
test_by_link(void **state)
{
	(void)state;
	copy_self("first");
	write_script("second", "exit 42");
	assert_int_equal(symlink("first", "link"), 0);
	setenv("SWITCH", "1", 1);
	assert_int_equal(process_run(run_path, (void *)"./link"), 42);
	unsetenv("SWITCH");
}

static int
switch_link(void)
{
	struct err err;

	if (unlink("link") < 0 || symlink("second", "link") < 0)
		return 3;
	program_exec(true, &err);
	return 6;
}

static void
test_missing(void **state)
{
	(void)state;
	copy_self("gone");
	setenv("GONE", "1", 1);
	assert_int_equal(process_run(run_path, (void *)"./gone"), 7);
	unsetenv("GONE");
}

static int
run_gone(void)
{
	struct err err;

	if (unlink("gone") < 0)
		return 3;
	program_exec(true, &err);
	return strstr(err.text, "/gone: No such file") != NULL ? 7 : 6;
}

#define TEST(function)                   \
	cmocka_unit_test_setup_teardown( \
	    function, process_setup, process_teardown)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_relative_path),
		TEST(test_by_absolute_path),
		TEST(test_by_link),
		TEST(test_missing),
	};
	ssize_t len;

	(void)argc;
	program_init(argv);
	if (getenv(AGAIN) != NULL) {
		if (getenv("SWITCH") != NULL)
			return switch_link();
		return getenv("GONE") != NULL ? run_gone() : run_again(argv);
	}
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	assert_true(len > 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
