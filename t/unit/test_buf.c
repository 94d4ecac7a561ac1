/* SPDX-License-Identifier: BSD-2-Clause */
/* base/buf: bounds, growth, and the escapes for HTML, URLs and logs. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "guard.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
test_append(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_span(&b).len, 0);
	buf_add(&b, NULL, 0);
	buf_add_str(&b, "a");
	buf_add_char(&b, 'b');
	buf_add_span(&b, span_of("cde", 2));
	buf_add_span(&b, span_of(NULL, 0));
	buf_add_number(&b, 0);
	buf_add_number(&b, -12);
	buf_add_number(&b, INT64_MIN);
	buf_add_number(&b, INT64_MAX);
	buf_printf(&b, "<%s:%d>", "x", 7);
	assert_false(buf_failed(&b));
	assert_string_equal(buf_str(&b),
	    "abcd0-12-92233720368547758089223372036854775807<x:7>");
	assert_int_equal(b.len, strlen(b.data));
	buf_clear(&b);
	assert_string_equal(buf_str(&b), "");
	assert_non_null(b.data);
	buf_release(&b);
	assert_null(b.data);
	buf_add_str(&b, "again");
	assert_string_equal(buf_str(&b), "again");
	buf_release(&b);
}

/* What was appended stays through any number of moves. */
static void
test_growth(void **state)
{
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, SIZE_MAX);
	for (i = 0; i < 20000; i++)
		buf_printf(&b, "%05d", i);
	assert_false(buf_failed(&b));
	assert_int_equal(b.len, 100000);
	for (i = 0; i < 20000; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%05d", i);
		assert_memory_equal(b.data + 5 * i, text, 5);
	}
	buf_release(&b);
}

static void
test_bound(void **state)
{
	static const size_t bounds[] = { 0, 1, 255, 256, 257, 511, 512, 5000 };
	struct buf b;
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(bounds); i++) {
		buf_init(&b, bounds[i]);
		for (n = 0; n < bounds[i]; n++)
			buf_add_char(&b, 'x');
		assert_false(buf_failed(&b));
		assert_int_equal(strlen(buf_str(&b)), bounds[i]);
		buf_add(&b, "", 0);
		assert_false(buf_failed(&b));
		buf_add_char(&b, 'y');
		assert_true(buf_failed(&b));
		assert_int_equal(b.len, bounds[i]);
		assert_string_equal(buf_str(&b), "");
		/* The storage is never larger than the bound needs. */
		assert_true(b.size <= bounds[i] + 1);
		buf_clear(&b);
		assert_false(buf_failed(&b));
		buf_release(&b);
	}
}

/* Once failed, nothing fits any more, however short. */
static void
test_failed_stays(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_add_str(&b, "12345");
	buf_add_str(&b, "678901");
	buf_add_str(&b, "6");
	buf_printf(&b, "%d", 7);
	buf_add_html(&b, span_str("8"));
	assert_null(buf_reserve(&b, 1));
	assert_true(buf_failed(&b));
	assert_int_equal(b.len, 5);
	buf_release(&b);
}

static void
test_no_overflow(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	buf_add_str(&b, "x");
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_true(buf_failed(&b));
	buf_clear(&b);
	assert_null(buf_reserve(&b, SIZE_MAX));
	buf_release(&b);
	buf_init(&b, 100);
	buf_add_str(&b, "x");
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_null(buf_reserve(&b, SIZE_MAX - 1));
	buf_release(&b);
}

static void
test_printf_all_or_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 300);
	buf_add_str(&b, "head");
	buf_printf(&b, "%296s", "x");
	assert_false(buf_failed(&b));
	assert_int_equal(b.len, 300);
	buf_consume(&b, 296);
	assert_string_equal(buf_str(&b), "   x");
	buf_printf(&b, "%297s", "x");
	assert_true(buf_failed(&b));
	assert_int_equal(b.len, 4);
	buf_release(&b);
}

static void
test_reserve(void **state)
{
	struct buf b;
	char *at;

	(void)state;
	buf_init(&b, 1000);
	buf_add_str(&b, "ab");
	at = buf_reserve(&b, 998);
	assert_non_null(at);
	memset(at, 'c', 998);
	buf_commit(&b, 3);
	assert_string_equal(buf_str(&b), "abccc");
	assert_non_null(buf_reserve(&b, 0));
	assert_null(buf_reserve(&b, 996));
	buf_release(&b);
}

static void
test_consume(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	buf_consume(&b, 0);
	buf_add_str(&b, "abcdef");
	buf_consume(&b, 0);
	buf_consume(&b, 2);
	assert_string_equal(buf_str(&b), "cdef");
	buf_consume(&b, 4);
	assert_string_equal(buf_str(&b), "");
	buf_release(&b);
}

typedef void escaper(struct buf *, struct span);

static void
check(escaper *escape, const char *text, size_t len, const char *expected)
{
	size_t expected_len = strlen(expected);
	char *copy = guard_copy(text, len);
	struct buf b;

	buf_init(&b, expected_len + 1);
	buf_add_char(&b, '|');
	escape(&b, span_of(copy, len));
	assert_int_equal(buf_str(&b)[0], '|');
	assert_string_equal(buf_str(&b) + 1, expected);
	buf_release(&b);
	/* One byte short: the buffer is as before. */
	if (expected_len > 0) {
		buf_init(&b, expected_len);
		buf_add_char(&b, '|');
		escape(&b, span_of(copy, len));
		assert_true(buf_failed(&b));
		assert_int_equal(b.len, 1);
		buf_release(&b);
	}
	guard_free(copy, len);
}

static void
test_html(void **state)
{
	(void)state;
	check(buf_add_html, "", 0, "");
	check(buf_add_html, "plain text", 10, "plain text");
	check(buf_add_html, "&<>\"'", 5, "&amp;&lt;&gt;&quot;&#39;");
	check(buf_add_html, "a<b", 3, "a&lt;b");
	check(buf_add_html, "&amp;", 5, "&amp;amp;");
	check(buf_add_html, "\xc3\xa4", 2, "\xc3\xa4");
}

static void
test_url_path(void **state)
{
	struct buf b;
	int c;

	(void)state;
	check(buf_add_url_path, "/a b/~c-d_e.f", 13, "/a%20b/~c-d_e.f");
	check(buf_add_url_path, "%?#&+:;=@", 9, "%25%3F%23%26%2B%3A%3B%3D%40");
	check(buf_add_url_path, "\0\xc3\xa4\xff", 4, "%00%C3%A4%FF");
	for (c = 0; c < 256; c++) {
		bool plain =
		    c != 0 && strchr("abcdefghijklmnopqrstuvwxyz0123456789-._~/"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
				  c) != NULL;
		char byte = (char)c;

		buf_init(&b, 10);
		buf_add_url_path(&b, span_of(&byte, 1));
		assert_int_equal(b.len, plain ? 1 : 3);
		buf_release(&b);
	}
}

static void
test_escaped(void **state)
{
	struct buf b;
	int c;

	(void)state;
	check(buf_add_escaped, "plain 'text' ~", 14, "plain 'text' ~");
	check(buf_add_escaped, "\n\r\t\"\\", 5, "\\n\\r\\t\\\"\\\\");
	check(buf_add_escaped, "\0\x1b[m\x7f\xff", 6, "\\x00\\x1b[m\\x7f\\xff");
	/* No byte of the result could end a line or a quoted field. */
	for (c = 0; c < 256; c++) {
		char byte = (char)c;
		size_t i;

		buf_init(&b, 10);
		buf_add_escaped(&b, span_of(&byte, 1));
		for (i = 0; i < b.len; i++)
			assert_in_range(b.data[i], ' ', '~');
		if (c == '"' || c == '\\')
			assert_int_equal(b.len, 2);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_failed_stays),
		cmocka_unit_test(test_no_overflow),
		cmocka_unit_test(test_printf_all_or_nothing),
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_consume),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_url_path),
		cmocka_unit_test(test_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
