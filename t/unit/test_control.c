/* SPDX-License-Identifier: BSD-2-Clause */
/* ipc/control: requests and answers of the control socket, good and bad. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "guard.h"
#include "ipc/control.h"

static struct control_request request;
static char argument[CONTROL_REQUEST_MAX];
static const char *why;

static int
parse_bytes(const char *text, size_t len)
{
	char *copy = guard_copy(text, len);
	int n;

	why = NULL;
	n = control_request_parse(span_of(copy, len), &request, &why);
	if (n > 0)
		assert_true(
		    span_copy(request.argument, argument, sizeof(argument)));
	guard_free(copy, len);
	return n;
}

static int
parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static void
test_requests(void **state)
{
	static const struct {
		const char *text;
		enum control_command command;
		const char *argument;
	} rows[] = {
		{ "stop\n", CONTROL_STOP, "" },
		{ "graceful-stop\n", CONTROL_GRACEFUL_STOP, "" },
		{ "restart\n", CONTROL_RESTART, "" },
		{ "graceful\n", CONTROL_GRACEFUL, "" },
		{ "upgrade\n", CONTROL_UPGRADE, "" },
		{ "reopen\n", CONTROL_REOPEN, "" },
		{ "status\n", CONTROL_STATUS, "" },
		{ "status json\n", CONTROL_STATUS, "json" },
		{ "log-level debug core:info\n", CONTROL_LOG_LEVEL,
		    "debug core:info" },
	};
	size_t i, len;
	char part[64];

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		len = strlen(rows[i].text);
		assert_int_equal(parse(rows[i].text), len);
		assert_int_equal(request.command, rows[i].command);
		assert_string_equal(argument, rows[i].argument);
		for (memcpy(part, rows[i].text, len); len > 0;) {
			part[--len] = '\0';
			assert_int_equal(parse(part), 0);
		}
	}
}

static void
test_bad_requests(void **state)
{
	static const char *const rows[] = {
		"\n",
		" stop\n",
		"stop \n ",
		"stop\r\n",
		"Stop\n",
		"stopp\n",
		"sto\n",
		"stop now\n",
		"stop\nstop\n",
		"stop\n\n",
		"status xml\n",
		"status  json\n",
		"log-level\n",
		"log-level \n",
		"stat\tus",
		"\x80",
		"\x7f\n",
	};
	char longest[CONTROL_REQUEST_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(parse(rows[i]), -1);
		assert_non_null(why);
	}
	assert_int_equal(parse_bytes("stop\0\n", 6), -1);
	memset(longest, 'x', sizeof(longest));
	assert_int_equal(parse_bytes(longest, CONTROL_REQUEST_MAX - 1), 0);
	assert_int_equal(parse_bytes(longest, CONTROL_REQUEST_MAX), -1);
}

static void
test_answers(void **state)
{
	enum control_kind kind;
	struct span text;

	(void)state;
	assert_true(control_answer_parse(
	    span_str("progress 2 workers  start"), &kind, &text));
	assert_int_equal(kind, CONTROL_PROGRESS);
	assert_true(span_is(text, "2 workers  start"));
	assert_true(control_answer_parse(span_str("done"), &kind, &text));
	assert_int_equal(kind, CONTROL_DONE);
	assert_int_equal(text.len, 0);
	assert_false(control_answer_parse(span_str("doner"), &kind, &text));
	assert_false(control_answer_parse(span_str(""), &kind, &text));
}

static void
test_words(void **state)
{
	enum control_command command;
	unsigned i;

	(void)state;
	for (i = 0; i < CONTROL_COMMANDS; i++) {
		assert_true(control_command_find(
		    span_str(control_command_word(i)), &command));
		assert_int_equal(command, i);
	}
	for (i = 0; i < CONTROL_KINDS; i++)
		assert_non_null(control_kind_word(i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
