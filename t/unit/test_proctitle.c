/* SPDX-License-Identifier: BSD-2-Clause */
/* os/proctitle: what /proc says, with arguments and environment intact. */
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
#include <unistd.h>

#include "os/file.h"
#include "os/proctitle.h"

static char *first_argument; /* where the kernel put it */
static char **arguments;

/* valgrind answers for /proc/self/cmdline itself, from what it started. */
static bool
under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

static void
check_proc(const char *path, const char *expected)
{
	size_t len;
	char *text = file_read(path, 1000000, &len);

	assert_non_null(text);
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, expected);
	free(text);
}

static void
test_title(void **state)
{
	static const struct {
		const char *title, *name;
	} rows[] = {
		{ "drover: worker 3", "worker 3" },
		{ "drover: master", "master" },
		{ "drover: a name of many bytes", "a name of many " },
		{ "drover: ", "" },
		{ "other", "other" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		proctitle_set("%s", rows[i].title);
		assert_string_equal(first_argument, rows[i].title);
		check_proc("/proc/self/comm", rows[i].name);
		if (!under_valgrind())
			check_proc("/proc/self/cmdline", rows[i].title);
	}
	proctitle_set("drover: worker %d", 12);
	assert_string_equal(first_argument, "drover: worker 12");
}

/* Longer than the arguments: it runs on into the environment's place. */
static void
test_long(void **state)
{
	char text[300];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[200] = '\0';
	proctitle_set("%s", text);
	assert_string_equal(first_argument, text);
	if (!under_valgrind())
		check_proc("/proc/self/cmdline", text);
	/* Longer than anything: cut. */
	text[200] = 'x';
	text[299] = '\0';
	proctitle_set("%s", text);
	assert_int_equal(strlen(first_argument), 255);
	proctitle_set("drover: short");
	assert_string_equal(first_argument, "drover: short");
	if (!under_valgrind())
		check_proc("/proc/self/cmdline", "drover: short");
}

static void
test_intact(void **state)
{
	(void)state;
	proctitle_set("drover: worker");
	assert_non_null(strstr(arguments[0], "test_proctitle"));
	assert_string_equal(arguments[1], "second argument");
	assert_string_equal(arguments[2], "");
	assert_null(arguments[3]);
	assert_string_equal(getenv("PROCTITLE_TEST"), "value");
	assert_non_null(getenv("PROCTITLE_ROOM"));
	assert_non_null(strstr(program_invocation_name, "test_proctitle"));
	assert_string_equal(
	    program_invocation_short_name, strrchr(arguments[0], '/') + 1);
	assert_int_equal(setenv("PROCTITLE_TEST", "new", 1), 0);
	assert_int_equal(setenv("PROCTITLE_NEW", "x", 1), 0);
	assert_string_equal(getenv("PROCTITLE_TEST"), "new");
	assert_int_equal(unsetenv("PROCTITLE_NEW"), 0);
}

/* Starts itself anew, with known arguments and room in the environment. */
static int
start_again(char *self)
{
	char second[] = "second argument", third[] = "";
	char *argv[] = { self, second, third, NULL };
	char room[400];

	memset(room, 'r', sizeof(room) - 1);
	room[sizeof(room) - 1] = '\0';
	setenv("PROCTITLE_TEST", "value", 1);
	setenv("PROCTITLE_ROOM", room, 1);
	execv(self, argv);
	perror(self);
	return 1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_title),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_intact),
	};

	if (argc == 1)
		return start_again(argv[0]);
	first_argument = argv[0];
	arguments = argv;
	proctitle_init(argc, argv);
	proctitle_init(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
