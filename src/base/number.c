/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers in text, both ways.  strtol and printf are not used on purpose:
 * they skip blanks, take signs, stop at rubbish and follow the locale.
 */
#include "config.h"

#include "base/number.h"

#include <string.h>

int
number_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Rubbish behind a number that is too large is still rubbish: read it all. */
static enum number_status
parse(struct span s, unsigned base, uint64_t max, uint64_t *value_r)
{
	uint64_t value = 0;
	bool in_range = true;
	size_t i;

	if (s.len == 0)
		return NUMBER_BAD;
	for (i = 0; i < s.len; i++) {
		int digit = number_hex_digit(s.ptr[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return NUMBER_BAD;
		if (!in_range || (uint64_t)digit > max ||
		    value > (max - (uint64_t)digit) / base)
			in_range = false;
		else
			value = value * base + (uint64_t)digit;
	}
	if (!in_range)
		return NUMBER_RANGE;
	*value_r = value;
	return NUMBER_OK;
}

enum number_status
number_parse(struct span s, uint64_t max, uint64_t *value_r)
{
	return parse(s, 10, max, value_r);
}

enum number_status
number_parse_hex(struct span s, uint64_t max, uint64_t *value_r)
{
	return parse(s, 16, max, value_r);
}

enum number_status
number_parse_signed(struct span s, int64_t min, int64_t max, int64_t *value_r)
{
	enum number_status status;
	bool negative;
	uint64_t size;
	int64_t value;

	negative = s.len > 0 && s.ptr[0] == '-';
	if (negative)
		s = span_skip(s, 1);
	/* The largest size is that of INT64_MIN, one above INT64_MAX. */
	status = parse(s, 10, (uint64_t)INT64_MAX + negative, &size);
	if (status != NUMBER_OK)
		return status;
	value = negative ? (int64_t)(0 - size) : (int64_t)size;
	if (value < min || value > max)
		return NUMBER_RANGE;
	*value_r = value;
	return NUMBER_OK;
}

/* Two digits at a time: "000102...9899". */
static const char pairs[] = "0001020304050607080910111213141516171819"
			    "2021222324252627282930313233343536373839"
			    "4041424344454647484950515253545556575859"
			    "6061626364656667686970717273747576777879"
			    "8081828384858687888990919293949596979899";

/* Less than 10000, as are a status, a byte of an address, a small body. */
static size_t
print_small(char *to, uint32_t value)
{
	uint32_t high = value / 100, low = value % 100;
	size_t len;

	if (high >= 10) {
		memcpy(to, pairs + (size_t)2 * high, 2);
		len = 2;
	} else if (high > 0) {
		to[0] = (char)('0' + high);
		len = 1;
	} else if (low >= 10) {
		len = 0;
	} else {
		to[0] = (char)('0' + low);
		return 1;
	}
	memcpy(to + len, pairs + (size_t)2 * low, 2);
	return len + 2;
}

size_t
number_print(char *to, uint64_t value)
{
	char digits[NUMBER_TEXT_SIZE];
	size_t at = sizeof(digits), len;

	if (value < 10000)
		return print_small(to, (uint32_t)value);
	for (; value >= 10000; value /= 100) {
		at -= 2;
		memcpy(digits + at, pairs + 2 * (value % 100), 2);
	}
	len = print_small(to, (uint32_t)value);
	memcpy(to + len, digits + at, sizeof(digits) - at);
	return len + sizeof(digits) - at;
}
