/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that cannot control a terminal, whole and in pieces. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/visible.h"
#include "guard.h"

/* NULL: no text. */
static const struct row {
	const char *from, *line, *text;
} rows[] = {
	{ "", "", "" },
	{ "plain \\ \"text\"", "plain \\ \"text\"", "plain \\ \"text\"" },
	{ "a\tb\nc\r\nd\n", "a\\tb\\nc\\r\\nd\\n", "a\tb\nc\r\nd\n" },
	{ "a\rb", "a\\rb", "a\\x0db" },
	{ "a\r", "a\\r", "a\\x0d" },
	{ "\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m",
	    "\\x1b[31mred\\x1b[0m" },
	{ "\x1b]0;title\x07", "\\x1b]0;title\\x07", "\\x1b]0;title\\x07" },
	{ "\b\x7f", "\\x08\\x7f", "\\x08\\x7f" },
	{ "\xc2\x9b"
	  "31m",
	    "\\xc2\\x9b31m", "\\xc2\\x9b31m" },
	{ "\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0",
	    "\\xc2\\x80\\xc2\\x9f\xc2\xa0" },
	{ "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x90\x91",
	    "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x90\x91",
	    "na\xc3\xafve \xe2\x82\xac \xf0\x9f\x90\x91" },
	/* not UTF-8: alone, overlong, surrogates, beyond, cut */
	{ "a\xff", "a\\xff", NULL },
	{ "\x80", "\\x80", NULL },
	{ "\xc0\xaf", "\\xc0\\xaf", NULL },
	{ "\xc1\xbf", "\\xc1\\xbf", NULL },
	{ "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf", NULL },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80", NULL },
	{ "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf", NULL },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", NULL },
	{ "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80", NULL },
	{ "\xc3(", "\\xc3(", NULL },
	{ "a\xe2\x82", "a\\xe2\\x82", NULL },
	{ "\xf0\x9f\x90", "\\xf0\\x9f\\x90", NULL },
};

static void
test_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].from);
		char *copy = guard_copy(rows[i].from, len);
		char shown[VISIBLE_SIZE];

		assert_string_equal(
		    visible(span_of(copy, len), shown), rows[i].line);
		guard_free(copy, len);
	}
}

static void
test_nul(void **state)
{
	char shown[VISIBLE_SIZE];
	struct buf to;

	(void)state;
	assert_string_equal(visible(span_of("a\0b", 3), shown), "a\\x00b");
	buf_init(&to, 100);
	assert_int_equal(visible_text(&to, span_of("a\0b", 3), false), -1);
	buf_release(&to);
}

static void
test_cut(void **state)
{
	char text[2 * VISIBLE_SIZE], shown[VISIBLE_SIZE];

	(void)state;
	memset(text, '\x1b', sizeof(text));
	visible(span_of(text, sizeof(text)), shown);
	assert_int_equal(strlen(shown), (VISIBLE_SIZE - 1) / 4 * 4);
}

/* Feeds the text in two pieces as a caller does who keeps what is left. */
static bool
feed(const char *from, size_t len, size_t at, struct buf *to)
{
	size_t first = 0, last = len;
	size_t ends[] = { at, len, len };

	for (int i = 0; i < 3; i++) {
		size_t here = ends[i] - first;
		char *copy = guard_copy(from + first, here);
		long n = visible_text(to, span_of(copy, here), i == 2);

		guard_free(copy, here);
		if (n < 0)
			return false;
		/* No character is longer, and a CR waits for its LF. */
		assert_true(here - (size_t)n < 4);
		first += (size_t)n;
	}
	assert_int_equal(first, last);
	return true;
}

static void
test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].from);

		print_message("# row %zu\n", i);
		for (size_t at = 0; at <= len; at++) {
			struct buf to;
			bool fine;

			buf_init(&to, 1000);
			fine = feed(rows[i].from, len, at, &to);
			assert_int_equal(fine, rows[i].text != NULL);
			if (fine)
				assert_string_equal(buf_str(&to), rows[i].text);
			buf_release(&to);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
