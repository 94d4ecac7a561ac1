/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forms with files: tables of what browsers send and nobody should, each whole
 * and split at every place, in memory that ends at guard pages; and bounds.
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
#include "http/multipart.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PARTS_MAX 4
#define TEXT_MAX 64
#define SPAN_MAX 16

/* "[name=value]", or "[name:file name,type,size]", "!" behind one that was
 * cut, "+N" for those that found no room, and how it ends: "." complete, "?"
 * not, "*" malformed. */
static void
describe(struct buf *b, const struct multipart *m)
{
	buf_clear(b);
	for (size_t i = 0; i < m->count; i++) {
		const struct multipart_part *part = &m->parts[i];

		buf_add_char(b, '[');
		buf_add_escaped(b, part->name);
		buf_add_char(b, part->is_file ? ':' : '=');
		buf_add_escaped(
		    b, part->is_file ? part->file_name : part->value);
		if (part->is_file || part->type.len > 0) {
			buf_add_char(b, ',');
			buf_add_escaped(b, part->type);
		}
		if (part->is_file)
			buf_printf(b, ",%d", (int)part->size);
		else if (!part->cut)
			assert_int_equal(part->size, part->value.len);
		buf_add_str(b, part->cut ? "]!" : "]");
	}
	if (m->seen > m->count)
		buf_printf(b, "+%d", (int)(m->seen - m->count));
	buf_add_char(b, m->malformed ? '*' : m->complete ? '.' : '?');
}

static bool
take_piece(void *to, const char *piece, size_t len)
{
	multipart_add(to, span_of(piece, len));
	return true;
}

static void
parse(struct buf *b, struct span text, size_t first, size_t step)
{
	struct multipart_part *parts =
	    guard_copy((struct multipart_part[PARTS_MAX]){ 0 },
		PARTS_MAX * sizeof(*parts));
	char *room = guard_copy((char[TEXT_MAX]){ 0 }, TEXT_MAX);
	static struct multipart m;

	multipart_init(
	    &m, span_str("b-1"), parts, PARTS_MAX, room, TEXT_MAX, SPAN_MAX);
	guard_feed(text.ptr, text.len, (struct guard_cut){ first, step, false },
	    take_piece, &m);
	multipart_end(&m);
	describe(b, &m);
	guard_free(room, TEXT_MAX);
	guard_free(parts, PARTS_MAX * sizeof(*parts));
}

#define FIELD "Content-Disposition: form-data; name="
#define A "--b-1\r\n" FIELD "\"a\"\r\n\r\n"
#define END "\r\n--b-1--\r\n"
/* A part with that as its disposition. */
#define DISPOSITION(text) \
	SPAN("--b-1\r\nContent-Disposition: " text "\r\n\r\nx" END)
#define HEADER(text) SPAN("--b-1\r\n" text FIELD "a\r\n\r\nx" END)

static const struct row {
	const char *section;
	struct span text;
	const char *parts;
} rows[] = {
	/* What browsers and curl send. */
	{ "7578 4", SPAN(A "x" END), "[a=x]." },
	{ "7578 4", SPAN(A "x\r\n--b-1\r\n" FIELD "\"b c\"\r\n\r\ny" END),
	    "[a=x][b c=y]." },
	{ "7578 5.2", SPAN(A "1\r\n" A "2" END), "[a=1][a=2]." },
	{ "7578 4.2",
	    SPAN("--b-1\r\n" FIELD "\"f\"; filename=\"p.png\"\r\n"
		 "Content-Type: image/png\r\n\r\n\0\xff\r\n\r\n" END),
	    "[f:p.png,image/png,6]." },
	{ "7578 4.2",
	    SPAN("--b-1\r\n" FIELD "\"f\"; filename=\"\"\r\nContent-Type: "
		 "a/b\r\n\r\n" END),
	    "[f:,a/b,0]." },
	{ "7578 4.4",
	    SPAN("--b-1\r\n" FIELD "\"a\"\r\nContent-Type: text/x;y=z\r\n\r\n"
		 "x" END),
	    "[a=x,text/x;y=z]." },
	{ "7578 5.1", SPAN("--b-1\r\n" FIELD "\"\xc3\xa4\"\r\n\r\n\xf6" END),
	    "[\\xc3\\xa4=\\xf6]." },
	{ "2046 5.1.1", SPAN("--b-1--"), "." },
	{ "2046 5.1.1", SPAN("\r\n--b-1--"), "." },
	{ "2046 5.1.1", SPAN("--b-1--\r\n"), "." },
	/* What is around, and what only looks like it. */
	{ "2046 5.1.1", SPAN("pre\r\n--b\r\namble\r\n" A "x" END "--b-1\r\n!"),
	    "[a=x]." },
	{ "2046 5.1.1", SPAN("x--b-1\r\n" A "x" END), "[a=x]." },
	{ "2046 5.1.1", SPAN("\r\n\r\n" A "x" END), "[a=x]." },
	{ "2046 5.1.1", SPAN(A "\r\n--b-\r\n-\r\r\n--b\r\n" END),
	    "[a=\\r\\n--b-\\r\\n-\\r\\r\\n--b\\r]!." },
	{ "2046 5.1.1", SPAN(A "\r\r\n--b-1--"), "[a=\\r]." },
	{ "2046 5.1.1", SPAN(A "\n--b-1--\n" END), "[a=\\n--b-1--\\n]." },
	{ "2046 5.1.1", SPAN(A "--b-2" END), "[a=--b-2]." },
	{ "2046 5.1.1", SPAN(A END), "[a=]." },
	{ "2046 5.1.1", SPAN(A "--b-1--\r\n"), "[a=]." },
	{ "2046 5.1.1", SPAN(A "x\r\n--b-1 \t \r\n" FIELD "b\r\n\r\ny" END),
	    "[a=x][b=y]." },
	{ "2046 5.1.1", SPAN(A "x\r\n--b-1-- \r\n"), "[a=x]." },
	{ "2046 5.1.2",
	    SPAN("--b-1\r\n" FIELD "a\r\nContent-Type: multipart/mixed; "
		 "boundary=c\r\n\r\n--c\r\n\r\n1" END),
	    "[a=--c\\r\\n\\r\\n1,multipart/mixed;]!." },
	/* No last boundary. */
	{ "2046 5.1.1", SPAN(""), "?" },
	{ "2046 5.1.1", SPAN("nothing"), "?" },
	{ "2046 5.1.1", SPAN("--b-1"), "?" },
	{ "2046 5.1.1", SPAN("--b-1\r\n"), "?" },
	{ "2046 5.1.1", SPAN("--b-1\r\n" FIELD "a\r\n"), "?" },
	{ "2046 5.1.1", SPAN(A), "[a=]?" },
	{ "2046 5.1.1", SPAN(A "x"), "[a=x]?" },
	{ "2046 5.1.1", SPAN(A "x\r\n--b-"), "[a=x\\r\\n--b-]?" },
	{ "2046 5.1.1", SPAN(A "x\r\n--b-1"), "[a=x]?" },
	{ "2046 5.1.1", SPAN(A "x\r\n--b-1-"), "[a=x]?" },
	{ "2046 5.1.1", SPAN(A "x\n--b-1--\n"), "[a=x\\n--b-1--\\n]?" },
	/* Behind a boundary is nothing but white space. */
	{ "2046 5.1.1", SPAN(A "x\r\n--b-12\r\n"), "[a=x]*" },
	{ "2046 5.1.1", SPAN(A "x\r\n--b-1\n"), "[a=x]*" },
	{ "2046 5.1.1", SPAN(A "x\r\n--b-1\rx"), "[a=x]*" },
	{ "2046 5.1.1", SPAN(A "x\r\n--b-1-x"), "[a=x]*" },
	{ "2046 5.1.1", SPAN("--b-1\0\r\n"), "*" },
	/* Dispositions. */
	{ "7578 4.2", DISPOSITION("form-data; name=a"), "[a=x]." },
	{ "7578 4.2", DISPOSITION("Form-Data;NAME=\"a\" ;x=y"), "[a=x]." },
	{ "7578 4.2", DISPOSITION("form-data ; ; name=\"\";"), "[=x]." },
	{ "7578 4.2", DISPOSITION("form-data"), "[=x]." },
	{ "7578 4.2", DISPOSITION("form-data; name=\"a;b=\\\"c\\\\\""),
	    "[a;b=\\\"c\\\\=x]." },
	{ "7578 4.2", DISPOSITION("form-data; name=f; filename=\"C:\\d\\e\""),
	    "[f:C:\\\\d\\\\e,,1]." },
	{ "7578 4.2", DISPOSITION("form-data; name=\"%22a\""), "[%22a=x]." },
	{ "7578 4.2", DISPOSITION("form-data; name=f; filename*=UTF-8''%c3%a4"),
	    "[f=x]." },
	{ "7578 4.2", DISPOSITION("attachment; name=a"), "*" },
	{ "7578 4.2", DISPOSITION("form-data; name=a; name=b"), "*" },
	{ "7578 4.2", DISPOSITION("form-data; filename=a; filename=b"), "*" },
	{ "7578 4.2", DISPOSITION("form-data; name=\"a"), "*" },
	{ "7578 4.2", DISPOSITION("form-data; name=\"a\\\""), "*" },
	{ "7578 4.2", DISPOSITION("form-data; name"), "*" },
	{ "7578 4.2", DISPOSITION("form-data; name="), "*" },
	{ "7578 4.2", DISPOSITION("form-data; =a"), "*" },
	{ "7578 4.2", DISPOSITION("form-data; name=\"a\"b"), "*" },
	{ "7578 4.2", DISPOSITION("form-data name=a"), "*" },
	{ "7578 4.2", DISPOSITION(""), "*" },
	/* Lines of a header. */
	{ "2046 5.1", SPAN("--b-1\r\n\r\nx" END), "[=x]." },
	{ "2046 5.1", SPAN("--b-1\r\n\r\n--b-1--"), "[=]." },
	{ "2046 5.1", HEADER("X: y\r\nContent-Transfer-Encoding: binary\r\n"),
	    "[a=x]." },
	{ "2046 5.1", HEADER("X:\r\n"), "[a=x]." },
	{ "2046 5.1", HEADER("X\r\n"), "*" },
	{ "2046 5.1", HEADER(": y\r\n"), "*" },
	{ "2046 5.1", HEADER("X: y\r\n folded\r\n"), "*" },
	{ "2046 5.1", HEADER("X: y\n"), "*" },
	{ "2046 5.1", HEADER("X: \0\r\n"), "*" },
	{ "2046 5.1", HEADER("X: y\r"), "*" },
	{ "2046 5.1", HEADER(FIELD "b\r\n"), "*" },
	{ "2046 5.1", HEADER("Content-Type: a\r\nContent-Type: a\r\n"), "*" },
	{ "2046 5.1", SPAN("--b-1" END), "*" },
	{ "2046 5.1", SPAN(A "x\r\n--b-1\r\nX\r\n\r\n"), "[a=x]*" },
	/* Bounds: of a span, of parts, of all. */
	{ "", SPAN(A "0123456789abcdef" END), "[a=0123456789abcdef]." },
	{ "", SPAN(A "0123456789abcdefg" END), "[a=0123456789abcdef]!." },
	{ "", SPAN(A "1\r\n" A "2\r\n" A "3\r\n" A "4" END),
	    "[a=1][a=2][a=3][a=4]." },
	{ "", SPAN(A "1\r\n" A "2\r\n" A "3\r\n" A "4\r\n" A "5\r\n" A "6" END),
	    "[a=1][a=2][a=3][a=4]+2." },
	{ "",
	    SPAN(A "0123456789abcdef\r\n" A "0123456789abcdef\r\n" A
		   "0123456789abcdef\r\n" A "0123456789abcdef" END),
	    "[a=0123456789abcdef][a=0123456789abcdef][a=0123456789abcdef]"
	    "[a=0123456789ab]!." },
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
			if (strcmp(buf_str(&b), rows[i].parts) != 0)
				fail_msg("row %zu, split at %zu: %s, not %s", i,
				    first, buf_str(&b), rows[i].parts);
		}
		parse(&b, rows[i].text, 0, 1);
		assert_string_equal(buf_str(&b), rows[i].parts);
	}
	buf_release(&b);
}

static void
test_boundary(void **state)
{
#define LONGEST                                                               \
	"0123456789012345678901234567890123456789012345678901234567890123456" \
	"789"
	static const struct {
		const char *type, *boundary;
	} table[] = {
		{ "multipart/form-data; boundary=b", "b" },
		{ "Multipart/FORM-data;Boundary=\"b c\"", "b c" },
		{ "multipart/form-data ; charset=utf-8 ; boundary=b ;", "b" },
		{ "multipart/form-data; boundary=----WebKitFormBoundaryx0",
		    "----WebKitFormBoundaryx0" },
		{ "multipart/form-data; boundary=\"'()+_,-./:=?\"",
		    "'()+_,-./:=?" },
		{ "multipart/form-data; boundary=" LONGEST, LONGEST },
		{ "multipart/form-data; boundary=" LONGEST "0", NULL },
		{ "multipart/form-data; boundary=\"b \"", NULL },
		{ "multipart/form-data; boundary=\"\"", NULL },
		{ "multipart/form-data; boundary=", NULL },
		{ "multipart/form-data; boundary", NULL },
		{ "multipart/form-data; boundary=a; boundary=a", NULL },
		{ "multipart/form-data; boundary=\"a", NULL },
		{ "multipart/form-data; boundary=\"a\\b\"", NULL },
		{ "multipart/form-data; boundary=a b", NULL },
		{ "multipart/form-data; boundary=a,b", NULL },
		{ "multipart/form-data; boundary=\"a\xe4\"", NULL },
		{ "multipart/form-data; boundary =a", NULL },
		{ "multipart/form-data boundary=a", NULL },
		{ "multipart/form-data; bound=a", NULL },
		{ "multipart/form-data", NULL },
		{ "multipart/mixed; boundary=a", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		size_t len = strlen(table[i].type);
		char *type = guard_copy(table[i].type, len);
		struct span boundary = SPAN("unset");
		bool found = multipart_boundary(span_of(type, len), &boundary);

		if (found != (table[i].boundary != NULL))
			fail_msg("%s", table[i].type);
		if (found)
			assert_true(span_is(boundary, table[i].boundary));
		guard_free(type, len);
	}
}

/* A header as long as it may be, and longer; so many lines, and one more. */
static void
test_header_bounds(void **state)
{
	static char long_line[MULTIPART_LINE_MAX + 200];
	struct buf b, text;
	const char *const ends[] = { "[a=x].", "*" };

	(void)state;
	buf_init(&b, 4096);
	buf_init(&text, 65536);
	for (int more = 0; more < 2; more++) {
		memset(long_line, 'x', sizeof(long_line));
		memcpy(long_line, "X: ", 3);
		buf_clear(&text);
		buf_printf(&text, "--b-1\r\n%.*s\r\n" FIELD "a\r\n\r\nx" END,
		    MULTIPART_LINE_MAX + more, long_line);
		parse(&b, buf_span(&text), 0, 100);
		assert_string_equal(buf_str(&b), ends[more]);
		buf_clear(&text);
		buf_add_str(&text, "--b-1\r\n" FIELD "a\r\n");
		for (int i = 1; i < MULTIPART_LINES_MAX + more; i++)
			buf_add_str(&text, "X: y\r\n");
		buf_add_str(&text, "\r\nx" END);
		parse(&b, buf_span(&text), 0, 100);
		assert_string_equal(buf_str(&b), ends[more]);
	}
	buf_release(&b);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_boundary),
		cmocka_unit_test(test_header_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
