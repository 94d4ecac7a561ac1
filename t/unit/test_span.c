/* SPDX-License-Identifier: BSD-2-Clause */
/* base/span: comparing, searching and cutting, at a guard page. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/span.h"
#include "guard.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A span over a guarded copy of str. */
static struct span
guarded(const char *str)
{
	return span_of(guard_copy(str, strlen(str)), strlen(str));
}

static void
release(struct span s)
{
	guard_free((char *)(uintptr_t)s.ptr, s.len);
}

static void
test_compare(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal, nocase, starts, starts_nocase, ends_nocase;
	} rows[] = {
		{ "", "", 1, 1, 1, 1, 1 },
		{ "a", "", 0, 0, 1, 1, 1 },
		{ "", "a", 0, 0, 0, 0, 0 },
		{ "host", "host", 1, 1, 1, 1, 1 },
		{ "Host", "hOST", 0, 1, 0, 1, 1 },
		{ "hosts", "host", 0, 0, 1, 1, 0 },
		{ "ghost", "HOST", 0, 0, 0, 0, 1 },
		{ "hos", "host", 0, 0, 0, 0, 0 },
		{ "HOSTS", "host", 0, 0, 0, 1, 0 },
		/* Only letters fold: @[`{ differ by the same bit. */
		{ "@", "`", 0, 0, 0, 0, 0 },
		{ "[", "{", 0, 0, 0, 0, 0 },
		{ "\xc3\x84", "\xc3\xa4", 0, 0, 0, 0, 0 },
		{ "AZ", "az", 0, 1, 0, 1, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct span a = guarded(rows[i].a), b = guarded(rows[i].b);

		assert_int_equal(span_equal(a, b), rows[i].equal);
		assert_int_equal(span_is(a, rows[i].b), rows[i].equal);
		assert_int_equal(span_equal_nocase(a, b), rows[i].nocase);
		assert_int_equal(span_is_nocase(a, rows[i].b), rows[i].nocase);
		assert_int_equal(span_starts(a, rows[i].b), rows[i].starts);
		assert_int_equal(
		    span_starts_nocase(a, rows[i].b), rows[i].starts_nocase);
		assert_int_equal(
		    span_ends_nocase(a, rows[i].b), rows[i].ends_nocase);
		release(a);
		release(b);
	}
}

static void
test_null(void **state)
{
	struct span none = { NULL, 0 }, rest = none, element;
	char to[4] = "x";

	(void)state;
	assert_true(span_equal(none, span_str("")));
	assert_true(span_equal_nocase(none, none));
	assert_true(span_is(none, ""));
	assert_true(span_starts(none, ""));
	assert_true(span_ends_nocase(none, ""));
	assert_int_equal(span_find(none, 'a'), 0);
	assert_int_equal(span_find_last(none, 'a'), 0);
	assert_int_equal(span_skip(none, 3).len, 0);
	assert_int_equal(span_trim(none).len, 0);
	assert_false(span_next_element(&rest, &element));
	assert_true(span_copy(none, to, sizeof(to)));
	assert_string_equal(to, "");
}

static void
test_find(void **state)
{
	static const struct {
		const char *text;
		char c;
		size_t first, last;
	} rows[] = {
		{ "a/b/c", '/', 1, 3 },
		{ "/", '/', 0, 0 },
		{ "abc", '/', 3, 3 },
		{ "", '/', 0, 0 },
		{ "abc", 'c', 2, 2 },
		{ "\xff-", '\xff', 0, 0 },
		/* The NUL behind does not belong to the span. */
		{ "abc", '\0', 3, 3 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct span s = guarded(rows[i].text);

		assert_int_equal(span_find(s, rows[i].c), rows[i].first);
		assert_int_equal(span_find_last(s, rows[i].c), rows[i].last);
		release(s);
	}
}

static void
test_cut(void **state)
{
	static const struct {
		const char *text, *trimmed;
	} rows[] = {
		{ "", "" },
		{ " ", "" },
		{ " \t \t", "" },
		{ "a", "a" },
		{ "\t a b \t", "a b" },
		/* Neither CR, LF, VT nor NBSP is OWS. */
		{ "\ra\n", "\ra\n" },
		{ " \va\xa0 ", "\va\xa0" },
	};
	struct span s = span_str("abc");
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct span text = guarded(rows[i].text);

		assert_true(span_is(span_trim(text), rows[i].trimmed));
		release(text);
	}
	assert_true(span_is(span_skip(s, 0), "abc"));
	assert_true(span_is(span_skip(s, 2), "c"));
	assert_true(span_is(span_skip(s, 3), ""));
	assert_true(span_is(span_skip(s, SIZE_MAX), ""));
}

static void
test_elements(void **state)
{
	static const struct {
		const char *list;
		const char *elements[4];
	} rows[] = {
		{ "", { NULL } },
		{ ",", { NULL } },
		{ " , ,\t,", { NULL } },
		{ "a", { "a" } },
		{ "a,b", { "a", "b" } },
		{ " a ,\tb c\t, ", { "a", "b c" } },
		{ ",a,,b,", { "a", "b" } },
		{ "\"a,b\",c", { "\"a,b\"", "c" } },
		{ "W/\"x,\\\",y\" , z", { "W/\"x,\\\",y\"", "z" } },
		{ "a=\"b\",c=\"d\"", { "a=\"b\"", "c=\"d\"" } },
		/* Not closed: to the end. */
		{ "a,\"b,c", { "a", "\"b,c" } },
		{ "\"a\\", { "\"a\\" } },
		{ "\"", { "\"" } },
		/* A backslash outside of quotes is nothing special. */
		{ "a\\,b", { "a\\", "b" } },
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct span list = guarded(rows[i].list);
		struct span rest = list, element;

		for (n = 0; span_next_element(&rest, &element); n++) {
			assert_non_null(rows[i].elements[n]);
			assert_true(span_is(element, rows[i].elements[n]));
		}
		assert_null(rows[i].elements[n]);
		assert_int_equal(rest.len, 0);
		release(list);
	}
}

static void
test_copy(void **state)
{
	char to[4] = "???";

	(void)state;
	assert_true(span_copy(span_str("abc"), to, sizeof(to)));
	assert_string_equal(to, "abc");
	assert_false(span_copy(span_str("abcd"), to, sizeof(to)));
	assert_string_equal(to, "");
	assert_true(span_copy(span_str(""), to, 1));
	assert_string_equal(to, "");
	to[0] = 'x';
	assert_false(span_copy(span_str(""), to, 0));
	assert_int_equal(to[0], 'x');
}

static void
test_merge_slashes(void **state)
{
	static const char *const rows[][2] = { { "", "" }, { "/", "/" },
		{ "//", "/" }, { "a", "a" }, { "///a//b/c///", "/a/b/c/" },
		{ "a//", "a/" } };
	char to[16], in[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i][1]);

		assert_int_equal(
		    span_merge_slashes(span_str(rows[i][0]), to), len);
		assert_memory_equal(to, rows[i][1], len);
		assert_true(span_copy(span_str(rows[i][0]), in, sizeof(in)));
		assert_int_equal(span_merge_slashes(span_str(in), in), len);
		assert_memory_equal(in, rows[i][1], len);
	}
}

static void
test_cut_at(void **state)
{
	struct span rest = SPAN("ab,,c"), none = { NULL, 0 };

	(void)state;
	assert_true(span_is(span_cut(&rest, ','), "ab"));
	assert_true(span_is(rest, ",c"));
	assert_true(span_is(span_cut(&rest, ','), ""));
	assert_true(span_is(span_cut(&rest, ','), "c"));
	assert_int_equal(rest.len, 0);
	assert_true(span_is(span_cut(&rest, ','), ""));
	assert_int_equal(span_cut(&none, ',').len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut_at),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_merge_slashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
