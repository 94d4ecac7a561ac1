/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf/line and conf/cfg_scan: texts whose last byte is the last of a page,
 * so that reading on is fatal, and the way back from words to places.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "conf/cfg_scan.h"
#include "conf/line.h"
#include "guard.h"

/* Each word as "line:column=text", lines end with ";". */
static const struct {
	const char *text, *words;
	unsigned errors;
} texts[] = {
	{ "", "", 0 },
	{ "a", "1:1=a ;", 0 },
	{ "a\n", "1:1=a ;", 0 },
	{ "\n\n a b\r\nc", "3:2=a 3:4=b ;4:1=c ;", 0 },
	{ "a \\\n  b\\\nc d", "1:1=a 2:3=bc 3:3=d ;", 0 },
	{ "a\\\n", "1:1=a ;", 0 },
	{ "a\\", "1:1=a ;", 0 },
	{ "\\", "", 0 },
	{ "\\\n\\\n", "", 0 },
	{ "\\\n\\\nx", "3:1=x ;", 0 },
	{ "#", "", 0 },
	{ "# a\\\nb\nc", "3:1=c ;", 0 },
	{ " \t\v\f\r", "", 0 },
	{ "\"a b\" 'c'", "1:1=a b 1:7=c ;", 0 },
	{ "\"a", "1:1=a ;", 1 },
	{ "'a\\'", "1:1=a' ;", 1 },
	{ "\"", "1:1= ;", 1 },
	{ "\"\\", "1:1= ;", 1 },
	{ "\"\\\\", "1:1=\\ ;", 1 },
	{ "\"\"", "1:1= ;", 0 },
	{ "a\"b", "1:1=a\"b ;", 0 },
	{ "\"a\\\n b\"", "1:1=a b ;", 0 },
};

static void
read_words(const struct source *source, struct diag *diag, struct buf *to)
{
	struct arena arena;
	struct line line;
	unsigned order = 0;

	arena_init(&arena, NULL, 0, 0);
	line_init(&line, source);
	while (line_next(&line, &order, diag)) {
		size_t offset = 0;
		enum word_status status;
		struct word w;

		do {
			status = line_word(&line, &offset, line.text.len,
			    &arena, diag, &w);
			if (status != WORD_NONE)
				buf_printf(to, "%d:%d=%s ", w.place.line,
				    w.place.column, w.text);
		} while (status == WORD_OK);
		assert_int_equal(line.order, order);
		buf_add_char(to, ';');
	}
	line_release(&line);
	arena_release(&arena);
}

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		size_t len = strlen(texts[i].text);
		char *copy = guard_copy(texts[i].text, len);
		struct source source = {
			.name = "t",
			.text = span_of(copy, len),
		};
		struct diag diag;
		struct buf words;

		diag_init(&diag);
		buf_init(&words, 4096);
		read_words(&source, &diag, &words);
		assert_string_equal(buf_str(&words), texts[i].words);
		assert_int_equal(diag.errors, texts[i].errors);
		assert_int_equal(diag.warnings, 0);
		buf_release(&words);
		diag_release(&diag);
		guard_free(copy, len);
	}
}

/* What is wrong, and at which byte; NULL: nothing. */
static const struct {
	const char *text, *what;
	size_t at;
} scans[] = {
	{ "", NULL, 0 },
	{ "a", NULL, 0 },
	{ "a=1", NULL, 0 },
	{ "a=2147483647", NULL, 0 },
	{ "a=-2147483648", NULL, 0 },
	{ "a=2147483648", "32 bits", 2 },
	{ "a=2147483648L", NULL, 0 },
	{ "a=0x7FFFFFFF", NULL, 0 },
	{ "a=0x80000000", "32 bits", 2 },
	{ "a=0xFFFFFFFFL", NULL, 0 },
	{ "a=9223372036854775807LL", NULL, 0 },
	{ "a=9223372036854775808LL", "64 bits", 2 },
	{ "a=-9223372036854775808L", NULL, 0 },
	{ "a=99999999999.5", NULL, 0 },
	{ "a9999999999=1", NULL, 0 },
	{ "a-9999999999=1", NULL, 0 },
	{ "a=-", NULL, 0 },
	{ "a=+", NULL, 0 },
	{ "a=0x", NULL, 0 },
	{ "#9999999999", NULL, 0 },
	{ "//9999999999", NULL, 0 },
	{ "/*9999999999*/", NULL, 0 },
	{ "/*9999999999*", "comment", 0 },
	{ "/*", "comment", 0 },
	{ "/", NULL, 0 },
	{ "a=\"9999999999\"", NULL, 0 },
	{ "a=\"", "not closed", 2 },
	{ "a=\"\\", "not closed", 2 },
	{ "a=\"\\\"", "not closed", 2 },
	{ "a=\"\\x00\"", "NUL", 3 },
	{ "a=\"\\\\x00\"", NULL, 0 },
	{ "a=\"\\x0", "not closed", 2 },
	{ "a \"b\"", "no string", 2 },
	{ "a=(\"b\",\"c\" \"d\")", NULL, 0 },
	{ "a={\"b\"", "no string", 3 },
	{ "a=1,\"b\"", "no string", 4 },
	{ " @include", "@include", 1 },
	{ "a @include", NULL, 0 },
	{ "]})", NULL, 0 },
};

static void
test_scan(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scans) / sizeof(*scans); i++) {
		size_t len = strlen(scans[i].text);
		char *copy = guard_copy(scans[i].text, len);
		struct cfg_fault fault = { .at = NULL };

		assert_int_equal(cfg_scan(span_of(copy, len), &fault),
		    scans[i].what == NULL);
		if (scans[i].what) {
			assert_non_null(strstr(fault.what, scans[i].what));
			assert_ptr_equal(fault.at, copy + scans[i].at);
		}
		guard_free(copy, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_scan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
