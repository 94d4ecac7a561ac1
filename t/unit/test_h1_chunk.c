/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chunked decoder.  Every row is decoded whole, byte by byte and in two
 * pieces split at every point, each piece before a guard page; all must agree.
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
#include "wire/h1_chunk.h"

enum outcome {
	MORE,
	ENDED,
	BAD
};

struct result {
	struct h1_chunk chunk;
	enum outcome outcome;
	size_t used;
	size_t payload_len;
	char payload[256]; /* what fits */
};

/* Decodes one piece to its end, or to the end of the body. */
static bool
take_piece(void *to, const char *data, size_t len)
{
	struct result *result = to;

	while (len > 0 && result->outcome == MORE) {
		struct span payload = { NULL, 0 };
		long n = h1_chunk_decode(&result->chunk, data, len, &payload);

		if (n < 0) {
			result->outcome = BAD;
			return false;
		}
		assert_in_range(n, 1, len);
		assert_true(payload.ptr >= data &&
			    payload.ptr + payload.len <= data + n);
		for (size_t i = 0; i < payload.len; i++)
			if (result->payload_len < sizeof(result->payload))
				result->payload[result->payload_len++] =
				    payload.ptr[i];
		result->used += (size_t)n;
		data += n;
		len -= (size_t)n;
		if (h1_chunk_ended(&result->chunk))
			result->outcome = ENDED;
	}
	return result->outcome == MORE;
}

static struct result
decode_pieces(const char *data, size_t len, size_t first, size_t step)
{
	struct result result = { .outcome = MORE };

	h1_chunk_init(&result.chunk);
	guard_feed(data, len, (struct guard_cut){ first, step, false },
	    take_piece, &result);
	return result;
}

/* The result byte by byte, with which every other way to cut agrees. */
static struct result
decode(const char *data, size_t len)
{
	struct result bytes = decode_pieces(data, len, 0, 1);

	for (size_t at = 0; at <= len; at++) {
		struct result split = decode_pieces(data, len, at, len);

		assert_int_equal(split.outcome, bytes.outcome);
		if (bytes.outcome != BAD) {
			assert_int_equal(split.used, bytes.used);
			assert_int_equal(split.payload_len, bytes.payload_len);
			assert_memory_equal(
			    split.payload, bytes.payload, bytes.payload_len);
		}
	}
	return bytes;
}

static const struct good {
	const char *section, *body, *payload;
} good[] = {
	{ "7.1", "0\r\n\r\n", "" },
	{ "7.1", "0000\r\n\r\n", "" },
	{ "7.1", "3\r\nabc\r\n0\r\n\r\n", "abc" },
	{ "7.1", "a\r\n0123456789\r\n0\r\n\r\n", "0123456789" },
	{ "7.1", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789" },
	{ "7.1", "0000000000000003\r\nabc\r\n0000000000000000\r\n\r\n", "abc" },
	{ "7.1", "10\r\n0123456789abcdef\r\n0\r\n\r\n", "0123456789abcdef" },
	{ "7.1", "2\r\n\r\n\r\n1\r\n0\r\n0\r\n\r\n", "\r\n0" },
	{ "7.1", "1\r\na\r\n1\r\nb\r\n0\r\n\r\n", "ab" },
	{ "7.1.1", "1;a\r\nx\r\n0\r\n\r\n", "x" },
	{ "7.1.1", "1;a=b;c=\"d;\\\"\\\\\xff\t \";e\r\nx\r\n0;f\r\n\r\n", "x" },
	{ "7.1.1", "1 ; a = b\t;\tc\t= \"d\" ;e=f\r\nx\r\n0\r\n\r\n", "x" },
	{ "7.1.1", "1;a ;b\r\nx\r\n0\r\n\r\n", "x" },
	{ "7.1.1", "1;a=\"\"\r\nx\r\n0\r\n\r\n", "x" },
	{ "7.1.2", "0\r\nA: b\r\n\r\n", "" },
	{ "7.1.2", "0\r\nA:\r\nB: c d\t\xff\r\n\r\n", "" },
	{ "7.1.2", "1\r\nx\r\n0;a\r\nContent-Length: 7\r\n\r\n", "x" },
};

static void
test_good(void **state)
{
	static const char *const behind[] = { "", "\r\n", "0\r\n\r\n", "GET" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t len = strlen(good[i].payload);

		print_message("# row %zu: %s\n", i, good[i].section);
		for (size_t j = 0; j < 4; j++) {
			char data[256];
			int n = snprintf(data, sizeof(data), "%s%s",
			    good[i].body, behind[j]);
			struct result result = decode(data, (size_t)n);

			assert_int_equal(result.outcome, ENDED);
			assert_int_equal(result.used, strlen(good[i].body));
			assert_int_equal(result.payload_len, len);
			assert_memory_equal(
			    result.payload, good[i].payload, len);
		}
	}
}

static void
test_truncated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t len = strlen(good[i].body) - 1;
		struct result result = decode(good[i].body, len);

		assert_int_equal(result.outcome, MORE);
		assert_int_equal(result.used, len);
	}
}

/* The first byte of rest makes the body bad, and not one earlier. */
static const struct bad {
	const char *section, *fine, *rest;
} bad[] = {
	{ "7.1", "", "\r\n" },
	{ "7.1", "", " 1\r\nx\r\n" },
	{ "7.1", "", "\t1\r\nx\r\n" },
	{ "7.1", "", "-1\r\n" },
	{ "7.1", "", "+1\r\nx\r\n" },
	{ "7.1", "", "g\r\n" },
	{ "7.1", "", ";a\r\n" },
	{ "7.1", "", "\x80\r\n" },
	{ "7.1", "0", "x1\r\nx\r\n" },
	{ "7.1", "1", "_0\r\n" },
	{ "7.1", "1", ",2\r\n" },
	{ "7.1", "1", "\nx\r\n" },
	{ "7.1", "1 ", "\r\nx\r\n" },
	{ "7.1", "1 ", "0\r\nx\r\n" },
	{ "7.1", "1\r", "x\r\n" },
	{ "7.1", "1\r", "\r\nx\r\n" },
	{ "7.1", "1\r\nx", "\nfollows" },
	{ "7.1", "1\r\nx", "y\r\n" },
	{ "7.1", "1\r\nx\r", "0\r\n\r\n" },
	{ "7.1", "1\r\nx\r\n", "\r\n0\r\n\r\n" },
	{ "7.1", "0\r\n", "\n" },
	{ "7.1", "0\r\n\r", "\r\n" },
	{ "7.1", "0\r\n\r", "G" },
	/* 2^63 - 1 is the last one, whatever stands in front */
	{ "7.1", "7fffffffffffffff", "0\r\n" },
	{ "7.1", "800000000000000", "0\r\n" },
	{ "7.1", "0800000000000000", "0\r\n" },
	{ "7.1", "fffffffffffffff", "f\r\n" },
	/* Digits are bounded, be they zeros. */
	{ "7.1", "0000000000000001", "0\r\n" },
	{ "7.1", "1\r\nx\r\n0000000000000000", "0\r\n\r\n" },
	{ "7.1", "5", "\v\r\nhello\r\n" },
	{ "7.1", "5 ", "5\r\nhello\r\n" },
	{ "7.1", "0", ".\r\n" },
	{ "7.1.1", "1;", "\r\nx\r\n" },
	{ "7.1.1", "1;", ";a\r\nx\r\n" },
	{ "7.1.1", "1;", "=a\r\nx\r\n" },
	{ "7.1.1", "1;a", "\nx\r\n" },
	{ "7.1.1", "1;a", "\x80\r\n" },
	{ "7.1.1", "1;a ", "b\r\nx\r\n" },
	{ "7.1.1", "1;a ", "\r\nx\r\n" },
	{ "7.1.1", "1;a=", "\r\nx\r\n" },
	{ "7.1.1", "1;a=", ";b\r\nx\r\n" },
	{ "7.1.1", "1;a=b", "=c\r\nx\r\n" },
	{ "7.1.1", "1;a=b", "\"c\"\r\nx\r\n" },
	{ "7.1.1", "1;a=\"b\"", "c\r\nx\r\n" },
	{ "7.1.1", "1;a=\"b\"", "\"c\"\r\nx\r\n" },
	{ "7.1.1", "1;a=\"b", "\r\nx\r\n" },
	{ "7.1.1", "1;a=\"b", "\nx\r\n" },
	{ "7.1.1", "1;a=\"b\\", "\r\nx\r\n" },
	{ "7.1.1", "1;a=\"b", "\x7f\"\r\nx\r\n" },
	{ "7.1.2", "0\r\n", ": b\r\n\r\n" },
	{ "7.1.2", "0\r\n", " A: b\r\n\r\n" },
	{ "7.1.2", "0\r\nA", " : b\r\n\r\n" },
	{ "7.1.2", "0\r\nA", "\r\n\r\n" },
	{ "7.1.2", "0\r\nA: b", "\n\r\n" },
	{ "7.1.2", "0\r\nA: b\r", "c\r\n\r\n" },
	{ "7.1.2", "0\r\nA: b\r\n", " c\r\n\r\n" },
	{ "7.1.2", "0\r\nA: b", "\x01\r\n\r\n" },
	{ "7.1.2", "0\r\nA: b\r\n", "\n" },
};

static void
check_bad(const char *fine, size_t fine_len, const char *rest, size_t rest_len)
{
	char data[256];
	struct result result;

	memcpy(data, fine, fine_len);
	memcpy(data + fine_len, rest, rest_len);
	result = decode(data, fine_len + rest_len);
	assert_int_equal(result.outcome, BAD);
	assert_int_equal(result.used, fine_len);
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("# row %zu: %s\n", i, bad[i].section);
		check_bad(bad[i].fine, strlen(bad[i].fine), bad[i].rest,
		    strlen(bad[i].rest));
	}
}

static void
test_nul(void **state)
{
	static const char body[] = "0;a=\"b\"\r\nA: b\r\n\r\n";

	(void)state;
	for (size_t at = 0; at < sizeof(body) - 1; at++)
		check_bad(body, at, "\0\r\n", 3);
}

/* Bytes that are bad stay bad, and an ended body takes no more. */
static void
test_called_again(void **state)
{
	struct span payload;
	struct h1_chunk chunk;

	(void)state;
	h1_chunk_init(&chunk);
	assert_int_equal(h1_chunk_decode(&chunk, "x", 1, &payload), -1);
	assert_int_equal(h1_chunk_decode(&chunk, "0\r\n\r\n", 5, &payload), -1);
	assert_false(h1_chunk_ended(&chunk));
	h1_chunk_init(&chunk);
	assert_int_equal(h1_chunk_decode(&chunk, "", 0, &payload), 0);
	assert_false(h1_chunk_in_trailers(&chunk));
	assert_int_equal(h1_chunk_decode(&chunk, "0\r\n\r\nx", 6, &payload), 3);
	assert_true(h1_chunk_in_trailers(&chunk));
	assert_int_equal(h1_chunk_decode(&chunk, "\r\nx", 3, &payload), 2);
	assert_false(h1_chunk_in_trailers(&chunk));
	assert_true(h1_chunk_ended(&chunk));
	assert_int_equal(h1_chunk_decode(&chunk, "x", 1, &payload), 0);
	assert_int_equal(payload.len, 0);
}

/* A piece of count bytes between before and behind. */
static enum outcome
decode_long(const char *before, char fill, size_t count, const char *behind)
{
	size_t before_len = strlen(before), behind_len = strlen(behind);
	size_t len = before_len + count + behind_len;
	char *data = malloc(len);
	struct result whole, bytes;

	assert_non_null(data);
	memcpy(data, before, before_len);
	memset(data + before_len, fill, count);
	memcpy(data + before_len + count, behind, behind_len);
	whole = decode_pieces(data, len, len, len);
	bytes = decode_pieces(data, len, 0, 1);
	assert_int_equal(whole.outcome, bytes.outcome);
	free(data);
	return whole.outcome;
}

static void
test_limits(void **state)
{
	(void)state;
	assert_int_equal(
	    ENDED, decode_long("0;", 'a', H1_CHUNK_LINE_MAX - 2, "\r\n\r\n"));
	assert_int_equal(
	    BAD, decode_long("0;", 'a', H1_CHUNK_LINE_MAX - 1, "\r\n\r\n"));
	assert_int_equal(ENDED, decode_long("1\r\nx\r\n0;", 'a',
				    H1_CHUNK_LINE_MAX - 2, "\r\n\r\n"));
	assert_int_equal(BAD, decode_long("1\r\nx\r\n0;", 'a',
				  H1_CHUNK_LINE_MAX - 1, "\r\n\r\n"));
	assert_int_equal(ENDED, decode_long("0;a=b\r\nA: b\r\nB:", 'a',
				    H1_CHUNK_TRAILERS_MAX - 10, "\r\n\r\n"));
	assert_int_equal(BAD, decode_long("0;a=b\r\nA: b\r\nB:", 'a',
				  H1_CHUNK_TRAILERS_MAX - 9, "\r\n\r\n"));
}

/* The same text so often between before and behind. */
static enum outcome
decode_many(const char *text, unsigned times, const char *behind)
{
	size_t len = strlen(text), total = len * times;
	char *data = malloc(total + strlen(behind) + 1);
	struct result result;

	assert_non_null(data);
	for (size_t at = 0; at < total; at += len)
		memcpy(data + at, text, len);
	strcpy(data + total, behind);
	result = decode_pieces(data, strlen(data), len, len);
	free(data);
	return result.outcome;
}

/* CVE-2023-39326: a body that is all extensions. */
static void
test_many_extensions(void **state)
{
	static const char chunk[] = "1;ext=0123456789\r\nx\r\n"; /* 15 */
	unsigned most = H1_CHUNK_EXTENSIONS_MAX / 15;

	(void)state;
	assert_int_equal(ENDED, decode_many(chunk, most, "0\r\n\r\n"));
	assert_int_equal(BAD, decode_many(chunk, most + 1, "0\r\n\r\n"));
	assert_int_equal(ENDED, decode_many("1\r\nx\r\n", 100000, "0\r\n\r\n"));
}

static enum outcome
decode_trailers(unsigned count)
{
	char data[64 + 4 * (H1_CHUNK_TRAILER_FIELDS_MAX + 1)] = "0\r\n";

	for (unsigned i = 0; i < count; i++)
		strcat(data, "a:\r\n");
	strcat(data, "\r\n");
	return decode_pieces(data, strlen(data), 0, 1).outcome;
}

static void
test_many_trailers(void **state)
{
	(void)state;
	assert_int_equal(ENDED, decode_trailers(H1_CHUNK_TRAILER_FIELDS_MAX));
	assert_int_equal(BAD, decode_trailers(H1_CHUNK_TRAILER_FIELDS_MAX + 1));
}

static void
test_long_data(void **state)
{
	(void)state;
	assert_int_equal(
	    ENDED, decode_long("4000\r\n", 'a', 0x4000, "\r\n0\r\n\r\n"));
	assert_int_equal(
	    BAD, decode_long("4000\r\n", 'a', 0x4001, "\r\n0\r\n\r\n"));
	assert_int_equal(
	    MORE, decode_long("7fffffffffffffff\r\n", 'a', 100, ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_called_again),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_many_extensions),
		cmocka_unit_test(test_many_trailers),
		cmocka_unit_test(test_long_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
