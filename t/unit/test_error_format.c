/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ErrorLogFormat: the lines that Apache 2.4 makes of the same formats, and
 * what makes no sense.
 */
#include "config.h"

#include "ipc/error_format.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static struct arena arena;
static char to[ERROR_LINE_MAX + 1];

/* A letter's value is the letter and its argument. */
static struct span
value(const struct error_subject *subject, char letter, struct span argument,
    char scratch[ERROR_VALUE_SCRATCH])
{
	(void)subject;
	if (span_is(argument, "none"))
		return span_of("", 0);
	scratch[0] = letter;
	if (argument.len > 0)
		memcpy(scratch + 1, argument.ptr, argument.len);
	return span_of(scratch, 1 + argument.len);
}

static const struct error_subject subject = { value };

static const struct error_line own = {
	.time_us = 1795163187012345,
	.level = REPORT_ERROR,
	.room = "net",
	.pid = 12,
	.text = SPAN("M: No such file or directory"),
	.error = ENOENT,
	.reason_len = sizeof(": No such file or directory") - 1,
};

static int
set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	arena_init(&arena, NULL, 0, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static const char *
print(const char *text, enum error_format_kind kind, bool json,
    const struct error_line *line)
{
	const struct error_format *f;
	struct err err = { "" };
	size_t offset;

	f = error_format_compile(&arena, text, kind, json, &err, &offset);
	if (f == NULL)
		fail_msg("%s: %s", text, err.text);
	to[error_format_print(f, line, to, ERROR_LINE_MAX)] = '\0';
	return to;
}

struct row {
	const char *format, *line;
};

static void
check(const struct row *rows, size_t count, const struct error_line *line)
{
	size_t i;

	for (i = 0; i < count; i++)
		assert_string_equal(
		    print(rows[i].format, ERROR_FORMAT_LINE, false, line),
		    rows[i].line);
}

#define CHECK(rows, line) check(rows, sizeof(rows) / sizeof((rows)[0]), line)

/* Without a request, and without an error. */
static void
test_fields(void **state)
{
	static const struct row rows[] = {
		{ "%M", "M" },
		{ "%a%E%M", "M" },
		{ "x %E y %M", "x y M" },
		{ "x% y%E z %M", "x z M" },
		{ "[%a] [%E] [%-E] [%-{Referer}i] (%M)", " [-] [-] (M)" },
		{ "[client %a] %M", "[client M" },
		{ "[client\\ %a] %M", " M" },
		{ "  %E  %M", "  M" },
		{ "a%E b%E% c %M% d%Ee% f", "c Mf" },
		{ "%{Referer}i%M%{Referer}i% !", "M!" },
		{ "%E%M x", "M x" },
		{ "%M% ,\\ referer\\ %{Referer}i", "M" },
		{ "100%% %M", "100% M" },
		{ "\\z\\\\q\\ %M\\n", "z\\q M\n" },
		{ "%7l %6l %3l %M", " error M" },
		{ "%F: %T: %{x}n: %M", " M" },
	};
	struct error_line line = own;

	(void)state;
	line.error = 0;
	line.reason_len = 0;
	line.text.len = 1;
	CHECK(rows, &line);
}

static void
test_values(void **state)
{
	static const struct row rows[] = {
		{ "[%t] %M", "[Fri Nov 20 08:26:27 2026] M: No such file or "
			     "directory" },
		{ "%{u}t %E|%M", "Fri Nov 20 08:26:27.012345 2026 (2)No such "
				 "file or directory|M" },
		{ "%{m}t|%E%M", "Fri Nov 20 08:26:27.012 2026|(2)No such file "
				"or directoryM" },
		{ "%{cu}t%E%M", "2026-11-20 08:26:27.012345(2)No such file or "
				"directoryM" },
		{ "%{cuz}t%E%M",
		    "2026-11-20 08:26:27.012345 +0000(2)No such file or "
		    "directoryM" },
		{ "%{z}t%E%M", "Fri Nov 20 08:26:27 2026 +0000(2)No such file "
			       "or directoryM" },
		{ "[%m:%-l] [pid %P:tid %{g}T]% %M",
		    "[net:error] [pid 12:tid 12]M: No such file or "
		    "directory" },
		{ "[client\\ %a] %A %{X-Y}i %{V}e %k %L %{c}L %{C}L %v %V %M",
		    "[client 192.0.2.1:4711] A iX-Y eV k L Lc LC v V M: No "
		    "such file or directory" },
		{ "a %{none}i b %-{none}i %M",
		    "a b - M: No such file or directory" },
	};
	struct error_line line = own;

	(void)state;
	line.client = "192.0.2.1:4711";
	line.subject = &subject;
	CHECK(rows, &line);
}

static void
test_once(void **state)
{
	struct error_line line = own;

	(void)state;
	line.room = NULL;
	line.subject = &subject;
	line.client = "192.0.2.1:4711";
	assert_string_equal(
	    print("R %L %m:%l by %a", ERROR_FORMAT_ONCE, false, &line),
	    "R L by 192.0.2.1:4711");
	assert_string_equal(
	    print("%+{Must}i there", ERROR_FORMAT_ONCE, false, &line),
	    "iMust there");
	assert_string_equal(
	    print("there %+{none}i", ERROR_FORMAT_ONCE, false, &line), "");
}

/* As the manual says. */
static void
test_default(void **state)
{
	static const char format[] = "[%{u}t] [%m:%l] [pid %P] [client\\ %a] "
				     "%M% ,\\ referer:\\ %{Referer}i";
	static char printed[ERROR_LINE_MAX + 1];
	struct error_line line = own;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		if (i > 0)
			line.client = "192.0.2.1:4711";
		if (i > 1) {
			line.referer = (struct span)SPAN("iReferer");
			line.subject = &subject;
		}
		printed[error_line_print(&line, printed)] = '\0';
		assert_string_equal(
		    print(format, ERROR_FORMAT_LINE, false, &line), printed);
	}
}

static void
test_escapes(void **state)
{
	struct error_line line = own;

	(void)state;
	line.error = 0;
	line.reason_len = 0;
	line.text = (struct span)SPAN("a\"b\\c\n\x1b\xff\xc2\x9b\xc3\xa4");
	assert_string_equal(print("<%M>", ERROR_FORMAT_LINE, false, &line),
	    "<a\"b\\\\c\\n\\x1b\\xff\\xc2\\x9b\xc3\xa4>");
	assert_string_equal(
	    print("{\"message\":\"%M\"}", ERROR_FORMAT_LINE, true, &line),
	    "{\"message\":\"a\\\"b\\\\c\\n\\u001b\\\\xff\\\\xc2\\\\x9b"
	    "\xc3\xa4\"}");
}

/* A message of any length leaves room for what follows, JSON's end say. */
static void
test_length(void **state)
{
	static char text[ERROR_LINE_MAX];
	struct error_line line = own;
	const char *printed;

	(void)state;
	memset(text, '"', sizeof(text));
	line.error = 0;
	line.reason_len = 0;
	line.text = span_of(text, sizeof(text));
	printed = print("{\"m\":\"%M\"}", ERROR_FORMAT_LINE, true, &line);
	assert_true(strlen(printed) > ERROR_LINE_MAX / 2);
	assert_string_equal(printed + strlen(printed) - 4, "\\\"\"}");
}

static void
test_errors(void **state)
{
	static const struct {
		const char *format;
		enum error_format_kind kind;
		size_t offset;
		const char *says;
	} rows[] = {
		{ "%L x", ERROR_FORMAT_LINE, 2, "(%M) is missing" },
		{ "", ERROR_FORMAT_LINE, 0, "(%M) is missing" },
		{ "x %M", ERROR_FORMAT_ONCE, 2, "no message" },
		{ "ab %Q %M", ERROR_FORMAT_LINE, 3, "%Q is no letter" },
		{ "%{M", ERROR_FORMAT_LINE, 0, "has no \"}\"" },
		{ "%M %", ERROR_FORMAT_LINE, 3, "a letter is missing" },
		{ "%M %{x}", ERROR_FORMAT_LINE, 3, "a letter is missing" },
		{ "a %7L", ERROR_FORMAT_ONCE, 2, "have no level" },
		{ "a %+E %M", ERROR_FORMAT_LINE, 2, "%+ is for" },
		{ "%{u}a %M", ERROR_FORMAT_LINE, 0, "%a takes no {u}" },
		{ "%{q}t %M", ERROR_FORMAT_LINE, 0, "%t takes no {q}" },
		{ "%{}e %M", ERROR_FORMAT_LINE, 0, "%e needs a name" },
		{ "%i %M", ERROR_FORMAT_LINE, 0, "%i needs a name" },
		{ "%99F %M", ERROR_FORMAT_LINE, 0, "levels are numbered" },
	};
	struct err err;
	size_t i, offset;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		err.text[0] = '\0';
		assert_null(error_format_compile(&arena, rows[i].format,
		    rows[i].kind, false, &err, &offset));
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].format, err.text);
		if (strcmp(rows[i].says, "(%M) is missing") != 0)
			assert_int_equal(offset, rows[i].offset);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_fields),
		CASE(test_values),
		CASE(test_once),
		CASE(test_default),
		CASE(test_escapes),
		CASE(test_length),
		CASE(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
