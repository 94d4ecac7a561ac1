/* SPDX-License-Identifier: BSD-2-Clause */
/* Types files, and what counts as a media type (RFC 9110, 8.3.1). */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "http/extension.h"
#include "http/mime_table.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static struct span
find(const struct mime_table *table, struct span extension)
{
	struct extension e = extension_of(extension);

	return mime_table_find(table, &e);
}

static const struct find_row {
	const char *text, *extension, *type;
} find_rows[] = {
	{ "text/html html htm\n", "html", "text/html" },
	{ "text/html html htm\n", "htm", "text/html" },
	{ "text/html html htm", "htm", "text/html" },
	{ "text/html html htm\r\n", "htm", "text/html" },
	{ "text/html html htm\n", "HTM", "text/html" },
	{ "text/html HTML\n", "html", "text/html" },
	{ "text/html html\n", "ht", "" },
	{ "text/html html\n", "htmlx", "" },
	{ "text/html html\n", "text/html", "" },
	{ "text/html html\n", "", "" },
	{ " \ttext/html\t\thtml \n", "html", "text/html" },
	{ "# text/html html\n\n \ntext/css css # html\n", "html", "" },
	{ "# text/html html\n\n \ntext/css css # html\n", "css", "text/css" },
	{ "text/a x\ntext/b x\n", "x", "text/b" },
	{ "text/none\ntext/css css", "css", "text/css" },
	/* It would never be asked for. */
	{ "a/b tar.gz gz\n", "gz", "a/b" },
	{ "a/b tar.gz\n", "tar", "" },
	{ "", "html", "" },
	{ "#", "html", "" },
};

static void
test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(find_rows); i++) {
		size_t len = strlen(find_rows[i].text);
		char *copy = guard_copy(find_rows[i].text, len);
		const struct mime_table *table;
		struct arena arena;
		unsigned bad_line = 7;

		print_message("# row %zu\n", i);
		arena_init(&arena, NULL, 0, 0);
		table = mime_table_parse(&arena, span_of(copy, len), &bad_line);
		assert_non_null(table);
		assert_int_equal(bad_line, 0);
		assert_true(span_is(
		    find(table, span_str(find_rows[i].extension)),
		    find_rows[i].type));
		arena_release(&arena);
		guard_free(copy, len);
	}
}

/* Thousands are found again, among them those that collide. */
static void
test_many(void **state)
{
	char text[100000], extension[16];
	const struct mime_table *table;
	struct arena arena;
	unsigned bad_line;
	int n = 0;

	(void)state;
	for (int i = 0; i < 5000; i++)
		n += snprintf(
		    text + n, sizeof(text) - (size_t)n, "a/%d x%d\n", i, i);
	arena_init(&arena, NULL, 0, 0);
	table = mime_table_parse(&arena, span_of(text, (size_t)n), &bad_line);
	assert_non_null(table);
	for (int i = 0; i < 6000; i++) {
		struct span type;

		snprintf(extension, sizeof(extension), "X%d", i);
		type = find(table, span_str(extension));
		assert_int_equal(type.len > 0, i < 5000);
		if (i < 5000)
			assert_true(span_equal(span_skip(type, 2),
			    span_skip(span_str(extension), 1)));
	}
	arena_release(&arena);
}

static void
test_bad_line(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
	} rows[] = {
		{ "html text/html", 1 },
		{ "text/html html\n\n# x\nhtml\n", 4 },
		{ "text/ html\n", 1 },
		{ "\n/html html\n", 2 },
		{ "text/html html\n\x01/a b", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena arena;
		unsigned line = 0;

		arena_init(&arena, NULL, 0, 0);
		assert_null(
		    mime_table_parse(&arena, span_str(rows[i].text), &line));
		assert_int_equal(line, rows[i].line);
		arena_release(&arena);
	}
}

static void
test_no_memory(void **state)
{
	struct arena arena;
	unsigned line = 7;

	(void)state;
	arena_init(&arena, NULL, 0, 1);
	assert_null(mime_table_parse(&arena, span_str("a/b c"), &line));
	assert_int_equal(line, 0);
	arena_release(&arena);
}

static void
test_is_type(void **state)
{
	static const char *const good[] = { "text/html", "a/b",
		"application/vnd.a+json", "text/html; charset=utf-8",
		"text/html;charset=\"a b\"", "text/html ;a=b" };
	static const char *const bad[] = { "", "text", "text/", "/html", "/",
		"text/html/x", "te xt/html", "text/ html", "text/html,a/b",
		"text/html;a\r\nb: c", "\"a\"/b" };

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++)
		assert_true(mime_is_type(span_str(good[i])));
	for (size_t i = 0; i < ROWS(bad); i++)
		assert_false(mime_is_type(span_str(bad[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_bad_line),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_is_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
