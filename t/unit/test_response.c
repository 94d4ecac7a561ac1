/* SPDX-License-Identifier: BSD-2-Clause */
/* Small pages, and what response_finish makes of any response. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "http/date.h"
#include "http/exchange.h"
#include "http/http_conf.h"

enum {
	CHANGED = 784111777
};

static struct exchange_peer peer;
static struct exchange x;
static int closed;

static int
setup(void **state)
{
	(void)state;
	exchange_init(&x, &peer, NULL, NULL, 0);
	closed = 0;
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
count_close(struct body *body)
{
	(void)body;
	closed++;
}

/* A body as of a file, of which nothing is ever pulled here. */
static void
set_body(int64_t length)
{
	static const struct body_ops ops = { NULL, count_close };

	body_none(&x.response.body);
	x.response.body.ops = &ops;
	x.response.body.length = length;
}

static void
set_field(const char *name, const char *value)
{
	static struct field field;

	field = (struct field){ span_str(name), span_str(value), 0 };
	request_index(&x.request, &field, 1);
}

static bool
page_has(const char *text)
{
	struct span page = x.response.body.memory;

	return page.len > 0 &&
	       memmem(page.ptr, page.len, text, strlen(text)) != NULL;
}

static void
test_error(void **state)
{
	struct span page;

	(void)state;
	response_error(&x, 404);
	assert_int_equal(x.response.status, 404);
	assert_true(
	    span_is(x.response.content_type, "text/html; charset=utf-8"));
	assert_true(page_has("<title>404 Not Found</title>"));
	assert_true(page_has("</html>\n"));
	assert_int_equal(x.response.body.length, x.response.body.memory.len);
	/* made once, the same for everybody */
	page = x.response.body.memory;
	response_error(&x, 404);
	assert_ptr_equal(x.response.body.memory.ptr, page.ptr);
}

static void
test_error_drops_what_was_set(void **state)
{
	(void)state;
	set_body(5);
	x.response.close = true;
	x.response.validators = (struct validators){ SPAN("\"a\""), CHANGED };
	x.response.block = span_str("ETag: \"a\"\r\n");
	assert_int_equal(0,
	    field_add(&x.response.fields, &x.arena, FIELD_VARY, span_str("a")));
	response_error(&x, 500);
	assert_int_equal(closed, 1);
	assert_true(x.response.close);
	assert_int_equal(x.response.fields.count, 0);
	assert_int_equal(x.response.validators.etag.len, 0);
	assert_int_equal(x.response.validators.last_modified, -1);
	assert_int_equal(x.response.block.len, 0);
}

static void
test_error_without_page(void **state)
{
	static const int rows[] = { 204, 304, -1, 600, 99999 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		response_error(&x, rows[i]);
		assert_int_equal(x.response.status, rows[i]);
		assert_int_equal(x.response.body.memory.len, 0);
		assert_int_equal(x.response.body.length, 0);
	}
}

static void
test_redirect(void **state)
{
	const struct field *location;

	(void)state;
	response_redirect(&x, 301, span_str("/a?b=\"<c>\"&d='"));
	assert_int_equal(x.response.status, 301);
	location = field_get(&x.response.fields, FIELD_LOCATION);
	assert_non_null(location);
	assert_true(span_is(location->value, "/a?b=\"<c>\"&d='"));
	assert_true(page_has("301 Moved Permanently"));
	assert_false(page_has("<c>"));
	assert_true(page_has("&lt;c&gt;"));
}

static void
finish(enum method method)
{
	x.request.method = method;
	response_finish(&x);
	assert_int_equal(x.state, EXCHANGE_ANSWERED);
}

static void
test_finish(void **state)
{
	static const struct {
		int status;
		enum method method;
		int64_t length, announced;
		bool omitted;
	} rows[] = {
		{ 200, METHOD_GET, 5, 5, false },
		{ 200, METHOD_GET, 0, 0, false },
		{ 200, METHOD_GET, -1, -1, false },
		{ 200, METHOD_HEAD, 5, 5, true },
		{ 200, METHOD_HEAD, -1, -1, true },
		{ 404, METHOD_HEAD, 5, 5, true },
		{ 404, METHOD_POST, 5, 5, false },
		{ 204, METHOD_GET, 5, -1, true },
		{ 304, METHOD_GET, 5, -1, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# row %zu\n", i);
		response_init(&x.response);
		x.response.status = rows[i].status;
		set_body(rows[i].length);
		closed = 0;
		x.status_original = 0;
		finish(rows[i].method);
		assert_int_equal(x.response.status, rows[i].status);
		assert_int_equal(
		    x.response.announced_length, rows[i].announced);
		assert_int_equal(x.response.body_omitted, rows[i].omitted);
		assert_int_equal(closed, rows[i].omitted);
		assert_int_equal(x.status_original, rows[i].status);
	}
	x.status_original = 410;
	finish(METHOD_GET);
	assert_int_equal(x.status_original, 410);
}

static void
test_not_modified(void **state)
{
	(void)state;
	x.response.status = 200;
	x.response.validators = (struct validators){ SPAN("\"a\""), CHANGED };
	x.response.content_type = span_str("text/plain");
	x.response.block = span_str("Content-Type: text/plain\r\n");
	set_body(5);
	assert_int_equal(0,
	    field_add(&x.response.fields, &x.arena, FIELD_VARY, span_str("a")));
	assert_int_equal(0, field_add(&x.response.fields, &x.arena,
				FIELD_CONTENT_ENCODING, span_str("gzip")));
	set_field("If-None-Match", "\"a\"");
	finish(METHOD_GET);
	assert_int_equal(x.response.status, 304);
	assert_int_equal(x.status_original, 304);
	assert_int_equal(closed, 1);
	assert_int_equal(x.response.announced_length, -1);
	assert_int_equal(x.response.content_type.len, 0);
	assert_int_equal(x.response.block.len, 0);
	/* RFC 9110, 15.4.5: Last-Modified only where there is no tag */
	assert_true(span_is(x.response.validators.etag, "\"a\""));
	assert_int_equal(x.response.validators.last_modified, -1);
	assert_null(field_get(&x.response.fields, FIELD_CONTENT_ENCODING));
	assert_non_null(field_get(&x.response.fields, FIELD_VARY));
}

static void
test_not_modified_by_date(void **state)
{
	(void)state;
	clock_refresh();
	x.response.status = 200;
	x.response.validators.last_modified = CHANGED;
	set_body(5);
	set_field("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT");
	finish(METHOD_GET);
	assert_int_equal(x.response.status, 304);
	assert_int_equal(x.response.validators.last_modified, CHANGED);
}

/* What is added behind the conditions stays, and they are not seen twice. */
static void
test_conditions_before_the_end(void **state)
{
	(void)state;
	x.request.method = METHOD_GET;
	x.response.status = 200;
	x.response.validators = (struct validators){ SPAN("\"a\""), CHANGED };
	set_body(5);
	set_field("If-Match", "\"a\"");
	response_conditions(&x);
	assert_int_equal(x.response.status, 200);
	x.response.validators.etag = span_str("\"b\"");
	finish(METHOD_GET);
	assert_int_equal(x.response.status, 200);

	response_reset(&x.response);
	x.response.status = 200;
	set_body(5);
	response_conditions(&x);
	assert_int_equal(x.response.status, 412);
	assert_int_equal(0,
	    field_add(&x.response.fields, &x.arena, FIELD_VARY, span_str("a")));
	finish(METHOD_GET);
	assert_int_equal(x.response.status, 412);
	assert_int_equal(x.response.fields.count, 1);
}

static void
test_precondition_failed(void **state)
{
	(void)state;
	x.response.status = 200;
	x.response.validators = (struct validators){ SPAN("\"a\""), CHANGED };
	set_body(5);
	set_field("If-Match", "\"b\"");
	finish(METHOD_GET);
	assert_int_equal(x.response.status, 412);
	assert_int_equal(closed, 1);
	assert_true(page_has("412 Precondition Failed"));
	assert_int_equal(
	    x.response.announced_length, x.response.body.memory.len);
}

/* RFC 9110, 13.2.1: conditions are for what would be a success. */
static void
test_no_conditions_on_errors(void **state)
{
	(void)state;
	response_error(&x, 404);
	set_field("If-None-Match", "*");
	finish(METHOD_GET);
	assert_int_equal(x.response.status, 404);
}

/* A method that acts is asked before, not behind it (13.2.1). */
static void
test_conditions_of_what_acts(void **state)
{
	(void)state;
	x.request.method = METHOD_POST;
	set_field("If-Match", "\"b\"");
	assert_false(response_may_act(&x));
	assert_int_equal(x.response.status, 412);

	response_reset(&x.response);
	set_field("If-Match", "*");
	assert_true(response_may_act(&x));
	assert_int_equal(x.response.status, 0);

	x.response.status = 200;
	set_field("If-None-Match", "*");
	finish(METHOD_POST);
	assert_int_equal(x.response.status, 200);
}

static void
test_server_name(void **state)
{
	(void)state;
	assert_string_equal(http_server_name(TOKENS_PROD), "Drover");
	assert_string_equal(
	    http_server_name(TOKENS_MIN), "Drover/" PACKAGE_VERSION);
	assert_string_equal(
	    http_server_name(TOKENS_OS), "Drover/" PACKAGE_VERSION " (Linux)");
	/* "Drover/0", "Drover/0.1" */
	assert_null(strchr(http_server_name(TOKENS_MAJOR), '.'));
	assert_ptr_equal(strchr(http_server_name(TOKENS_MINOR), '.'),
	    strrchr(http_server_name(TOKENS_MINOR), '.'));
	assert_non_null(strchr(http_server_name(TOKENS_MINOR), '.'));
}

static void
test_common_block(void **state)
{
	static const struct http_conf prod = { .server_tokens = TOKENS_PROD };
	static const struct http_conf full = { .server_tokens = TOKENS_OS };
	const void *section = &prod, *other_section = &full;
	struct settings settings = { &section, NULL };
	struct settings other_settings = { &other_section, NULL };
	struct host host = { .settings = &settings };
	struct host other_host = { .settings = &other_settings };
	struct server_conf conf = { .hosts = &host, .host_count = 1 };
	struct server_conf other = { .hosts = &other_host, .host_count = 1 };
	char expected[128], date[DATE_SIZE];

	(void)state;
	*http_section.id = 0;
	clock_refresh();
	date_print(clock_real(), date);
	snprintf(
	    expected, sizeof(expected), "Server: Drover\r\nDate: %s\r\n", date);
	x.conf = &conf;
	assert_true(span_is(response_common_block(&x), expected));
	assert_true(span_is(response_common_block(&x), expected));
	/* another generation of the configuration */
	snprintf(expected, sizeof(expected), "Server: %s\r\nDate: %s\r\n",
	    http_server_name(TOKENS_OS), date);
	x.conf = &other;
	assert_true(span_is(response_common_block(&x), expected));
	x.conf = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_error),
		TEST(test_error_drops_what_was_set),
		TEST(test_error_without_page),
		TEST(test_redirect),
		TEST(test_finish),
		TEST(test_not_modified),
		TEST(test_not_modified_by_date),
		TEST(test_conditions_before_the_end),
		TEST(test_precondition_failed),
		TEST(test_no_conditions_on_errors),
		TEST(test_conditions_of_what_acts),
		TEST(test_server_name),
		TEST(test_common_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
