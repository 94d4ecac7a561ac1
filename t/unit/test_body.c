/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies in memory, and the end of any body. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/body.h"

static void
test_none(void **state)
{
	struct body body;

	(void)state;
	body_none(&body);
	assert_null(body.ops);
	assert_int_equal(body.length, 0);
	assert_int_equal(body.file.fd, -1);
	body_close(&body);
	assert_null(body.ops);
}

static void
test_memory(void **state)
{
	static const char text[] = "0123456789";
	struct body body;
	struct span data;

	(void)state;
	body_memory(&body, span_of(text, 10));
	assert_int_equal(body.length, 10);
	assert_int_equal(body.file.fd, -1);
	assert_int_equal(body.ops->next(&body, 4, &data), BODY_DATA);
	assert_ptr_equal(data.ptr, text);
	assert_int_equal(data.len, 4);
	assert_int_equal(body.length, 6);
	assert_int_equal(body.ops->next(&body, 100, &data), BODY_DATA);
	assert_ptr_equal(data.ptr, text + 4);
	assert_int_equal(data.len, 6);
	assert_int_equal(body.length, 0);
	assert_int_equal(body.ops->next(&body, 100, &data), BODY_END);
	assert_int_equal(body.ops->next(&body, 100, &data), BODY_END);
	body_close(&body);
}

static void
test_empty_memory(void **state)
{
	struct body body;
	struct span data;

	(void)state;
	body_memory(&body, span_of(NULL, 0));
	assert_int_equal(body.length, 0);
	assert_int_equal(body.ops->next(&body, 100, &data), BODY_END);
	body_close(&body);
}

static int closed;

static void
count_close(struct body *body)
{
	(void)body;
	closed++;
}

static void
test_close_once(void **state)
{
	static const struct body_ops ops = { NULL, count_close };
	struct body body;

	(void)state;
	body_none(&body);
	body.ops = &ops;
	body.file.fd = 100;
	body.length = 5;
	body_close(&body);
	body_close(&body);
	assert_int_equal(closed, 1);
	assert_int_equal(body.file.fd, -1);
	assert_int_equal(body.length, 0);
}

static void
test_buffer(void **state)
{
	struct body body;
	struct span data;
	struct buf buf;

	(void)state;
	buf_init(&buf, 100);
	buf_add_str(&buf, "0123456789");
	body_buffer(&body, &buf);
	assert_null(buf.data);
	assert_int_equal(body.memory.len, 10);
	assert_int_equal(body.ops->next(&body, 7, &data), BODY_DATA);
	assert_memory_equal(data.ptr, "0123456", 7);
	/* What is not pulled is freed all the same (leak checkers see it). */
	body_close(&body);
	assert_null(body.ops);
}

static void
test_narrow(void **state)
{
	struct body body;
	struct span data;

	(void)state;
	body_none(&body);
	assert_false(body_in_place(&body));
	body_memory(&body, span_of("0123456789", 10));
	assert_true(body_in_place(&body));
	body_narrow(&body, 3, 4);
	assert_int_equal(body.length, 4);
	assert_int_equal(body.ops->next(&body, 100, &data), BODY_DATA);
	assert_true(span_is(data, "3456"));
	assert_int_equal(body.ops->next(&body, 100, &data), BODY_END);
	body_close(&body);

	body_none(&body);
	body.length = 5000000000;
	body.file = (struct body_file){ 100, 7, 5000000000 };
	assert_true(body_in_place(&body));
	body_narrow(&body, 4500000000, 3);
	assert_int_equal(body.length, 3);
	assert_int_equal(body.file.fd, 100);
	assert_int_equal(body.file.offset, 4500000007);
	assert_int_equal(body.file.left, 3);
	body_close(&body);
}

/* What is narrowed gives its memory back whole. */
static void
test_narrow_buffer(void **state)
{
	struct body body;
	struct buf buf;

	(void)state;
	buf_init(&buf, 100);
	buf_add_str(&buf, "0123456789");
	body_buffer(&body, &buf);
	body_narrow(&body, 9, 1);
	assert_true(span_is(body.memory, "9"));
	body_close(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_empty_memory),
		cmocka_unit_test(test_close_once),
		cmocka_unit_test(test_buffer),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_narrow_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
