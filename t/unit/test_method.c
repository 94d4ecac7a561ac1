/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods: names both ways (RFC 9110, 9.1), and the value of Allow. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/method.h"

static void
test_find(void **state)
{
	(void)state;
	for (int i = METHOD_GET; i < METHOD_COUNT; i++) {
		const char *name = method_name((enum method)i);

		assert_int_equal(method_find(span_str(name)), i);
	}
	assert_int_equal(method_find(span_str("GET")), METHOD_GET);
	assert_int_equal(method_find(span_str("CONNECT")), METHOD_CONNECT);
	assert_string_equal(method_name(METHOD_UNKNOWN), "");
}

static void
test_unknown(void **state)
{
	static const char *const rows[] = { "", "get", "Get", "GE", "GETS",
		"BREW", "PROPFIND", " GET" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    method_find(span_str(rows[i])), METHOD_UNKNOWN);
	assert_int_equal(method_find(span_of("GET\0", 4)), METHOD_UNKNOWN);
}

static void
test_print_set(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 100);
	method_print_set(0, &buf);
	assert_string_equal(buf_str(&buf), "");
	method_print_set(METHOD_BIT(METHOD_GET), &buf);
	assert_string_equal(buf_str(&buf), "GET");
	buf_clear(&buf);
	method_print_set(METHOD_BIT(METHOD_OPTIONS) | METHOD_BIT(METHOD_HEAD) |
			     METHOD_BIT(METHOD_GET) |
			     METHOD_BIT(METHOD_UNKNOWN),
	    &buf);
	assert_string_equal(buf_str(&buf), "GET, HEAD, OPTIONS");
	buf_release(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_print_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
