/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parser of response heads.  Every row is parsed whole, byte by byte and
 * split in two at every point, each piece before a guard page; all must agree.
 * Sections are RFC 9112's.  Fields are h1_parse.c's: test_h1_parse has them.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "wire/h1_response.h"

enum {
	FIELDS = 8
};

static const struct h1_limits usual = { 100, FIELDS, 100, 400 };

struct outcome {
	long used;
	size_t needed;	/* bytes after which the outcome was known */
	char why[64];	/* "" when it is not bad */
	char text[512]; /* minor|status|reason|name:value|... */
};

static void
describe(const struct h1_response *r, const char *data, char *text, size_t size)
{
	int n = snprintf(text, size, "%d|%d|%.*s", r->minor, r->status,
	    (int)r->reason_len, data + r->reason);

	for (uint32_t i = 0; i < r->head.field_count; i++) {
		const struct h1_field *field = &r->head.fields[i];

		assert_true(n >= 0 && (size_t)n < size);
		n += snprintf(text + n, size - (size_t)n, "|%.*s:%.*s",
		    (int)field->name_len, data + field->name,
		    (int)field->value_len, data + field->value);
	}
}

struct parse {
	struct h1_response response;
	struct outcome out;
};

/* One call on the first len bytes, which stand somewhere else every time. */
static bool
take_bytes(void *to, const char *data, size_t len)
{
	struct parse *parse = to;
	struct h1_response *r = &parse->response;
	struct outcome *out = &parse->out;

	out->used = h1_parse_response(r, data, len);
	out->needed = len;
	if (out->used < 0)
		snprintf(out->why, sizeof(out->why), "%s", r->why);
	if (out->used > 0)
		describe(r, data, out->text, sizeof(out->text));
	return out->used == 0;
}

static struct outcome
parse_pieces(const struct h1_limits *limits, const char *data, size_t len,
    size_t first, size_t step)
{
	struct h1_field fields[FIELDS];
	struct parse parse = { .out = { 0 } };

	h1_response_init(&parse.response, limits, fields);
	guard_feed(data, len, (struct guard_cut){ first, step, true },
	    take_bytes, &parse);
	return parse.out;
}

/* The outcome, after all ways to cut the input have agreed on it. */
static struct outcome
parse(const struct h1_limits *limits, const char *data, size_t len)
{
	struct outcome bytes = parse_pieces(limits, data, len, 0, 1);

	for (size_t at = 0; at <= len; at++) {
		struct outcome split = parse_pieces(limits, data, len, at, len);

		assert_int_equal(split.used, bytes.used);
		assert_string_equal(split.why, bytes.why);
		assert_string_equal(split.text, bytes.text);
	}
	return bytes;
}

static const struct good {
	const char *section, *head, *text;
} good[] = {
	{ "4", "HTTP/1.1 200 OK\r\n\r\n", "1|200|OK" },
	{ "4", "HTTP/1.0 404 Not Found\r\n\r\n", "0|404|Not Found" },
	{ "4", "HTTP/1.1 204 \r\n\r\n", "1|204|" },
	{ "4", "HTTP/1.1 204\r\n\r\n", "1|204|" },
	{ "4", "HTTP/1.1 204\n\n", "1|204|" },
	{ "4", "HTTP/1.1 200  two \t\r\n\r\n", "1|200| two \t" },
	{ "4", "HTTP/1.1 200 \x80\xff~\r\n\r\n", "1|200|\x80\xff~" },
	{ "4", "HTTP/1.1 100 Continue\r\n\r\n", "1|100|Continue" },
	{ "4", "HTTP/1.1 999 \r\n\r\n", "1|999|" },
	{ "2.3", "HTTP/1.9 200 OK\r\n\r\n", "9|200|OK" },
	{ "2.2", "HTTP/1.1 200 OK\nA: b\n\n", "1|200|OK|A:b" },
	{ "5", "HTTP/1.1 200 OK\r\nA: b\r\nC:\r\n\r\n", "1|200|OK|A:b|C:" },
};

static void
test_good(void **state)
{
	static const char *const behind[] = { "", "\r\n", "body", "\r\n\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t len = strlen(good[i].head);

		print_message("# row %zu: %s\n", i, good[i].section);
		for (size_t j = 0; j < 4; j++) {
			char data[128];
			int n = snprintf(data, sizeof(data), "%s%s",
			    good[i].head, behind[j]);
			struct outcome out = parse(&usual, data, (size_t)n);

			assert_int_equal(out.used, len);
			assert_int_equal(out.needed, len);
			assert_string_equal(out.text, good[i].text);
		}
	}
}

/* No byte of a truncated head is ever enough. */
static void
test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t len = strlen(good[i].head) - 1;

		assert_int_equal(parse(&usual, good[i].head, len).used, 0);
	}
}

/* The first byte of rest makes the head bad, and not one earlier. */
static const struct bad {
	const char *why, *fine, *rest;
} bad[] = {
	{ "not an HTTP response", "", "<html>hello</html>\n" },
	{ "not an HTTP response", "", "\r\nHTTP/1.1 200 OK\r\n\r\n" },
	{ "not an HTTP response", "", " HTTP/1.1 200 OK\r\n\r\n" },
	{ "not an HTTP response", "", "http/1.1 200 OK\r\n\r\n" },
	{ "not an HTTP response", "", "ICY 200 OK\r\n\r\n" },
	{ "not an HTTP response", "H", "ELO\r\n" },
	{ "not an HTTP response", "HTTP", " 200 OK\r\n\r\n" },
	{ "bad HTTP version", "HTTP/", "2.0 200 OK\r\n\r\n" },
	{ "bad HTTP version", "HTTP/", "2 200\r\n\r\n" },
	{ "bad HTTP version", "HTTP/", "0.9 200 OK\r\n\r\n" },
	{ "bad HTTP version", "HTTP/1", " 200 OK\r\n\r\n" },
	{ "bad HTTP version", "HTTP/1.", "x 200 OK\r\n\r\n" },
	{ "bad HTTP version", "HTTP/1.1", "0 200 OK\r\n\r\n" },
	{ "bad HTTP version", "HTTP/1.1", "\t200 OK\r\n\r\n" },
	{ "bad HTTP version", "HTTP/1.1", "\r\n\r\n" },
	{ "bad status code", "HTTP/1.1 ", " 200 OK\r\n\r\n" },
	{ "bad status code", "HTTP/1.1 ", "099 Low\r\n\r\n" },
	{ "bad status code", "HTTP/1.1 ", "-20 Minus\r\n\r\n" },
	{ "bad status code", "HTTP/1.1 20", " OK\r\n\r\n" },
	{ "bad status code", "HTTP/1.1 20", "x OK\r\n\r\n" },
	{ "bad status code", "HTTP/1.1 200", "0 OK\r\n\r\n" },
	{ "bad status code", "HTTP/1.1 200", "\tOK\r\n\r\n" },
	{ "bad status code", "HTTP/1.1 200", "OK\r\n\r\n" },
	{ "bad byte in the reason", "HTTP/1.1 200 ", "\x1b[0m\r\n\r\n" },
	{ "bad byte in the reason", "HTTP/1.1 200 O", "\x7fK\r\n\r\n" },
	{ "CR without LF", "HTTP/1.1 200 O\r", "K\r\n\r\n" },
	{ "CR without LF", "HTTP/1.1 200\r", "\r\n\r\n" },
	{ "folded header field", "HTTP/1.1 200 OK\r\n", " a: b\r\n\r\n" },
	{ "folded header field", "HTTP/1.1 200 OK\r\nA: b\r\n", "\tc\r\n\r\n" },
	{ "header name is no token", "HTTP/1.1 200 OK\r\n", ": b\r\n\r\n" },
	{ "no colon right behind a header name", "HTTP/1.1 200 OK\r\nA",
	    " : b\r\n\r\n" },
	{ "bad byte in a header value", "HTTP/1.1 200 OK\r\nA: b",
	    "\x1b]0;title\x07\r\n\r\n" },
};

static void
check_bad(const struct h1_limits *limits, const char *why, const char *fine,
    size_t fine_len, const char *rest, size_t rest_len)
{
	char data[512];
	struct outcome out;

	memcpy(data, fine, fine_len);
	memcpy(data + fine_len, rest, rest_len);
	out = parse(limits, data, fine_len + rest_len);
	assert_int_equal(out.used, -1);
	if (why != NULL)
		assert_string_equal(out.why, why);
	assert_int_equal(out.needed, fine_len + 1);
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("# row %zu: %s\n", i, bad[i].why);
		check_bad(&usual, bad[i].why, bad[i].fine, strlen(bad[i].fine),
		    bad[i].rest, strlen(bad[i].rest));
	}
}

/* NUL is bad everywhere, also where a C string would end. */
static void
test_nul(void **state)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";

	(void)state;
	for (size_t at = 0; at < sizeof(head) - 1; at++)
		check_bad(&usual, NULL, head, at, "\0\r\n\r\n", 5);
}

/* A line of 16, two fields of 6, and 36 bytes in all. */
static const struct h1_limits tight = { 16, 2, 6, 36 };

static void
test_limits(void **state)
{
	static const char *const fitting[] = {
		"HTTP/1.1 200 123\r\n\r\n",
		"HTTP/1.1 200 123\n\n",
		"HTTP/1.1 200 O\r\nA: 456\r\nB: 456\r\n\r\n  ",
		"HTTP/1.1 200 OK1\r\nA: 456\r\nB:56\r\n\r\n",
	};
	static const struct bad too_much[] = {
		{ "status line too long", "HTTP/1.1 200 123", "4\r\n\r\n" },
		{ "header field too long", "HTTP/1.1 200 O\r\nA: 456",
		    "7\r\n\r\n" },
		{ "too many header fields", "HTTP/1.1 200 O\r\nA:\r\nB:\r\n",
		    "C:\r\n\r\n" },
	};
	static const char total[] =
	    "HTTP/1.1 200 123\r\nA: 456\r\nB: 456\r\n\r\n";

	(void)state;
	for (size_t i = 0; i < sizeof(fitting) / sizeof(fitting[0]); i++)
		assert_true(
		    parse(&tight, fitting[i], strlen(fitting[i])).used > 0);
	for (size_t i = 0; i < sizeof(too_much) / sizeof(too_much[0]); i++)
		check_bad(&tight, too_much[i].why, too_much[i].fine,
		    strlen(too_much[i].fine), too_much[i].rest,
		    strlen(too_much[i].rest));
	/* 36 bytes end it unless they are all of it */
	assert_int_equal(parse(&tight, total, 36).used, 36);
	assert_string_equal(
	    parse(&(struct h1_limits){ 16, 2, 6, 35 }, total, 36).why,
	    "head too long");
	assert_string_equal(
	    parse(&(struct h1_limits){ 16, 2, 6, 15 }, total, 36).why,
	    "head too long");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
