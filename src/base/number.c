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

/* The digits of a number of that many, written from the last on. */
static size_t
print_digits(char *to, uint64_t value, size_t count)
{
	size_t at = count;

	do {
		to[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (at > 0);
	return count;
}

size_t
number_print(char *to, uint64_t value)
{
	uint64_t limit = 100000;
	size_t count = 5;

	/* Most numbers of a server are a status, a port, a few kilobytes. */
	if (value < 10)
		return print_digits(to, value, 1);
	if (value < 100)
		return print_digits(to, value, 2);
	if (value < 1000)
		return print_digits(to, value, 3);
	if (value < 10000)
		return print_digits(to, value, 4);
	for (; count < 20 && value >= limit; count++)
		limit *= 10;
	return print_digits(to, value, count);
}
