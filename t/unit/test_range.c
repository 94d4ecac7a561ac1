/* SPDX-License-Identifier: BSD-2-Clause */
/* Range: tables of values, each of them in front of a guard page. */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "guard.h"
#include "http/range.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FAR "99999999999999999999999999999999"

static const struct range_limits plenty = { RANGE_UNLIMITED, RANGE_UNLIMITED };

/* "0-1,5-9", "none", "unsatisfiable". */
static void
describe(struct buf *b, const char *value, uint64_t length,
    const struct range_limits *limits, size_t room)
{
	size_t len = strlen(value);
	char *copy = guard_copy(value, len);
	struct range *ranges =
	    guard_copy((struct range[16]){ { 0, 0 } }, room * sizeof(*ranges));
	struct range_list list = { ranges, room, 99 };

	buf_clear(b);
	switch (range_parse(span_of(copy, len), length, limits, &list)) {
	case RANGE_NONE:
		buf_add_str(b, "none");
		break;
	case RANGE_UNSATISFIABLE:
		assert_int_equal(list.count, 0);
		buf_add_str(b, "unsatisfiable");
		break;
	case RANGE_SATISFIABLE:
		assert_in_range(list.count, 1, room);
		for (size_t i = 0; i < list.count; i++)
			buf_printf(b, "%s%" PRIu64 "-%" PRIu64,
			    i == 0 ? "" : ",", ranges[i].first, ranges[i].last);
	}
	guard_free(ranges, room * sizeof(*ranges));
	guard_free(copy, len);
}

struct row {
	const char *value;
	uint64_t length;
	const char *result;
};

static void
check_rows(const struct row *rows, size_t count)
{
	struct buf b;

	buf_init(&b, 1000);
	for (size_t i = 0; i < count; i++) {
		print_message(
		    "# %s of %" PRIu64 "\n", rows[i].value, rows[i].length);
		describe(&b, rows[i].value, rows[i].length, &plenty, 16);
		assert_string_equal(buf_str(&b), rows[i].result);
	}
	buf_release(&b);
}

/* RFC 9110, 14.1.2 */
static void
test_values(void **state)
{
	static const struct row rows[] = {
		{ "bytes=0-499", 10000, "0-499" },
		{ "bytes=500-999", 10000, "500-999" },
		{ "bytes=-500", 10000, "9500-9999" },
		{ "bytes=9500-", 10000, "9500-9999" },
		{ "bytes=0-0,-1", 10000, "0-0,9999-9999" },
		{ "bytes= 0-999, 4500-5499, -1000", 10000,
		    "0-999,4500-5499,9000-9999" },
		{ "bytes=500-600,601-999", 10000, "500-600,601-999" },
		{ "bytes=500-700,601-999", 10000, "500-700,601-999" },
		{ "bytes=0-9", 10, "0-9" },
		{ "bytes=0-10", 10, "0-9" },
		{ "bytes=9-9", 10, "9-9" },
		{ "bytes=10-10", 10, "unsatisfiable" },
		{ "bytes=10-", 10, "unsatisfiable" },
		{ "bytes=-10", 10, "0-9" },
		{ "bytes=-11", 10, "0-9" },
		{ "bytes=-0", 10, "unsatisfiable" },
		{ "bytes=-0,10-", 10, "unsatisfiable" },
		{ "bytes=10-,3-4,-0", 10, "3-4" },
		{ "bytes=8-9,0-1", 10, "8-9,0-1" },
		{ "BYTES=1-2", 10, "1-2" },
		{ "bytes=,, 1-2 ,\t,3-4,", 10, "1-2,3-4" },
		/* together no more than there is */
		{ "bytes=0-,0-0", 10, "none" },
		{ "bytes=0-4,5-", 10, "0-4,5-9" },
		{ "bytes=0-5,5-", 10, "none" },
		{ "bytes=0-,0-,0-", 10, "none" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
test_not_understood(void **state)
{
	static const char *const values[] = { "", "b", "bytes",
		"bytes=", "bytes=,", "bytes= ", "byte=0-1", "bytess=0-1",
		"octets=0-1", "bytes 0-1", "bytes =0-1", "=0-1", "0-1",
		"bytes=-", "bytes=0", "bytes=1-0", "bytes=0-1-", "bytes=0--1",
		"bytes=--1", "bytes=-1-2", "bytes=+0-1", "bytes=0-+1",
		"bytes=0 - 1", "bytes=0- 1", "bytes=0 -1", "bytes=a-b",
		"bytes=0x0-1", "bytes=0-1;2-3", "bytes=0-1 2-3", "bytes=*",
		"bytes=0-*", "bytes=0-1,x", "bytes=0-1,2-1", "bytes=x,0-1",
		"bytes=\"0-1\"", "bytes=0-1,\"2-3", "bytes=10-20,x",
		"bytes=" FAR "-1", "bytes=0-1\x80", "bytes=bytes=0-1",
		" bytes=0-1" };
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < COUNT(values); i++) {
		print_message("# %s\n", values[i]);
		describe(&b, values[i], 10, &plenty, 16);
		assert_string_equal(buf_str(&b), "none");
	}
	buf_release(&b);
}

static void
test_numbers_of_any_length(void **state)
{
	static const struct row rows[] = {
		{ "bytes=0-" FAR, 10, "0-9" },
		{ "bytes=-" FAR, 10, "0-9" },
		{ "bytes=" FAR "-", 10, "unsatisfiable" },
		{ "bytes=" FAR "-" FAR, 10, "unsatisfiable" },
		{ "bytes=0000000000000000000000000000001-00000002", 10, "1-2" },
		{ "bytes=18446744073709551615-", 10, "unsatisfiable" },
		{ "bytes=18446744073709551616-", 10, "unsatisfiable" },
		{ "bytes=5-18446744073709551616", 10, "5-9" },
		{ "bytes=4294967296-4294967299", 5000000000,
		    "4294967296-4294967299" },
		{ "bytes=-1", INT64_MAX,
		    "9223372036854775806-9223372036854775806" },
		{ "bytes=0-", INT64_MAX, "0-9223372036854775806" },
		{ "bytes=0-,-1", INT64_MAX, "none" },
		{ "bytes=9223372036854775807-", INT64_MAX, "unsatisfiable" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

/* What begins at the first byte is all of it. */
static void
test_empty(void **state)
{
	static const struct row rows[] = {
		{ "bytes=0-", 0, "none" },
		{ "bytes=0-0", 0, "none" },
		{ "bytes=-5", 0, "none" },
		{ "bytes=1-,0-", 0, "none" },
		{ "bytes=1-", 0, "unsatisfiable" },
		{ "bytes=-0", 0, "unsatisfiable" },
		{ "bytes=1-0", 0, "none" },
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void
test_bounds(void **state)
{
	static const struct {
		const char *value;
		struct range_limits limits;
		size_t room;
		const char *result;
	} rows[] = {
		{ "bytes=0-0,2-2", { 0, 0 }, 2, "0-0,2-2" },
		{ "bytes=0-0,2-2,4-4", { 0, 0 }, 2, "none" },
		/* of what is not there too */
		{ "bytes=0-0,99-,99-", { 0, 0 }, 2, "none" },
		{ "bytes=99-,99-,99-", { 0, 0 }, 2, "none" },
		{ "bytes=0-1,1-2", { 0, 0 }, 9, "none" },
		{ "bytes=0-1,1-2", { 1, 0 }, 9, "0-1,1-2" },
		{ "bytes=0-1,1-2,2-3", { 1, 0 }, 9, "none" },
		{ "bytes=0-1,0-1,0-1", { 2, 0 }, 9, "0-1,0-1,0-1" },
		{ "bytes=0-1,2-3,4-5", { 0, 0 }, 9, "0-1,2-3,4-5" },
		{ "bytes=5-6,2-3", { 0, 0 }, 9, "none" },
		{ "bytes=5-6,2-3", { 0, 1 }, 9, "5-6,2-3" },
		{ "bytes=5-6,2-3,0-1", { 0, 1 }, 9, "none" },
		{ "bytes=5-6,2-3,7-8,0-0", { 0, 2 }, 9, "5-6,2-3,7-8,0-0" },
		/* both at once */
		{ "bytes=5-6,4-5", { 1, 0 }, 9, "none" },
		{ "bytes=5-6,4-5", { 0, 1 }, 9, "none" },
		{ "bytes=5-6,4-5", { 1, 1 }, 9, "5-6,4-5" },
		/* what is not there is in between, and counts for neither */
		{ "bytes=5-6,99-,7-8", { 0, 0 }, 9, "5-6,7-8" },
	};
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("# row %zu: %s\n", i, rows[i].value);
		describe(&b, rows[i].value, 20, &rows[i].limits, rows[i].room);
		assert_string_equal(buf_str(&b), rows[i].result);
	}
	buf_release(&b);
}

static void
test_count_max(void **state)
{
	(void)state;
	assert_int_equal(range_count_max(span_str("")), 1);
	assert_int_equal(range_count_max(span_str("bytes=0-1")), 1);
	assert_int_equal(range_count_max(span_str("bytes=0-1,,2-3")), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_not_understood),
		cmocka_unit_test(test_numbers_of_any_length),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_count_max),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
