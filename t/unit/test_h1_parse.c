/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parser of request heads.  Every row is parsed whole, byte by byte and
 * split in two at every point, each piece before a guard page; all must agree.
 * Sections are RFC 9112's unless a row says 9110.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "wire/h1_parse.h"

enum {
	FIELDS = 100
};

static const struct h1_limits usual = { 8190, FIELDS, 8190, 65536 };

struct outcome {
	long used;
	int status;
	size_t needed;	/* bytes after which the outcome was known */
	char text[512]; /* method|target|major.minor|name:value|... */
};

/* What a parser found, as text; the offsets are thereby checked as well. */
static void
describe(
    const struct h1_parser *parser, const char *data, char *text, size_t size)
{
	int n = snprintf(text, size, "%.*s|%.*s|%d.%d", (int)parser->method_len,
	    data + parser->method, (int)parser->target_len,
	    data + parser->target, parser->major, parser->minor);

	for (uint32_t i = 0; i < parser->field_count; i++) {
		const struct h1_field *field = &parser->fields[i];

		assert_true(n >= 0 && (size_t)n < size);
		n += snprintf(text + n, size - (size_t)n, "|%.*s:%.*s",
		    (int)field->name_len, data + field->name,
		    (int)field->value_len, data + field->value);
	}
}

struct parse {
	struct h1_parser parser;
	struct outcome out;
};

/* One call on the first len bytes, which stand somewhere else every time. */
static bool
take_bytes(void *to, const char *data, size_t len)
{
	struct parse *parse = to;
	struct h1_parser *parser = &parse->parser;
	struct outcome *out = &parse->out;

	out->used = h1_parse_request(parser, data, len);
	out->needed = len;
	if (out->used < 0) {
		out->status = parser->status;
		assert_non_null(parser->why);
	}
	if (out->used > 0 && len < sizeof(out->text))
		describe(parser, data, out->text, sizeof(out->text));
	return out->used == 0;
}

static struct outcome
parse_pieces(const struct h1_limits *limits, const char *data, size_t len,
    size_t first, size_t step)
{
	static struct h1_field fields[FIELDS];
	struct parse parse = { .out = { 0 } };

	h1_parser_init(&parse.parser, limits, fields);
	guard_feed(data, len, (struct guard_cut){ first, step, true },
	    take_bytes, &parse);
	return parse.out;
}

static void
assert_same(const struct outcome *a, const struct outcome *b)
{
	assert_int_equal(a->used, b->used);
	assert_int_equal(a->status, b->status);
	assert_string_equal(a->text, b->text);
}

/* The outcome, after all ways to cut the input have agreed on it. */
static struct outcome
parse(const struct h1_limits *limits, const char *data, size_t len)
{
	struct outcome bytes = parse_pieces(limits, data, len, 0, 1);

	for (size_t at = 0; at <= len; at++) {
		struct outcome split = parse_pieces(limits, data, len, at, len);

		assert_same(&bytes, &split);
	}
	return bytes;
}

static const struct good {
	const char *section, *head, *text;
} good[] = {
	{ "3", "GET / HTTP/1.1\r\n\r\n", "GET|/|1.1" },
	{ "3", "GET / HTTP/1.0\r\n\r\n", "GET|/|1.0" },
	{ "2.3", "GET / HTTP/1.9\r\n\r\n", "GET|/|1.9" },
	{ "2.2", "\r\nGET / HTTP/1.1\r\n\r\n", "GET|/|1.1" },
	{ "3.1", "g / HTTP/1.1\r\n\r\n", "g|/|1.1" },
	{ "9110 5.6.2", "!#$%&'*+-.^_`|~09azAZ / HTTP/1.1\r\n\r\n",
	    "!#$%&'*+-.^_`|~09azAZ|/|1.1" },
	{ "3.2.1", "GET /a?b=/?%20#x HTTP/1.1\r\n\r\n",
	    "GET|/a?b=/?%20#x|1.1" },
	{ "3.2.2", "GET http://a:80/b HTTP/1.1\r\n\r\n",
	    "GET|http://a:80/b|1.1" },
	{ "3.2.3", "CONNECT [::1]:443 HTTP/1.1\r\n\r\n",
	    "CONNECT|[::1]:443|1.1" },
	{ "3.2.4", "OPTIONS * HTTP/1.1\r\n\r\n", "OPTIONS|*|1.1" },
	{ "3.2", "GET \"<>\\^`{|}~! HTTP/1.1\r\n\r\n",
	    "GET|\"<>\\^`{|}~!|1.1" },
	{ "5", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/|1.1|Host:a" },
	{ "5", "GET / HTTP/1.1\r\nHost:a\r\nhost:b\r\n\r\n",
	    "GET|/|1.1|Host:a|host:b" },
	{ "5", "GET / HTTP/1.1\r\n!#$%&'*+-.^_`|~09azAZ:1\r\n\r\n",
	    "GET|/|1.1|!#$%&'*+-.^_`|~09azAZ:1" },
	{ "5.1", "GET / HTTP/1.1\r\nA: \t b \t c\t \r\n\r\n",
	    "GET|/|1.1|A:b \t c" },
	{ "5.1", "GET / HTTP/1.1\r\nA:\r\n\r\n", "GET|/|1.1|A:" },
	{ "5.1", "GET / HTTP/1.1\r\nA: \t \r\nB: \r\n\r\n", "GET|/|1.1|A:|B:" },
	{ "5.1", "GET / HTTP/1.1\r\nA::b: c\r\n\r\n", "GET|/|1.1|A::b: c" },
	{ "9110 5.5", "GET / HTTP/1.1\r\nA: \x80\xff!~\"\r\n\r\n",
	    "GET|/|1.1|A:\x80\xff!~\"" },
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
			char data[512];
			int n = snprintf(data, sizeof(data), "%s%s",
			    good[i].head, behind[j]);
			struct outcome out = parse(&usual, data, (size_t)n);

			assert_int_equal(out.used, len);
			assert_int_equal(out.needed, len);
			assert_string_equal(out.text, good[i].text);
		}
	}
}

/* The first byte of rest makes the head bad, and not one earlier. */
static const struct bad {
	const char *section;
	int status;
	const char *fine, *rest;
} bad[] = {
	{ "2.2", 400, "\r\n", "\r\nGET / HTTP/1.1\r\n\r\n" },
	{ "2.2", 400, "", "\nGET / HTTP/1.1\r\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1", "\nA: b\r\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r\n", "\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r\nA: b", "\nB: c\r\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r\nA:", "\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r\nA: b\r\n", "\n" },
	{ "2.2", 400, "\r", "GET / HTTP/1.1\r\n\r\n" },
	{ "2.2", 400, "\r", "\r\nGET / HTTP/1.1\r\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r", "Host: a\r\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r", "\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r\nA: b\r", "c: d\r\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r\nA:\r", "\r\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r\n\r", "A: b\r\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r\n", " A: b\r\n\r\n" },
	{ "2.2", 400, "GET / HTTP/1.1\r\n", "\tA: b\r\n\r\n" },
	{ "3", 400, "", " GET / HTTP/1.1\r\n\r\n" },
	{ "3", 400, "", "\x16\x03\x01\x02" },
	{ "3", 400, "GET", "\r\n\r\n" },
	{ "3", 400, "GET", "\t/ HTTP/1.1\r\n\r\n" },
	{ "3", 400, "GET ", " / HTTP/1.1\r\n\r\n" },
	{ "3", 400, "GET / ", " HTTP/1.1\r\n\r\n" },
	{ "3", 400, "GET /", "\tHTTP/1.1\r\n\r\n" },
	{ "3", 400, "GET / HTTP/1.1", " \r\n\r\n" },
	{ "3", 400, "GET / HTTP/1.1", "1\r\n\r\n" },
	{ "3.1", 400, "G", "(ET / HTTP/1.1\r\n\r\n" },
	{ "3.1", 400, "G", "\x80T / HTTP/1.1\r\n\r\n" },
	{ "3.2", 400, "GET /a", "\x80 HTTP/1.1\r\n\r\n" },
	{ "3.2", 400, "GET /a", "\x7f HTTP/1.1\r\n\r\n" },
	{ "3.2", 400, "GET /a", "\x01 HTTP/1.1\r\n\r\n" },
	{ "3.2", 400, "GET /a ", "b HTTP/1.1\r\n\r\n" },
	{ "3", 400, "GET /", "\r\n\r\n" },
	{ "3", 400, "GET /", "\n" },
	{ "3", 400, "GET / ", "\r\n\r\n" },
	{ "2.3", 400, "GET / ", "http/1.1\r\n\r\n" },
	{ "2.3", 400, "GET / HT", "CPCP/1.0\r\n\r\n" },
	{ "2.3", 400, "GET / HTTP/1", "\r\n\r\n" },
	{ "2.3", 400, "GET / HTTP/1.", "\r\n\r\n" },
	{ "2.3", 400, "GET / HTTP/2", "\r\n\r\n" },
	{ "2.3", 400, "GET / HTTP/0", "1.1\r\n\r\n" },
	{ "2.3", 400, "GET / HTTP/1", ",1\r\n\r\n" },
	{ "2.3", 400, "GET / HTTP/1", "1.1\r\n\r\n" },
	{ "2.3", 400, "GET / HTTP/1.1", "0\r\n\r\n" },
	{ "2.3", 400, "GET / HTTP/", "x.1\r\n\r\n" },
	{ "2.3", 400, "GET / HTTP/", "-1.1\r\n\r\n" },
	{ "9110 15.6.6", 505, "GET / HTTP/2.", "0\r\n\r\n" },
	{ "9110 15.6.6", 505, "GET / HTTP/0.", "9\r\n\r\n" },
	{ "9113 3.4", 505, "PRI * HTTP/2.", "0\r\n\r\nSM\r\n\r\n" },
	{ "5", 400, "GET / HTTP/1.1\r\n", ": a\r\n\r\n" },
	{ "5", 400, "GET / HTTP/1.1\r\nA", "\r\n\r\n" },
	{ "5", 400, "GET / HTTP/1.1\r\nA", "\n\n" },
	{ "5.1", 400, "GET / HTTP/1.1\r\nHost", " : a\r\n\r\n" },
	{ "5.1", 400, "GET / HTTP/1.1\r\nHost", "\t: a\r\n\r\n" },
	{ "5.1", 400, "GET / HTTP/1.1\r\nHo", "(st: a\r\n\r\n" },
	{ "5.1", 400, "GET / HTTP/1.1\r\nHo", "\xe4st: a\r\n\r\n" },
	{ "5.2", 400, "GET / HTTP/1.1\r\nA: b\r\n", " c\r\n\r\n" },
	{ "5.2", 400, "GET / HTTP/1.1\r\nA: b\r\n", "\tc\r\n\r\n" },
	{ "9110 5.5", 400, "GET / HTTP/1.1\r\nA: b", "\x01\r\n\r\n" },
	{ "9110 5.5", 400, "GET / HTTP/1.1\r\nA: b", "\x7f\r\n\r\n" },
	{ "9110 5.5", 400, "GET / HTTP/1.1\r\nA: b", "\x1b[0m\r\n\r\n" },
};

/* Parses fine + rest, each with its length, so that they may hold a NUL. */
static void
check_bad(const struct h1_limits *limits, int status, const char *fine,
    size_t fine_len, const char *rest, size_t rest_len)
{
	char data[512];
	struct outcome out;

	memcpy(data, fine, fine_len);
	memcpy(data + fine_len, rest, rest_len);
	out = parse(limits, data, fine_len + rest_len);
	assert_int_equal(out.used, -1);
	assert_int_equal(out.status, status);
	assert_int_equal(out.needed, fine_len + 1);
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("# row %zu: %s\n", i, bad[i].section);
		check_bad(&usual, bad[i].status, bad[i].fine,
		    strlen(bad[i].fine), bad[i].rest, strlen(bad[i].rest));
	}
}

/* NUL is bad everywhere (9110, 5.5), also where a C string would end. */
static void
test_nul(void **state)
{
	static const char head[] = "GET /a HTTP/1.1\r\nA: b\r\n\r\n";

	(void)state;
	for (size_t at = 0; at < sizeof(head) - 1; at++)
		check_bad(&usual, 400, head, at, "\0\r\n\r\n", 5);
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

static const struct h1_limits tight = { 20, 2, 10, 60 };

static const struct good fitting[] = {
	/* request lines of 20 bytes */
	{ "3", "GET /345678 HTTP/1.1\r\n\r\n", "GET|/345678|1.1" },
	{ "2.2", "\r\nGET /345678 HTTP/1.1\r\n\r\n", "GET|/345678|1.1" },
	/* field lines of 10 bytes */
	{ "5", "GET / HTTP/1.1\r\nA: 4567890\r\n\r\n", "GET|/|1.1|A:4567890" },
	{ "5", "GET / HTTP/1.1\r\nABCDEFGHI:\r\n\r\n", "GET|/|1.1|ABCDEFGHI:" },
	{ "5", "GET / HTTP/1.1\r\nA:        \r\n\r\n", "GET|/|1.1|A:" },
	/* two fields */
	{ "5", "GET / HTTP/1.1\r\nA:1\r\nB:2\r\n\r\n", "GET|/|1.1|A:1|B:2" },
	/* 60 bytes in all */
	{ "2.2",
	    "\r\nGET /345678 HTTP/1.1\r\nA: 4567890\r\nB: 4567890\r\n\r\n    ",
	    "GET|/345678|1.1|A:4567890|B:4567890" },
};

static const struct bad too_much[] = {
	{ "9110 15.5.15", 414, "GET /345678 HTTP/1.1", "1\r\n\r\n" },
	{ "9110 15.5.15", 414, "GET /3456789 HTTP/1.", "1\r\n\r\n" },
	{ "9110 15.5.15", 414, "GET /678901234567890", "1 HTTP/1.1\r\n\r\n" },
	{ "9110 15.5.15", 414, "GET /678901234567890", " HTTP/1.1\r\n\r\n" },
	{ "3", 501, "METHOD78901234567890", "1 / HTTP/1.1\r\n\r\n" },
	{ "3", 501, "METHOD78901234567890", " / HTTP/1.1\r\n\r\n" },
	{ "3", 400, "METHOD78901234567890", "\r\n\r\n" },
	{ "9110 15.5.15", 414, "\r\nGET /678901234567890", "1 HTTP/1.1\r\n" },
	{ "3", 400, "GET /678901234567890", "\r\n\r\n" },
	{ "6585 5", 431, "GET / HTTP/1.1\r\nA: 4567890", "1\r\n\r\n" },
	{ "6585 5", 431, "GET / HTTP/1.1\r\nA: 4567890", " \r\n\r\n" },
	{ "6585 5", 431, "GET / HTTP/1.1\r\nA:        ", " \r\n\r\n" },
	{ "6585 5", 431, "GET / HTTP/1.1\r\nABCDEFGHIJ", ":\r\n\r\n" },
	{ "6585 5", 431, "GET / HTTP/1.1\r\nABCDEFGHIJ", "K:\r\n\r\n" },
	{ "5", 400, "GET / HTTP/1.1\r\nABCDEFGHIJ", "\r\n\r\n" },
	{ "6585 5", 431, "GET / HTTP/1.1\r\nA:1\r\nB:2\r\n", "C:3\r\n\r\n" },
	{ "5", 400, "GET / HTTP/1.1\r\nA:1\r\nB:2\r\n", " C:3\r\n\r\n" },
};

static void
test_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fitting) / sizeof(fitting[0]); i++) {
		struct outcome out =
		    parse(&tight, fitting[i].head, strlen(fitting[i].head));

		print_message(
		    "# %s: %s\n", fitting[i].section, fitting[i].text);
		assert_string_equal(out.text, fitting[i].text);
	}
	for (size_t i = 0; i < sizeof(too_much) / sizeof(too_much[0]); i++) {
		print_message("# row %zu: %s\n", i, too_much[i].section);
		check_bad(&tight, too_much[i].status, too_much[i].fine,
		    strlen(too_much[i].fine), too_much[i].rest,
		    strlen(too_much[i].rest));
	}
}

/* The total counts the empty line; it ends with the head's last byte. */
static void
test_total(void **state)
{
	static const char head[] = "GET / HTTP/1.1\r\nA: b\r\n\r\n";
	const size_t len = sizeof(head) - 1;
	struct h1_limits limits = usual;

	(void)state;
	for (limits.total = 1; limits.total < len; limits.total++) {
		struct outcome out = parse(&limits, head, len);

		assert_int_equal(out.used, -1);
		assert_int_equal(out.needed, limits.total);
		assert_int_equal(out.status, limits.total < 16 ? 414 : 431);
	}
	assert_int_equal(parse(&limits, head, len).used, len);
}

/* A head with one line of the given length: "A…: " or "GET /… HTTP/1.1". */
static struct outcome
parse_long(
    const char *before, size_t line_len, const char *start, const char *finish)
{
	size_t before_len = strlen(before), start_len = strlen(start);
	size_t finish_len = strlen(finish);
	size_t len = before_len + line_len + 4;
	char *data = malloc(len);
	struct h1_limits limits = { 8190, FIELDS, 70000, 200000 };
	struct outcome whole, split;

	assert_non_null(data);
	memset(data, 'a', len);
	memcpy(data, before, before_len);
	memcpy(data + before_len, start, start_len);
	memcpy(data + len - 4 - finish_len, finish, finish_len);
	memcpy(data + len - 4, "\r\n\r\n", 4);
	whole = parse_pieces(&limits, data, len, len, len);
	for (size_t at = 0; at <= len; at += 1021) {
		split = parse_pieces(&limits, data, len, at, len);
		assert_same(&whole, &split);
	}
	for (size_t at = len; at > len - 20; at--) {
		split = parse_pieces(&limits, data, len, at, len);
		assert_same(&whole, &split);
	}
	free(data);
	return whole;
}

static void
test_long_lines(void **state)
{
	static const char line[] = "GET / HTTP/1.1\r\n";
	struct outcome out;

	(void)state;
	out = parse_long("", 8190, "GET /", " HTTP/1.1");
	assert_int_equal(out.used, 8194);
	out = parse_long("", 8191, "GET /", " HTTP/1.1");
	assert_int_equal(out.status, 414);
	out = parse_long(line, 70000, "A:", "b");
	assert_int_equal(out.used, sizeof(line) - 1 + 70004);
	out = parse_long(line, 70001, "A:", "b");
	assert_int_equal(out.status, 431);
	/* name_len has 16 bits: one byte more is refused, not cut off */
	out = parse_long(line, 65536, "A", ":");
	assert_int_equal(out.used, sizeof(line) - 1 + 65540);
	out = parse_long(line, 65537, "A", ":");
	assert_int_equal(out.status, 431);
}

static void
test_idle(void **state)
{
	static const char head[] = "\r\nGET";
	struct h1_parser parser;
	struct h1_field fields[FIELDS];

	(void)state;
	h1_parser_init(&parser, &usual, fields);
	for (size_t len = 0; len < sizeof(head); len++) {
		assert_int_equal(h1_parse_request(&parser, head, len), 0);
		assert_int_equal(h1_parser_idle(&parser), len < 3);
	}
}

/* What was found once is found again, whatever has arrived since. */
static void
test_called_again(void **state)
{
	struct h1_parser parser;
	struct h1_field fields[FIELDS];

	(void)state;
	h1_parser_init(&parser, &usual, fields);
	assert_int_equal(
	    h1_parse_request(&parser, "A / HTTP/1.1\r\n\r\n", 16), 16);
	assert_int_equal(
	    h1_parse_request(&parser, "A / HTTP/1.1\r\n\r\n\0", 17), 16);
	h1_parser_init(&parser, &usual, fields);
	assert_int_equal(h1_parse_request(&parser, "A  ", 3), -1);
	assert_int_equal(h1_parse_request(&parser, "A  / HTTP/1.1\n", 14), -1);
	assert_int_equal(parser.status, 400);
}

static void
test_tchar(void **state)
{
	static const char delimiters[] = "\"(),/:;<=>?@[\\]{}";

	(void)state;
	for (int c = 0; c < 256; c++) {
		bool token = c > ' ' && c < 0x7f &&
			     memchr(delimiters, c, sizeof(delimiters)) == NULL;

		assert_int_equal(h1_is_tchar((unsigned char)c), token);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_total),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_called_again),
		cmocka_unit_test(test_tchar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
