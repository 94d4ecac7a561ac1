/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges, as response_finish applies them to a body of ten bytes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/exchange.h"
#include "http/http_conf.h"

enum {
	CHANGED = 784111777
};

static struct exchange_peer peer;
static struct exchange x;
static int
setup(void **state)
{
	(void)state;
	exchange_init(&x, &peer, NULL, NULL, 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	exchange_release(&x);
	return 0;
}

static void
set_field(const char *name, const char *value)
{
	static struct field field;

	field = (struct field){ span_str(name), span_str(value), 0 };
	request_index(&x.request, &field, 1);
}

static void
finish(enum method method)
{
	x.request.method = method;
	response_finish(&x);
	assert_int_equal(x.state, EXCHANGE_ANSWERED);
}

static const struct http_conf usual = {
	.max_ranges = 200, .max_range_overlaps = 20, .max_range_reversals = 20
};

static void
set_ranged(const struct http_conf *conf)
{
	static const void *section;
	static struct settings settings = { &section, NULL };

	section = conf;
	*http_section.id = 0;
	x.settings = &settings;
	response_reset(&x.response);
	body_memory(&x.response.body, span_of("0123456789", 10));
	x.response.status = 200;
	x.response.ranges = true;
	x.response.content_type = span_str("a/b");
	x.response.validators = (struct validators){ SPAN("\"a\""), CHANGED };
	x.response.block = span_str("Content-Length: 10\r\n");
}

static const char *
content_range(void)
{
	static char text[100];
	const struct field *field =
	    field_get(&x.response.fields, FIELD_CONTENT_RANGE);

	if (field == NULL)
		return "";
	assert_true(span_copy(field->value, text, sizeof(text)));
	return text;
}

static void
test_range(void **state)
{
	static const struct {
		enum method method;
		const char *value, *content_range, *body;
		int status;
	} rows[] = {
		{ METHOD_GET, "bytes=0-9", "bytes 0-9/10", "0123456789", 206 },
		{ METHOD_GET, "bytes=3-5", "bytes 3-5/10", "345", 206 },
		{ METHOD_GET, "bytes=-1", "bytes 9-9/10", "9", 206 },
		{ METHOD_GET, "bytes=99-,3-5", "bytes 3-5/10", "345", 206 },
		{ METHOD_GET, "bytes=10-", "bytes */10", NULL, 416 },
		{ METHOD_GET, "bytes=5-3", "", "0123456789", 200 },
		{ METHOD_GET, "lines=3-5", "", "0123456789", 200 },
		{ METHOD_HEAD, "bytes=3-5", "", NULL, 200 },
		{ METHOD_HEAD, "bytes=10-", "", NULL, 200 },
		{ METHOD_POST, "bytes=3-5", "", "0123456789", 200 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct response *response = &x.response;

		print_message("# row %zu: %s\n", i, rows[i].value);
		set_ranged(&usual);
		set_field("Range", rows[i].value);
		finish(rows[i].method);
		assert_int_equal(response->status, rows[i].status);
		assert_string_equal(content_range(), rows[i].content_range);
		assert_int_equal(
		    response->block.len > 0, rows[i].status == 200);
		assert_int_equal(response->ranges, rows[i].status != 416);
		if (rows[i].body != NULL) {
			assert_true(
			    span_is(response->body.memory, rows[i].body));
			assert_int_equal(
			    response->announced_length, strlen(rows[i].body));
		}
		if (rows[i].status != 416) {
			assert_true(span_is(response->content_type, "a/b"));
			assert_true(
			    span_is(response->validators.etag, "\"a\""));
		}
	}
}

static void
test_ranges(void **state)
{
	(void)state;
	set_ranged(&usual);
	set_field("Range", "bytes=0-1,3-4");
	finish(METHOD_GET);
	assert_int_equal(x.response.status, 206);
	assert_int_equal(x.status_original, 206);
	assert_string_equal(content_range(), "");
	assert_true(span_starts(
	    x.response.content_type, "multipart/byteranges; boundary="));
	assert_int_equal(x.response.block.len, 0);
	assert_int_equal(
	    x.response.announced_length, x.response.body.memory.len);
}

/* Range is the last step of 13.2.2. */
static void
test_range_after_conditions(void **state)
{
	static struct field fields[2];
	static const struct {
		const char *name, *value;
		int status;
	} rows[] = {
		{ "If-None-Match", "\"a\"", 304 }, { "If-Match", "\"b\"", 412 },
		{ "If-Range", "\"b\"", 200 }, { "If-Range", "\"a\"", 206 },
		{ "Range", "bytes=1-1", 200 }, /* two are none */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# row %zu\n", i);
		set_ranged(&usual);
		fields[0] =
		    (struct field){ SPAN("Range"), SPAN("bytes=0-0"), 0 };
		fields[1] = (struct field){ span_str(rows[i].name),
			span_str(rows[i].value), 0 };
		request_index(&x.request, fields, 2);
		finish(METHOD_GET);
		assert_int_equal(x.response.status, rows[i].status);
		assert_int_equal(x.response.ranges,
		    rows[i].status == 200 || rows[i].status == 206);
		assert_int_equal(
		    content_range()[0] != '\0', rows[i].status == 206);
	}
}

static void
test_range_bounds(void **state)
{
	static const struct http_conf two = { .max_ranges = 2 };
	static const struct http_conf unlimited = { .max_ranges = -1,
		.max_range_overlaps = -1,
		.max_range_reversals = -1 };
	static const struct http_conf none = { .max_range_overlaps = -1,
		.max_range_reversals = -1 };
	static const struct {
		const struct http_conf *conf;
		const char *value;
		int status;
	} rows[] = {
		{ &two, "bytes=0-0,2-2", 206 },
		{ &two, "bytes=0-0,2-2,4-4", 200 },
		{ &two, "bytes=0-1,1-2", 200 },
		{ &two, "bytes=3-4,1-2", 200 },
		{ &unlimited, "bytes=3-4,4-4,1-2,3-3", 206 },
		{ &unlimited, "bytes=0-,0-", 200 },
		{ &none, "bytes=0-0", 200 },
		{ &none, "bytes=10-", 200 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# row %zu: %s\n", i, rows[i].value);
		set_ranged(rows[i].conf);
		set_field("Range", rows[i].value);
		finish(METHOD_GET);
		assert_int_equal(x.response.status, rows[i].status);
		/* The block says that ranges are accepted. */
		assert_int_equal(x.response.ranges, rows[i].conf != &none);
		assert_int_equal(x.response.block.len > 0,
		    rows[i].status == 200 && rows[i].conf != &none);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_range),
		TEST(test_ranges),
		TEST(test_range_after_conditions),
		TEST(test_range_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
