/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding fields in a request. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/request.h"

#define FIELD(name_, value_)                               \
	{                                                  \
		.name = SPAN(name_), .value = SPAN(value_) \
	}

static struct field fields[] = {
	FIELD("Host", "a"),
	FIELD("X-Y", "b"),
	FIELD("connection", "close, Upgrade"),
	FIELD("x-y", "c"),
	FIELD("CONNECTION", "keep-alive , \"te,x\" ,"),
	FIELD("Accept", ""),
	FIELD("host", "d"),
};

enum {
	COUNT = sizeof(fields) / sizeof(fields[0])
};

static struct request
make_request(void)
{
	struct request request;

	memset(&request, 0xa5, sizeof(request));
	request_index(&request, fields, COUNT);
	return request;
}

static void
test_index(void **state)
{
	struct request request = make_request();

	(void)state;
	assert_int_equal(request.field_count, COUNT);
	assert_ptr_equal(request_field(&request, FIELD_HOST), &fields[0]);
	assert_true(span_is(request_value(&request, FIELD_HOST), "a"));
	assert_int_equal(fields[6].id, FIELD_HOST);
	assert_int_equal(fields[1].id, FIELD_OTHER);
	assert_ptr_equal(request_field(&request, FIELD_ACCEPT), &fields[5]);
	assert_null(request_field(&request, FIELD_RANGE));
	assert_int_equal(request_value(&request, FIELD_RANGE).len, 0);
	assert_null(request_field(&request, FIELD_OTHER));
	assert_true(request.repeated);
	request_index(&request, fields, 4);
	assert_false(request.repeated);
}

static void
test_named(void **state)
{
	struct request request = make_request();

	(void)state;
	assert_ptr_equal(
	    request_field_named(&request, span_str("HOST")), &fields[0]);
	assert_ptr_equal(
	    request_field_named(&request, span_str("X-y")), &fields[1]);
	assert_null(request_field_named(&request, span_str("X")));
	assert_null(request_field_named(&request, span_str("")));
	assert_null(request_field_named(&request, span_str("Range")));
}

static void
test_count(void **state)
{
	struct request request = make_request();

	(void)state;
	assert_int_equal(request_count(&request, FIELD_HOST), 2);
	assert_int_equal(request_count(&request, FIELD_CONNECTION), 2);
	assert_int_equal(request_count(&request, FIELD_ACCEPT), 1);
	assert_int_equal(request_count(&request, FIELD_RANGE), 0);
}

static void
test_has_token(void **state)
{
	static const char *const present[] = { "close", "CLOSE", "upgrade",
		"Keep-Alive", "\"te,x\"" };
	static const char *const absent[] = { "", "clos", "te", "x", "a",
		"close, Upgrade" };
	struct request request = make_request();

	(void)state;
	for (size_t i = 0; i < sizeof(present) / sizeof(present[0]); i++)
		assert_true(
		    request_has_token(&request, FIELD_CONNECTION, present[i]));
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		assert_false(
		    request_has_token(&request, FIELD_CONNECTION, absent[i]));
	assert_false(request_has_token(&request, FIELD_TE, "close"));
}

static void
test_empty(void **state)
{
	struct request request;

	(void)state;
	memset(&request, 0xa5, sizeof(request));
	request_index(&request, NULL, 0);
	for (int id = 0; id < FIELD_COUNT; id++)
		assert_null(request_field(&request, (enum field_id)id));
	assert_null(request_field_named(&request, span_str("X")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_has_token),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
