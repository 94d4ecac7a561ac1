/* SPDX-License-Identifier: BSD-2-Clause */
/* The printer of heads: exact bytes, and what it refuses to print. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "wire/h1_print.h"

static void
assert_printed(struct buf *buf, const char *text)
{
	assert_false(buf_failed(buf));
	assert_string_equal(buf_str(buf), text);
	buf_clear(buf);
}

static void
test_status_line(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 1000);
	h1_print_status_line(&buf, 200, span_str("OK"));
	assert_printed(&buf, "HTTP/1.1 200 OK\r\n");
	h1_print_status_line(&buf, 404, span_str("Not Found"));
	assert_printed(&buf, "HTTP/1.1 404 Not Found\r\n");
	/* The space stays where there is no reason (RFC 9112, 4). */
	h1_print_status_line(&buf, 599, span_of(NULL, 0));
	assert_printed(&buf, "HTTP/1.1 599 \r\n");
	h1_print_status_line(&buf, 200, span_str("OK\r\nA: b"));
	assert_printed(&buf, "HTTP/1.1 200 \r\n");
	buf_release(&buf);
}

static const struct field_row {
	const char *name, *value, *printed;
} field_rows[] = {
	{ "A", "b", "A: b\r\n" },
	{ "Content-Type", "text/html; charset=\"utf-8\"",
	    "Content-Type: text/html; charset=\"utf-8\"\r\n" },
	{ "A", "", "A: \r\n" },
	{ "A", "\t \x80\xff", "A: \t \x80\xff\r\n" },
	{ "", "b", NULL },
	{ "A B", "b", NULL },
	{ "A:", "b", NULL },
	{ "A\r\nB", "b", NULL },
	{ "A\xff", "b", NULL },
	{ "A", "b\r\nC: d", NULL },
	{ "A", "b\r", NULL },
	{ "A", "\nb", NULL },
	{ "A", "\x1b[0m", NULL },
	{ "A", "\x7f", NULL },
};

static void
test_field(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 1000);
	for (size_t i = 0; i < sizeof(field_rows) / sizeof(field_rows[0]);
	     i++) {
		const struct field_row *row = &field_rows[i];
		size_t name_len = strlen(row->name);
		size_t value_len = strlen(row->value);
		char *name = guard_copy(row->name, name_len);
		char *value = guard_copy(row->value, value_len);

		assert_int_equal(row->printed != NULL,
		    h1_print_field(&buf, span_of(name, name_len),
			span_of(value, value_len)));
		assert_printed(&buf, row->printed != NULL ? row->printed : "");
		guard_free(name, name_len);
		guard_free(value, value_len);
	}
	assert_false(h1_print_field(&buf, span_of("A\0", 2), span_str("b")));
	assert_false(h1_print_field(&buf, span_str("A"), span_of("b\0", 2)));
	buf_release(&buf);
}

static void
test_end(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 1000);
	h1_print_end(&buf);
	assert_printed(&buf, "\r\n");
	buf_release(&buf);
}

static void
test_chunk_size(void **state)
{
	static const struct {
		size_t len;
		const char *text;
	} rows[] = {
		{ 0, "0\r\n" },
		{ 9, "9\r\n" },
		{ 10, "a\r\n" },
		{ 0x1f, "1f\r\n" },
		{ 0xbcde, "bcde\r\n" },
		{ 0x10000, "10000\r\n" },
		{ UINT32_MAX, "ffffffff\r\n" },
	};
	struct buf buf;

	(void)state;
	buf_init(&buf, 1000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		h1_print_chunk_size(&buf, rows[i].len);
		assert_printed(&buf, rows[i].text);
	}
	h1_print_chunk_size(&buf, SIZE_MAX);
	assert_int_equal(buf.len, 2 * sizeof(size_t) + 2);
	buf_release(&buf);
}

/* A head that does not fit is told by the buffer, and not printed by half. */
static void
test_full(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf, 20);
	h1_print_status_line(&buf, 200, span_str("OK"));
	assert_true(h1_print_field(&buf, span_str("Name"), span_str("value")));
	assert_true(buf_failed(&buf));
	assert_int_equal(buf.len, 17);
	buf_release(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status_line),
		cmocka_unit_test(test_field),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_chunk_size),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
