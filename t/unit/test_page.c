/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame of pages, and pages as responses. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/exchange.h"
#include "http/page.h"

static struct exchange_peer peer;
static struct exchange x;
static struct buf page;

static int
setup(void **state)
{
	(void)state;
	exchange_init(&x, &peer, NULL, NULL, 0);
	buf_init(&page, 65536);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	exchange_release(&x);
	buf_release(&page);
	return 0;
}

static bool
page_has(const char *text)
{
	return strstr(buf_str(&page), text) != NULL;
}

static void
test_frame(void **state)
{
	const struct page_frame frame = { .title = SPAN("a<b>&\"\xff") };

	(void)state;
	page_begin(&page, &frame);
	page_end(&page);
	assert_true(page_has("<title>a&lt;b&gt;&amp;&quot;\\xff</title>"));
	assert_true(page_has("<h1>a&lt;b&gt;&amp;&quot;\\xff</h1>"));
	assert_true(page_has("<body><main><h1>"));
	assert_true(page_has("prefers-color-scheme"));
	assert_false(page_has("table{"));
	assert_true(page_has("</main></body></html>\n"));
}

static void
test_frame_of_data(void **state)
{
	const struct page_frame frame = { .title = SPAN("t"),
		.head = "<meta name=\"x\">",
		.data = true,
		.wide = true };

	(void)state;
	page_begin(&page, &frame);
	assert_true(page_has("<meta name=\"x\"><title>"));
	assert_true(page_has("table{"));
	assert_true(page_has("<main class=\"wide\">"));
	/* What only the welcome page has is in no other. */
	assert_false(page_has("part:"));
	assert_false(page_has("header img"));
}

static void
test_response(void **state)
{
	struct span data;

	(void)state;
	x.response.close = true;
	buf_add_str(&page, "text");
	response_page(&x, 203, &page);
	assert_int_equal(x.response.status, 203);
	assert_true(x.response.close);
	assert_int_equal(x.response.body.length, 4);
	assert_int_equal(
	    x.response.body.ops->next(&x.response.body, 9, &data), BODY_DATA);
	assert_memory_equal(data.ptr, "text", 4);
	/* The buffer is free for something else. */
	assert_int_equal(page.len, 0);
	buf_add_str(&page, "other");
	assert_memory_equal(data.ptr, "text", 4);
}

static void
test_failed(void **state)
{
	(void)state;
	buf_init(&page, 3);
	buf_add_str(&page, "text");
	response_page(&x, 200, &page);
	assert_int_equal(x.response.status, 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frame, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_frame_of_data, setup, teardown),
		cmocka_unit_test_setup_teardown(test_response, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
