/* SPDX-License-Identifier: BSD-2-Clause */
/* base/number: every number is whole and in range, or refused. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/number.h"
#include "guard.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef enum number_status parser(struct span, uint64_t, uint64_t *);

/* A refused number leaves the value alone. */
static void
check(parser *parse, const char *text, uint64_t max,
    enum number_status expected, uint64_t expected_value)
{
	size_t len = strlen(text);
	char *copy = guard_copy(text, len);
	uint64_t value = 12345;

	assert_int_equal(parse(span_of(copy, len), max, &value), expected);
	if (expected != NUMBER_OK)
		expected_value = 12345;
	assert_int_equal(value, expected_value);
	guard_free(copy, len);
}

static void
test_decimal(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		enum number_status status;
		uint64_t value;
	} rows[] = {
		{ "0", 0, NUMBER_OK, 0 },
		{ "7", UINT64_MAX, NUMBER_OK, 7 },
		{ "65535", 65535, NUMBER_OK, 65535 },
		{ "65536", 65535, NUMBER_RANGE, 0 },
		{ "70000", 65535, NUMBER_RANGE, 0 },
		{ "9", 8, NUMBER_RANGE, 0 },
		{ "1", 0, NUMBER_RANGE, 0 },
		{ "10", 9, NUMBER_RANGE, 0 },
		{ "18446744073709551615", UINT64_MAX, NUMBER_OK, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, NUMBER_RANGE, 0 },
		{ "99999999999999999999999", UINT64_MAX, NUMBER_RANGE, 0 },
		{ "000000000000000000000000012", 20, NUMBER_OK, 12 },
		{ "99999999999999999999999x", UINT64_MAX, NUMBER_BAD, 0 },
		{ "", 10, NUMBER_BAD, 0 },
		{ "-1", 10, NUMBER_BAD, 0 },
		{ "-0", 10, NUMBER_BAD, 0 },
		{ "+1", 10, NUMBER_BAD, 0 },
		{ " 1", 10, NUMBER_BAD, 0 },
		{ "1 ", 10, NUMBER_BAD, 0 },
		{ "1_0", 10, NUMBER_BAD, 0 },
		{ "10x", 100, NUMBER_BAD, 0 },
		{ "0x10", 100, NUMBER_BAD, 0 },
		{ "1a", 100, NUMBER_BAD, 0 },
		{ "1.0", 100, NUMBER_BAD, 0 },
		{ "four", 100, NUMBER_BAD, 0 },
		{ "\xd9\xa1", 100, NUMBER_BAD, 0 },
	};
	uint64_t value = 5;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		check(number_parse, rows[i].text, rows[i].max, rows[i].status,
		    rows[i].value);
	assert_int_equal(
	    number_parse(span_of("1\0", 2), 100, &value), NUMBER_BAD);
	assert_int_equal(number_parse(span_of(NULL, 0), 1, &value), NUMBER_BAD);
	assert_int_equal(value, 5);
}

static void
test_hex(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		enum number_status status;
		uint64_t value;
	} rows[] = {
		{ "0", 0, NUMBER_OK, 0 },
		{ "fF", 255, NUMBER_OK, 255 },
		{ "100", 255, NUMBER_RANGE, 0 },
		{ "f", 14, NUMBER_RANGE, 0 },
		{ "ffffffffffffffff", UINT64_MAX, NUMBER_OK, UINT64_MAX },
		{ "10000000000000000", UINT64_MAX, NUMBER_RANGE, 0 },
		{ "0000000000000000000a", UINT64_MAX, NUMBER_OK, 10 },
		{ "", 255, NUMBER_BAD, 0 },
		{ "0x1", 255, NUMBER_BAD, 0 },
		{ "g", 255, NUMBER_BAD, 0 },
		{ "-1", 255, NUMBER_BAD, 0 },
		{ "fffffffffffffffffffg", 255, NUMBER_BAD, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		check(number_parse_hex, rows[i].text, rows[i].max,
		    rows[i].status, rows[i].value);
}

static void
test_signed(void **state)
{
	static const struct {
		const char *text;
		int64_t min, max;
		enum number_status status;
		int64_t value;
	} rows[] = {
		{ "0", 0, 0, NUMBER_OK, 0 },
		{ "-0", 0, 0, NUMBER_OK, 0 },
		{ "-1", -1, 5, NUMBER_OK, -1 },
		{ "-2", -1, 5, NUMBER_RANGE, 0 },
		{ "6", -1, 5, NUMBER_RANGE, 0 },
		{ "3", 4, 5, NUMBER_RANGE, 0 },
		{ "9223372036854775807", INT64_MIN, INT64_MAX, NUMBER_OK,
		    INT64_MAX },
		{ "9223372036854775808", INT64_MIN, INT64_MAX, NUMBER_RANGE,
		    0 },
		{ "-9223372036854775808", INT64_MIN, INT64_MAX, NUMBER_OK,
		    INT64_MIN },
		{ "-9223372036854775809", INT64_MIN, INT64_MAX, NUMBER_RANGE,
		    0 },
		{ "-18446744073709551616", INT64_MIN, INT64_MAX, NUMBER_RANGE,
		    0 },
		{ "", INT64_MIN, INT64_MAX, NUMBER_BAD, 0 },
		{ "-", INT64_MIN, INT64_MAX, NUMBER_BAD, 0 },
		{ "--1", INT64_MIN, INT64_MAX, NUMBER_BAD, 0 },
		{ "+1", INT64_MIN, INT64_MAX, NUMBER_BAD, 0 },
		{ "- 1", INT64_MIN, INT64_MAX, NUMBER_BAD, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		int64_t value = 12345;

		assert_int_equal(number_parse_signed(span_str(rows[i].text),
				     rows[i].min, rows[i].max, &value),
		    rows[i].status);
		assert_true(
		    value ==
		    (rows[i].status == NUMBER_OK ? rows[i].value : 12345));
	}
}

static void
test_print(void **state)
{
	static const struct {
		uint64_t value;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 9, "9" },
		{ 10, "10" },
		{ 1234567890, "1234567890" },
		{ UINT64_MAX, "18446744073709551615" },
	};
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		char *to = guard_copy("????????????????????", 20);

		len = number_print(to, rows[i].value);
		assert_true(span_is(span_of(to, len), rows[i].text));
		assert_true(len == 20 || to[len] == '?');
		guard_free(to, 20);
	}
}

static void
test_hex_digit(void **state)
{
	static const char digits[] = "0123456789abcdef";
	int c, expected;

	(void)state;
	for (c = 0; c < 256; c++) {
		const char *at = memchr(digits, span_fold((char)c), 16);

		expected = at == NULL ? -1 : (int)(at - digits);
		assert_int_equal(number_hex_digit((char)c), expected);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_hex_digit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
