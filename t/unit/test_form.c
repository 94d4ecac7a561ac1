/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forms: tables of what browsers send and nobody should, each whole and split
 * at every place; and bounds.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "guard.h"
#include "http/form.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PAIRS_MAX 8
#define TEXT_MAX 64
#define PART_MAX 16

/* "[name=value]" for each, escaped, "!" behind one that was cut, and "+N" for
 * those that found no room. */
static void
describe(struct buf *b, const struct form *form)
{
	buf_clear(b);
	for (size_t i = 0; i < form->count; i++) {
		const struct form_pair *pair = &form->pairs[i];

		buf_add_char(b, '[');
		buf_add_escaped(b, pair->name);
		buf_add_char(b, '=');
		buf_add_escaped(b, pair->value);
		buf_add_str(b, pair->cut ? "]!" : "]");
	}
	if (form->seen > form->count)
		buf_printf(b, "+%d", (int)(form->seen - form->count));
}

static bool
take_piece(void *to, const char *piece, size_t len)
{
	form_add(to, span_of(piece, len));
	return true;
}

static void
parse(struct buf *b, struct span text, size_t first, size_t step)
{
	struct form_pair *pairs = guard_copy(
	    (struct form_pair[PAIRS_MAX]){ 0 }, PAIRS_MAX * sizeof(*pairs));
	char *room = guard_copy((char[TEXT_MAX]){ 0 }, TEXT_MAX);
	struct form form;

	form_init(&form, pairs, PAIRS_MAX, room, TEXT_MAX, PART_MAX);
	guard_feed(text.ptr, text.len, (struct guard_cut){ first, step, false },
	    take_piece, &form);
	form_end(&form);
	describe(b, &form);
	guard_free(room, TEXT_MAX);
	guard_free(pairs, PAIRS_MAX * sizeof(*pairs));
}

static const struct row {
	struct span text;
	const char *pairs;
} rows[] = {
	{ SPAN(""), "" },
	{ SPAN("a=b"), "[a=b]" },
	{ SPAN("a=b&c=d"), "[a=b][c=d]" },
	{ SPAN("a=b&a=b"), "[a=b][a=b]" },
	{ SPAN("a"), "[a=]" },
	{ SPAN("a="), "[a=]" },
	{ SPAN("="), "[=]" },
	{ SPAN("=b"), "[=b]" },
	{ SPAN("a==b="), "[a==b=]" },
	{ SPAN("&"), "" },
	{ SPAN("&&a&&"), "[a=]" },
	{ SPAN("a+b=c++d"), "[a b=c  d]" },
	{ SPAN("a%20b=%63%2Bd"), "[a b=c+d]" },
	{ SPAN("a%3db%26c=d%25"), "[a=b&c=d%]" },
	{ SPAN("%C3%a4=%00%fF"), "[\\xc3\\xa4=\\x00\\xff]" },
	{ SPAN("raw=\xc3\xa4\x01"), "[raw=\\xc3\\xa4\\x01]" },
	/* No escapes. */
	{ SPAN("%"), "[%=]" },
	{ SPAN("%4"), "[%4=]" },
	{ SPAN("%4&%&%g1"), "[%4=][%=][%g1=]" },
	{ SPAN("%%41"), "[%A=]" },
	{ SPAN("%4%41"), "[%4A=]" },
	{ SPAN("%=%="), "[%=%=]" },
	{ SPAN("%4=%4+"), "[%4=%4 ]" },
	{ SPAN("%u0041"), "[%u0041=]" },
	{ SPAN("%2525"), "[%25=]" },
	{ SPAN("a;b=c,d"), "[a;b=c,d]" },
	/* Bounds: of a part, of pairs, of all. */
	{ SPAN("0123456789abcdef=0123456789abcdef"),
	    "[0123456789abcdef=0123456789abcdef]" },
	{ SPAN("0123456789abcdefg=0123456789abcdefgh&a=b"),
	    "[0123456789abcdef=0123456789abcdef]![a=b]" },
	{ SPAN("0123456789abcde%4g&%30123456789abcdefg"),
	    "[0123456789abcde%=]![0123456789abcdef=]!" },
	{ SPAN("1&2&3&4&5&6&7&8"), "[1=][2=][3=][4=][5=][6=][7=][8=]" },
	{ SPAN("1&2&3&4&5&6&7&8&9=%41&&a=b"),
	    "[1=][2=][3=][4=][5=][6=][7=][8=]+2" },
	{ SPAN("0123456789abcdef=0123456789abcdef&"
	       "0123456789abcdef=0123456789abcde&ab=c&d"),
	    "[0123456789abcdef=0123456789abcdef]"
	    "[0123456789abcdef=0123456789abcde][a=]![=]!" },
};

static void
test_rows(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t first = 0; first <= rows[i].text.len; first++) {
			parse(&b, rows[i].text, first, SIZE_MAX);
			assert_string_equal(buf_str(&b), rows[i].pairs);
		}
		parse(&b, rows[i].text, 0, 1);
		assert_string_equal(buf_str(&b), rows[i].pairs);
	}
	buf_release(&b);
}

/* No room at all is a bound like any other. */
static void
test_no_room(void **state)
{
	struct form form;

	(void)state;
	form_init(&form, NULL, 0, NULL, 0, 10);
	form_add(&form, span_str("a=b&c=%4"));
	form_end(&form);
	assert_int_equal(form.count, 0);
	assert_int_equal(form.seen, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
