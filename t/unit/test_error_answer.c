/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error documents by a path, seen from a handler: what it is asked, what is
 * left of the request that failed, and what becomes of its answer.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "conf_text.h"
#include "framing/framing.h"
#include "http/error_document.h"
#include "http/exchange_env.h"
#include "http/http_conf.h"
#include "http/module.h"
#include "worker/handler_conf.h"
#include "worker/route.h"

static unsigned begun, released, woken, document_asked;
static int document_status;

static void
begin_count(struct exchange *x)
{
	(void)x;
	begun++;
}

static void
release_count(struct exchange *x)
{
	assert_string_equal(x->handler_data, "first");
	released++;
}

static ssize_t
take_none(struct body_sink *sink, struct span data)
{
	(void)sink;
	(void)data;
	fail();
	return -1;
}

/* The resource that fails when it is asked again. */
static enum hook_result
handle_first(struct exchange *x)
{
	static struct body_sink sink = { take_none, NULL };

	if (x->handler_data == NULL) {
		x->handler_data = (void *)(uintptr_t) "first";
		x->release = release_count;
		x->sink = &sink;
		return HOOK_WAIT;
	}
	response_methods(x, METHODS_READ);
	return HOOK_DONE;
}

static enum hook_result
handle_document(struct exchange *x)
{
	const struct request *r = &x->request;

	assert_int_equal(released, 1);
	if (document_asked++ == 0) {
		assert_null(x->handler_data);
		assert_null(x->release);
		assert_null(x->sink);
		return HOOK_WAIT;
	}
	assert_int_equal(r->method, METHOD_GET);
	assert_true(span_is(r->method_text, "GET"));
	assert_true(span_is(r->uri.query, "x=%20"));
	assert_false(r->has_body);
	assert_int_equal(r->content_length, -1);
	assert_null(request_field(r, FIELD_RANGE));
	assert_null(request_field(r, FIELD_IF_NONE_MATCH));
	assert_non_null(request_field(r, FIELD_ACCEPT));
	x->response.status = document_status;
	x->response.content_type = span_str("text/plain");
	x->response.block = span_str("ETag: \"a\"\r\n");
	x->response.validators =
	    (struct validators){ SPAN("\"a\""), 784111777 };
	x->response.ranges = true;
	body_memory(&x->response.body, span_str("document"));
	return HOOK_DONE;
}

static enum hook_result
handle(struct exchange *x)
{
	if (span_is(x->request.uri.path, "/document"))
		return handle_document(x);
	return handle_first(x);
}

static const struct module site = { .begin = begin_count, .handle = handle };
const struct module *const modules[] = { &site, NULL };

static struct server_conf *conf;
static struct lookup_cache *cache;
static struct exchange_peer peer;
static struct exchange x;
static struct field fields[] = { { SPAN("Range"), SPAN("bytes=0-1"), 0 },
	{ SPAN("If-None-Match"), SPAN("*"), 0 },
	{ SPAN("Accept"), SPAN("*/*"), 0 } };

static void
wake(struct exchange *exchange)
{
	(void)exchange;
	woken++;
}

static int
setup(void **state)
{
	static const struct conf_section *sections[] = { &http_section,
		&error_document_section, &framing_section, &handler_section,
		NULL };

	(void)state;
	clock_refresh();
	conf = conf_text_load(sections,
	    "Listen 8080\nErrorDocument 405 /a/../document?x=%20\n"
	    "ErrorDocument 408 /document\n",
	    NULL);
	assert_non_null(conf);
	cache = lookup_cache_create(conf, 16);
	assert_non_null(cache);
	begun = released = document_asked = 0;
	document_status = 200;
	exchange_init(&x, &peer, conf, NULL, 0);
	x.wake = wake;
	x.request.method = METHOD_POST;
	x.request.method_text = span_str("POST");
	x.request.minor = 1;
	x.request.uri.path = span_str("/first");
	x.request.has_body = true;
	x.request.content_length = 5;
	request_index(&x.request, fields, 3);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	exchange_release(&x);
	assert_int_equal(released, 1);
	lookup_cache_destroy(&cache);
	conf_destroy(&conf);
	return 0;
}

/* Up to where the document's handler waits. */
static void
fail_first(void)
{
	assert_false(route(&x, cache));
	assert_int_equal(x.state, EXCHANGE_BODY);
	assert_false(route(&x, cache));
	assert_int_equal(x.state, EXCHANGE_WAITING);
	assert_int_equal(document_asked, 1);
	assert_int_equal(released, 1);
}

static void
test_document(void **state)
{
	static const struct {
		const char *name, *value;
	} rows[] = { { "REDIRECT_STATUS", "405" }, { "REDIRECT_URL", "/first" },
		{ "REDIRECT_REQUEST_METHOD", "POST" } };
	const struct field *allow;

	(void)state;
	fail_first();
	assert_true(route(&x, cache));
	assert_int_equal(begun, 1);
	assert_int_equal(document_asked, 2);
	assert_int_equal(x.response.status, 405);
	assert_int_equal(x.status_original, 405);
	assert_true(span_is(x.response.body.memory, "document"));
	assert_int_equal(x.response.announced_length, 8);
	allow = field_get(&x.response.fields, FIELD_ALLOW);
	assert_non_null(allow);
	assert_true(span_is(allow->value, "GET, HEAD, OPTIONS"));
	assert_int_equal(x.response.validators.etag.len, 0);
	assert_int_equal(x.response.validators.last_modified, -1);
	assert_int_equal(x.response.block.len, 0);
	assert_false(x.response.ranges);
	assert_int_equal(x.error->request.method, METHOD_POST);
	assert_true(x.error->request.has_body);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(
		    span_is(exchange_env_get(&x, span_str(rows[i].name)),
			rows[i].value));
}

/* Whatever it answers but 200 is not sent: the small page is. */
static void
test_document_fails(void **state)
{
	(void)state;
	document_status = 404;
	fail_first();
	assert_true(route(&x, cache));
	assert_int_equal(document_asked, 2);
	assert_int_equal(x.response.status, 405);
	assert_int_equal(x.status_original, 405);
	assert_true(
	    span_is(x.response.content_type, "text/html; charset=utf-8"));
	assert_non_null(field_get(&x.response.fields, FIELD_ALLOW));
}

/* The framing has the last word: nothing is asked for what it refuses. */
static void
test_refused_meanwhile(void **state)
{
	(void)state;
	fail_first();
	response_error(&x, 408);
	assert_true(route(&x, cache));
	assert_int_equal(document_asked, 1);
	assert_int_equal(x.response.status, 408);
	assert_int_equal(x.state, EXCHANGE_ANSWERED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_document, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_document_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_refused_meanwhile, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
