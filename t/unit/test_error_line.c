/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of the error log: Apache's format, and nothing in a text that could
 * end the line or speak to a terminal.
 */
#include "config.h"

#include "ipc/error_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"

static char to[ERROR_LINE_MAX + 1];
static struct error_line line;

static int
set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	line = (struct error_line){ .time_us = 1795163187012345,
		.level = REPORT_ERROR,
		.room = "net",
		.pid = 12,
		.text = SPAN("it broke") };
	return 0;
}

static const char *
print(void)
{
	size_t len = error_line_print(&line, to);

	assert_true(len <= ERROR_LINE_MAX);
	to[len] = '\0';
	return to;
}

static void
test_format(void **state)
{
	(void)state;
	assert_string_equal(print(),
	    "[Fri Nov 20 08:26:27.012345 2026] [net:error] [pid 12] it broke");
	line.client = "192.0.2.1:4711";
	line.level = REPORT_TRACE8;
	line.time_us += 1000000;
	assert_string_equal(print(),
	    "[Fri Nov 20 08:26:28.012345 2026] [net:trace8] [pid 12] "
	    "[client 192.0.2.1:4711] it broke");
	line.severity = true;
	assert_string_equal(print(),
	    "<7>[net:trace8] [pid 12] [client 192.0.2.1:4711] it broke");
	line.level = REPORT_EMERG;
	line.client = NULL;
	line.text.len = 0;
	assert_string_equal(print(), "<0>[net:emerg] [pid 12] ");
}

static void
test_referer(void **state)
{
	(void)state;
	line.severity = true;
	line.referer = (struct span)SPAN("http://a/\n");
	assert_string_equal(print(),
	    "<3>[net:error] [pid 12] it broke, referer: http://a/\\n");
}

static void
test_text(void **state)
{
	static const struct {
		const char *text, *printed;
	} texts[] = {
		{ "plain \"quoted\" \\ text",
		    "plain \"quoted\" \\\\ text" },
		{ "a\nb\rc\td", "a\\nb\\rc\\td" },
		{ "\x1b[2J\x7f\x01", "\\x1b[2J\\x7f\\x01" },
		/* UTF-8 of two, three and four bytes */
		{ "Sch\xc3\xa4"
		  "fchen \xe2\x82\xac \xf0\x9f\x90\x91",
		    "Sch\xc3\xa4"
		    "fchen \xe2\x82\xac \xf0\x9f\x90\x91" },
		/* C1 controls, well-formed and raw */
		{ "\xc2\x9b"
		  "31m \x9b",
		    "\\xc2\\x9b31m \\x9b" },
		/* overlong, surrogate, too large, cut short, stray */
		{ "\xc0\xaf", "\\xc0\\xaf" },
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80" },
		{ "x\xe2\x82", "x\\xe2\\x82" },
		{ "\xe2\x82x", "\\xe2\\x82x" },
		{ "\xbf\xff", "\\xbf\\xff" },
	};
	size_t i;

	(void)state;
	line.severity = true;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t len = strlen(texts[i].text);
		char *copy = guard_copy(texts[i].text, len);

		line.text = span_of(copy, len);
		assert_string_equal(
		    print() + strlen("<3>[net:error] [pid 12] "),
		    texts[i].printed);
		guard_free(copy, len);
	}
}

static void
test_any_text_fits(void **state)
{
	static char text[ERROR_LINE_MAX * 2];
	size_t i, k;

	(void)state;
	srandom(3);
	for (i = 0; i < 300; i++) {
		for (k = 0; k < sizeof(text); k++)
			text[k] = (char)(i % 2 == 0 ? random() : 'x');
		line.text = span_of(text, (size_t)random() % sizeof(text));
		line.referer = line.text;
		print();
		for (k = 0; to[k] != '\0'; k++)
			assert_true((unsigned char)to[k] >= 0x20);
	}
}

#define CASE(f) cmocka_unit_test_setup(f, set_up)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_format),
		CASE(test_referer),
		CASE(test_text),
		CASE(test_any_text_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
