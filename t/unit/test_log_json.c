/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of JSON: whatever the values are, every line is one, and whole.  What
 * a reader of JSON makes of them is shown by the black-box test.
 */
#include "config.h"

#include "log/log_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "guard.h"
#include "ipc/log_ring.h"
#include "log/log_out.h"

static struct arena arena;
static struct exchange x;
static struct exchange_peer peer;
static struct field fields[4];
static char line[LOG_LINE_MAX + 1];

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, NULL, 0, 0);
	assert_true(
	    addr_parse((struct span)SPAN("192.0.2.17"), 51000, &peer.remote));
	exchange_init(&x, &peer, NULL, NULL, 0);
	x.response.status = 404;
	x.start_us = 1795163187023456;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	exchange_release(&x);
	arena_release(&arena);
	return 0;
}

static void
set_field(const char *name, struct span value)
{
	fields[0] = (struct field){ span_str(name), value, FIELD_OTHER };
	request_index(&x.request, fields, 1);
}

static const struct log_format *
compile(const char *text)
{
	const struct log_format *format;
	struct err err = { "" };
	size_t offset;

	format = log_format_compile(&arena, text, true, &err, &offset);
	assert_string_equal(err.text, "");
	return format;
}

static const char *
print(const char *text)
{
	size_t len = log_format_print(compile(text), &x, line, LOG_LINE_MAX);

	line[len] = '\0';
	return line;
}

static void
test_values(void **state)
{
	static const struct {
		const char *value, *expected;
	} rows[] = {
		{ "plain", "[\"plain\",\"plain\"]" },
		{ "a\"b\\c", "[\"a\\\"b\\\\c\",\"a\\\"b\\\\c\"]" },
		{ "\t\n\r\b\f\v\x1f\x7f",
		    "[\"\\t\\n\\r\\b\\f\\u000b\\u001f\\u007f\","
		    "\"\\t\\n\\r\\b\\f\\u000b\\u001f\\u007f\"]" },
		/* UTF-8 stays, up to the last character; what only looks so
		 * does not. */
		{ "\xc3\xa4\xf4\x8f\xbf\xbf", "[\"\xc3\xa4\xf4\x8f\xbf\xbf\","
					      "\"\xc3\xa4\xf4\x8f\xbf\xbf\"]" },
		{ "\xc0\xaf\xed\xa0\x80\xc3",
		    "[\"\\u00c0\\u00af\\u00ed\\u00a0\\u0080\\u00c3\","
		    "\"\\u00c0\\u00af\\u00ed\\u00a0\\u0080\\u00c3\"]" },
		/* Numbers are left alone. */
		{ "0", "[\"0\",0]" },
		{ "1234567890123456789012", "[\"1234567890123456789012\","
					    "1234567890123456789012]" },
		{ "-5", "[\"-5\",-5]" },
		{ "007", "[\"007\",\"007\"]" },
		{ "-", "[\"-\",null]" },
		{ "--1", "[\"--1\",\"--1\"]" },
		{ "1 2", "[\"1 2\",\"1 2\"]" },
		{ "1e5", "[\"1e5\",\"1e5\"]" },
		{ "", "[\"\",\"\"]" },
		{ "null", "[\"null\",\"null\"]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_field("X", span_str(rows[i].value));
		assert_string_equal(
		    print("[\"%{X}i\",%{X}i]"), rows[i].expected);
	}
}

static void
test_nul(void **state)
{
	(void)state;
	set_field("X", (struct span)SPAN("a\0b"));
	assert_string_equal(print("[%{X}i]"), "[\"a\\ufffdb\"]");
}

static void
test_formats(void **state)
{
	(void)state;
	assert_string_equal(print("{\"s\":%s,\"b\":%b,\"u\":\"%u\"}"),
	    "{\"s\":404,\"b\":null,\"u\":\"-\"}");
	assert_string_equal(print("[%200s,\"%200s\"]"), "[null,\"-\"]");
	/* Text of the format is JSON already; %% is a sign in it. */
	assert_string_equal(
	    print("\"a\\n\\\\%%\\\"%s\""), "\"a\\n\\\\%\\\"404\"");
	assert_string_equal(print("[%a,%{msec_frac}t,%{%d\"}t]"),
	    "[\"192.0.2.17\",\"023\",\"20\\\"\"]");
	assert_string_equal(print("123456789012345678901234567890%s"),
	    "123456789012345678901234567890404");
}

/* A string's end, or -1 if the text is none. */
static long
check_string(struct span text)
{
	size_t i = 1;

	if (text.len == 0 || text.ptr[0] != '"')
		return -1;
	while (i < text.len && text.ptr[i] != '"') {
		size_t n = text_utf8_length(span_skip(text, i));

		if (n == 0 || (unsigned char)text.ptr[i] < ' ')
			return -1;
		if (text.ptr[i] == '\\' && text.ptr[i + 1] == 'u') {
			if (strspn(text.ptr + i + 2, "0123456789abcdef") < 4)
				return -1;
			n = 6;
		} else if (text.ptr[i] == '\\') {
			if (strchr("\"\\bfnrt", text.ptr[i + 1]) == NULL)
				return -1;
			n = 2;
		}
		i += n;
	}
	return i < text.len ? (long)i + 1 : -1;
}

/* Of any bytes and any length: all strings, and nothing beyond the room. */
static void
test_any_bytes(void **state)
{
	const struct log_format *format =
	    compile("\"%{X}i\"%{X}i%{X}i\"%{X}i\"\"%{X}i\"\"%s\"");
	static char value[30000];

	(void)state;
	srandom(3);
	for (int round = 0; round < 3000; round++) {
		size_t len = (size_t)random() % (round % 10 == 0 ? 30000 : 50);
		char *room = guard_copy(line, LOG_LINE_MAX);
		struct span rest;
		long used;

		for (size_t i = 0; i < len; i++)
			value[i] = round % 3 == 0 ? 1
				   : round % 3 == 1
				       ? (char)random()
				       : "\xc3\xa4\xe2\x82\xac"[i % 5];
		/* No number: these have no quotes. */
		value[0] = 'x';
		set_field("X", span_of(value, len == 0 ? 1 : len));
		rest = span_of(
		    room, log_format_print(format, &x, room, LOG_LINE_MAX));
		assert_true(rest.len <= LOG_LINE_MAX);
		for (int i = 0; i < 6; i++) {
			used = check_string(rest);
			assert_true(used > 0);
			assert_true(i < 5 || span_is(rest, "\"404\""));
			rest = span_skip(rest, (size_t)used);
		}
		assert_int_equal(rest.len, 0);
		guard_free(room, LOG_LINE_MAX);
	}
}

/* Long values share the room, short ones leave theirs to others. */
static void
test_sharing(void **state)
{
	static char value[30000];
	size_t len;

	(void)state;
	memset(value, 'v', sizeof(value));
	set_field("X", span_of(value, sizeof(value)));
	len = strlen(print("[\"%{X}i\",\"%{Y}i\",\"%{Z}i\"]"));
	assert_in_range(len, LOG_FIELD_MAX - 50, LOG_FIELD_MAX + 50);
	assert_string_equal(line + len - 14, "v\xe2\x80\xa6\",\"-\",\"-\"]");
	len = strlen(print("[\"%{X}i\",\"%{X}i\",\"%{X}i\",\"%{X}i\","
			   "\"%{X}i\",\"%{X}i\",\"%{X}i\",%s]"));
	assert_in_range(len, LOG_LINE_MAX - 500, LOG_LINE_MAX);
	assert_string_equal(line + len - 6, "\",404]");
}

static void
test_errors(void **state)
{
	static char many[40000];
	struct err err;
	size_t offset;

	(void)state;
	assert_null(
	    log_format_compile(&arena, "{\"a\":\"%h}", true, &err, &offset));
	assert_non_null(strstr(err.text, "not closed"));
	for (size_t i = 0; i + 2 < sizeof(many); i += 2)
		memcpy(many + i, "%r", 3);
	assert_null(log_format_compile(&arena, many, true, &err, &offset));
	assert_non_null(strstr(err.text, "too long"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_values),
		CASE(test_nul),
		CASE(test_formats),
		CASE(test_any_bytes),
		CASE(test_sharing),
		CASE(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
