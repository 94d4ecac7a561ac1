/* SPDX-License-Identifier: BSD-2-Clause */
/* base/text: what is UTF-8 and what is not, and how either is printed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "guard.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A decoder by the definition: code points and their shortest forms. */
static size_t
reference_length(const unsigned char *c, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = c[0] < 0x80		   ? 1
		   : (c[0] & 0xe0) == 0xc0 ? 2
		   : (c[0] & 0xf0) == 0xe0 ? 3
		   : (c[0] & 0xf8) == 0xf0 ? 4
					   : 0;
	uint32_t code = n == 1 ? c[0] : c[0] & (0x7fu >> n);

	if (n == 0 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (c[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return n;
}

/* All first and second bytes, with fitting and unfitting ones behind. */
static void
test_utf8(void **state)
{
	static const unsigned char third[] = { 0x7f, 0x80, 0xbf, 0xc0 };

	(void)state;
	for (unsigned i = 0; i < 65536 * COUNT(third); i++) {
		unsigned char c[4] = { (unsigned char)(i >> 8),
			(unsigned char)i, third[i >> 16],
			third[(i >> 16) ^ 3] };

		for (size_t len = 1; len <= sizeof(c); len++)
			if (text_utf8_length(span_of((char *)c, len)) !=
			    reference_length(c, len))
				fail_msg("%02x %02x %02x %02x, %zu", c[0], c[1],
				    c[2], c[3], len);
	}
	assert_int_equal(text_utf8_length(span_of("", 0)), 0);
}

static void
test_ends_of_input(void **state)
{
	static const char *const texts[] = { "a", "\xc3", "\xe2\x82",
		"\xf0\x9f\x90", "\xf0\x9f\x90\x91" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t len = strlen(texts[i]);
		char *copy = guard_copy(texts[i], len);
		struct buf b;

		buf_init(&b, 100);
		assert_int_equal(text_is_readable(span_of(copy, len)),
		    i == 0 || i == COUNT(texts) - 1);
		text_add_html(&b, span_of(copy, len));
		text_add_json(&b, span_of(copy, len));
		assert_false(buf_failed(&b));
		buf_release(&b);
		guard_free(copy, len);
	}
}

static const struct print_row {
	struct span text;
	bool readable;
	const char *html, *json;
} print_rows[] = {
	{ SPAN(""), true, "", "\"\"" },
	{ SPAN("sheep"), true, "sheep", "\"sheep\"" },
	{ SPAN("a<b>&\"'"), true, "a&lt;b&gt;&amp;&quot;&#39;",
	    "\"a<b>&\\\"'\"" },
	{ SPAN("\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x91"), true,
	    "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x91",
	    "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x91\"" },
	{ SPAN("a\tb\r\nc"), true, "a\tb\r\nc", "\"a\\tb\\r\\nc\"" },
	{ SPAN("a\fb\x1b[1m"), true, "a\\x0cb\\x1b[1m",
	    "\"a\\u000cb\\u001b[1m\"" },
	{ SPAN("\0\x01\x7f"), false, "\\x00\\x01\\x7f",
	    "\"\\u0000\\u0001\\u007f\"" },
	{ SPAN("\xc2\x80\xc2\x9f\xc2\xa0"), false,
	    "\\xc2\\x80\\xc2\\x9f\xc2\xa0", "\"\xc2\x80\xc2\x9f\xc2\xa0\"" },
	{ SPAN("a\xff<"), false, "a\\xff&lt;", "\"a\\\\xff<\"" },
	{ SPAN("\xc0\xbc"
	       "script"),
	    false, "\\xc0\\xbcscript", "\"\\\\xc0\\\\xbcscript\"" },
	{ SPAN("\\x41"), true, "\\x41", "\"\\\\x41\"" },
};

static void
test_printing(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(print_rows); i++) {
		const struct print_row *row = &print_rows[i];
		struct buf b;

		buf_init(&b, 1000);
		assert_int_equal(text_is_readable(row->text), row->readable);
		text_add_html(&b, row->text);
		assert_string_equal(buf_str(&b), row->html);
		buf_clear(&b);
		text_add_json(&b, row->text);
		assert_string_equal(buf_str(&b), row->json);
		buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_ends_of_input),
		cmocka_unit_test(test_printing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
