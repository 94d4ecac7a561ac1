/* SPDX-License-Identifier: BSD-2-Clause */
/* master/inherit_logs: what the variable says of log programs. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "guard.h"
#include "master/inherit_logs.h"
#include "process.h"

/* Behind the text nothing may be read. */
static int
parse(const char *text, struct inherit_logs *in)
{
	size_t len = strlen(text);
	char *copy = guard_copy(text, len);
	struct err err;
	int result = inherit_logs_parse(in, span_of(copy, len), &err);

	guard_free(copy, len);
	return result;
}

/* Without closing what the numbers are. */
static void
forget(struct inherit_logs *in)
{
	size_t i;

	for (i = 0; i < in->count; i++)
		in->pipes[i].ends[0] = in->pipes[i].ends[1] = -1;
	in->messages[0] = in->messages[1] = -1;
	inherit_logs_release(in);
}

static void
test_good(void **state)
{
	struct inherit_logs in;

	(void)state;
	assert_int_equal(parse("1 0 0", &in), 0);
	assert_int_equal(in.messages[0], -1);
	assert_int_equal(in.count, 0);
	forget(&in);
	assert_int_equal(
	    parse("1 5 6 0 7 8 direct 9 /bin/a  b 8190 9 10 shell 3 a 1", &in),
	    0);
	assert_int_equal(in.messages[0], 5);
	assert_int_equal(in.messages[1], 6);
	assert_int_equal(in.count, 2);
	assert_int_equal(in.pipes[0].number, 0);
	assert_int_equal(in.pipes[0].kind, LOG_DEST_PROGRAM);
	assert_string_equal(in.pipes[0].command, "/bin/a  b");
	assert_int_equal(in.pipes[1].number, 8190);
	assert_int_equal(in.pipes[1].kind, LOG_DEST_SHELL);
	assert_int_equal(in.pipes[1].ends[0], 9);
	assert_int_equal(in.pipes[1].ends[1], 10);
	assert_string_equal(in.pipes[1].command, "a 1");
	assert_ptr_equal(
	    inherit_logs_find(&in, LOG_DEST_SHELL, "a 1"), &in.pipes[1]);
	assert_null(inherit_logs_find(&in, LOG_DEST_PROGRAM, "a 1"));
	in.pipes[1].ends[0] = in.pipes[1].ends[1] = -1;
	assert_null(inherit_logs_find(&in, LOG_DEST_SHELL, "a 1"));
	forget(&in);
}

static void
test_bad(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"1",
		"2 0 0",
		"1 0",
		"1 0 0 ",
		"1 0 00",
		"1 0 5",
		"1 5 0",
		"1 5 5",
		"1 2 3",
		"1 5 6 ",
		"1 5 6x",
		"1 0 01 7 8 direct 1 a",
		"1 0 0 1",
		"1 0 0 1 7",
		"1 0 0 1 7 8",
		"1 0 0 1 7 8 direct",
		"1 0 0 1 7 8 direct 1",
		"1 0 0 1 7 8 direct 2 a",
		"1 0 0 1 7 8 direct 1 ab",
		"1 0 0 1 7 8 direct 1 a ",
		"1 0 0 1 7 8 direct 99999999999999999999 a",
		"1 0 0 1 7 8 Shell 1 a",
		"1 0 0 1 7 7 shell 1 a",
		"1 0 0 1 2 7 shell 1 a",
		"1 0 0 8192 7 8 shell 1 a",
		"1 0 0 -1 7 8 shell 1 a",
		"1 0 0 1 7 8 shell 1 a 2",
	};
	struct inherit_logs in;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (parse(texts[i], &in) == 0)
			fail_msg("'%s' is taken", texts[i]);
		assert_int_equal(in.count, 0);
		assert_int_equal(in.messages[0], -1);
	}
}

static void
test_through_the_environment(void **state)
{
	struct inherit_pipe pipes[2] = {
		{ .number = 3, .kind = LOG_DEST_SHELL },
		{ .number = 4, .kind = LOG_DEST_PROGRAM },
	};
	struct inherit_logs give = {
		.messages = { -1, -1 }, .pipes = pipes, .count = 2
	};
	struct inherit_logs in;
	struct err err;
	int swapped;
	char *huge = malloc(130 * 1024);

	(void)state;
	assert_non_null(huge);
	memset(huge, 'x', 130 * 1024 - 1);
	huge[130 * 1024 - 1] = '\0';
	/* It does not fit, and is left out. */
	pipes[0].command = huge;
	pipes[1].command = huge + 130 * 1024 - 10;
	process_pipe(pipes[0].ends);
	process_pipe(pipes[1].ends);
	assert_int_equal(inherit_logs_give(&give), 0);
	assert_int_equal(fcntl(pipes[0].ends[0], F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(pipes[1].ends[0], F_GETFD), 0);
	assert_int_equal(inherit_logs_take(&in, true, &err), 0);
	assert_null(getenv(INHERIT_LOGS_VARIABLE));
	assert_int_equal(in.count, 1);
	assert_string_equal(in.pipes[0].command, "xxxxxxxxx");
	assert_int_equal(in.pipes[0].number, 4);
	assert_int_equal(fcntl(pipes[1].ends[0], F_GETFD), FD_CLOEXEC);
	inherit_logs_release(&in);
	assert_int_equal(fcntl(pipes[1].ends[1], F_GETFD), -1);

	/* Not asked for; and the wrong way round. */
	assert_int_equal(setenv(INHERIT_LOGS_VARIABLE, "x", 1), 0);
	assert_int_equal(inherit_logs_take(&in, false, &err), 0);
	assert_null(getenv(INHERIT_LOGS_VARIABLE));
	pipes[0].command = huge + 130 * 1024 - 10;
	give.count = 1;
	swapped = pipes[0].ends[0];
	pipes[0].ends[0] = pipes[0].ends[1];
	pipes[0].ends[1] = swapped;
	assert_int_equal(inherit_logs_give(&give), 0);
	assert_int_equal(inherit_logs_take(&in, true, &err), -1);
	assert_int_equal(in.count, 0);
	close(pipes[0].ends[0]);
	close(pipes[0].ends[1]);
	free(huge);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_through_the_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
