/* SPDX-License-Identifier: BSD-2-Clause */
/* Regular expressions: what matches, groups, errors, and that none hangs. */
#include "config.h"

#include "base/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "guard.h"

static struct arena arena;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, NULL, 0, 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static const struct regex *
compile(const char *pattern, bool nocase)
{
	struct err err = { "" };
	size_t offset;
	const struct regex *regex =
	    regex_compile(&arena, pattern, nocase, &err, &offset);

	assert_string_equal(err.text, "");
	assert_non_null(regex);
	return regex;
}

static void
test_matches(void **state)
{
	static const struct {
		const char *pattern, *subject;
		bool nocase;
		enum regex_result result;
		const char *whole, *first;
	} rows[] = {
		{ "b+", "aabbb", false, REGEX_YES, "bbb", NULL },
		{ "B", "aabbb", false, REGEX_NO, NULL, NULL },
		{ "B", "aabbb", true, REGEX_YES, "b", NULL },
		{ "^b", "aab", false, REGEX_NO, NULL, NULL },
		{ "^$", "", false, REGEX_YES, "", NULL },
		{ "", "abc", false, REGEX_YES, "", NULL },
		/* The very end, not before a newline. */
		{ "a$", "a\n", false, REGEX_NO, NULL, NULL },
		/* A client can send a newline anywhere. */
		{ "^a.*b$", "a\nb", false, REGEX_YES, "a\nb", NULL },
		{ "(a)|b", "b", false, REGEX_YES, "b", NULL },
		{ "(a)|b", "xa", false, REGEX_YES, "a", "a" },
		{ "x(.*)y", "axby", false, REGEX_YES, "xby", "b" },
		{ "(?<=x)a", "xa", false, REGEX_YES, "a", NULL },
		{ "\xc3\xa4", "\xc3\xa4", false, REGEX_YES, "\xc3\xa4", NULL },
		{ "(*UTF)a",
		    "\xff"
		    "a",
		    false, REGEX_GAVE_UP, NULL, NULL },
	};
	struct span groups[REGEX_GROUPS];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].subject);
		char *subject = guard_copy(rows[i].subject, len);

		assert_int_equal(
		    regex_match(compile(rows[i].pattern, rows[i].nocase),
			span_of(subject, len), groups),
		    rows[i].result);
		if (rows[i].whole != NULL)
			assert_true(span_is(groups[0], rows[i].whole));
		if (rows[i].first != NULL)
			assert_true(span_is(groups[1], rows[i].first));
		else if (rows[i].whole != NULL)
			assert_null(groups[1].ptr);
		guard_free(subject, len);
	}
}

/* More groups than are asked for, and none of what came before. */
static void
test_groups(void **state)
{
	struct span groups[REGEX_GROUPS];
	int i;

	(void)state;
	assert_int_equal(
	    regex_match(compile("(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)", false),
		(struct span)SPAN("abcdefghijklm"), groups),
	    REGEX_YES);
	for (i = 1; i < REGEX_GROUPS; i++) {
		assert_int_equal(groups[i].len, 1);
		assert_int_equal(groups[i].ptr[0], 'a' + i - 1);
	}
	assert_int_equal(
	    regex_match(compile("x()", false), (struct span)SPAN("x"), groups),
	    REGEX_YES);
	assert_non_null(groups[1].ptr);
	for (i = 2; i < REGEX_GROUPS; i++)
		assert_null(groups[i].ptr);
	assert_int_equal(
	    regex_match(compile("^$", false), span_of(NULL, 0), groups),
	    REGEX_YES);
}

/* What cannot match is found out before PCRE2 is asked: never too soon. */
static void
test_needs(void **state)
{
	static const struct {
		const char *pattern, *subject;
		enum regex_result result;
	} rows[] = {
		{ "^/a/b", "/a/bc", REGEX_YES },
		{ "^/a/b", "/a/c", REGEX_NO },
		{ "^/a/b", "/a/", REGEX_NO },
		{ "^/a/b", "x/a/b", REGEX_NO },
		{ "^\\.ht", ".htaccess", REGEX_YES },
		{ "^\\.ht", "xht", REGEX_NO },
		{ "^\\.ht\\d", ".ht1", REGEX_YES },
		{ "^ab?", "a", REGEX_YES },
		{ "^ab*c", "ac", REGEX_YES },
		{ "^ab{0,1}c", "ac", REGEX_YES },
		{ "^ab|c", "c", REGEX_YES },
		{ "^a(b|c)d", "acd", REGEX_YES },
		{ "^a(b|c)|d", "d", REGEX_YES },
		{ "^a[(]|d", "d", REGEX_YES },
		{ "^a\\(|d", "d", REGEX_YES },
		{ "^a\\Q(\\E|d", "d", REGEX_YES },
		{ "^a(?#()|d", "d", REGEX_YES },
		{ "^a\\c(|d", "d", REGEX_YES },
		{ "^a\\|d", "a|d", REGEX_YES },
		{ "(?i)^ab", "AB", REGEX_YES },
		{ "^a(?i)b", "aB", REGEX_YES },
		{ "x(?i:b)", "xB", REGEX_YES },
		{ "(?<n>x)(?i)b", "xB", REGEX_YES },
		{ "(?:a|b)\\.php$", "b.php", REGEX_YES },
		{ "(?:a|b)\\.php$", "b.txt", REGEX_NO },
		{ "a(*ACCEPT)bc", "a", REGEX_YES },
		{ "^\xc3\xa4", "\xc3\xa4", REGEX_YES },
		{ "^", "", REGEX_YES },
		{ "^0123456789012345678901234567890123456789$",
		    "0123456789012345678901234567890123456789", REGEX_YES },
		{ "^0123456789012345678901234567890123456789$",
		    "012345678901234567890123456789012345678", REGEX_NO },
	};
	struct span groups[REGEX_GROUPS];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].subject);
		char *subject = guard_copy(rows[i].subject, len);
		int result = (int)regex_match(
		    compile(rows[i].pattern, false), span_of(subject, len),
		    groups);

		if (result != (int)rows[i].result)
			fail_msg("%s on %s: %d", rows[i].pattern,
			    rows[i].subject, result);
		guard_free(subject, len);
	}
}

/* Groups behind $9 as well; one name may stand for several. */
static void
test_names(void **state)
{
	const struct span subject = SPAN("abcdefghijklm");
	const struct regex *regex =
	    compile("(?<w>.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(?<z>.)(?<w>x)?", false);
	const struct regex_name *names;
	struct span groups[REGEX_GROUPS];
	char text[1000] = "";
	struct err err;
	size_t offset;

	(void)state;
	assert_int_equal(regex_names(compile("(a)", false), &names), 0);
	assert_int_equal(regex_names(regex, &names), 3);
	assert_string_equal(names[0].name, "w");
	assert_int_equal(names[0].group, 1);
	assert_string_equal(names[1].name, "w");
	assert_int_equal(names[1].group, 12);
	assert_string_equal(names[2].name, "z");
	assert_int_equal(names[2].group, 11);
	assert_int_equal(regex_match(regex, subject, groups), REGEX_YES);
	assert_true(span_is(regex_group(subject, 1), "a"));
	assert_true(span_is(regex_group(subject, 11), "k"));
	assert_null(regex_group(subject, 12).ptr);
	assert_null(regex_group(subject, 63).ptr);
	assert_null(regex_group(subject, 64).ptr);
	/* What the match before had is not seen. */
	assert_int_equal(
	    regex_match(compile("(a)", false), subject, groups), REGEX_YES);
	assert_null(regex_group(subject, 2).ptr);
	for (int i = 0; i < 64; i++)
		strcat(text, "()");
	strcat(text, "(?<n>a)");
	assert_null(regex_compile(&arena, text, false, &err, &offset));
	assert_string_equal(
	    err.text, "only the first 63 groups can have names");
}

/* Wherever in a long subject the match begins. */
static void
test_every_place(void **state)
{
	const struct regex *regex = compile("x(y*)", false);
	struct span groups[REGEX_GROUPS];
	static char subject[300];

	(void)state;
	for (size_t at = 0; at + 2 <= sizeof(subject); at++) {
		memset(subject, '.', sizeof(subject));
		memcpy(subject + at, "xy", 2);
		assert_int_equal(regex_match(regex,
				     span_of(subject, sizeof(subject)), groups),
		    REGEX_YES);
		assert_ptr_equal(groups[0].ptr, subject + at);
		assert_true(span_is(groups[1], "y"));
	}
	assert_int_equal(regex_match(compile("$", false),
			     span_of(subject, sizeof(subject)), groups),
	    REGEX_YES);
	assert_ptr_equal(groups[0].ptr, subject + sizeof(subject));
}

static void
test_errors(void **state)
{
	static const struct {
		const char *pattern;
		size_t offset;
	} rows[] = {
		{ "ab(c", 4 },
		{ "a**", 2 },
		{ "[z-a]", 3 },
		{ "\\C", 2 },
	};
	static char text[10000];
	struct err err;
	size_t offset;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		err.text[0] = '\0';
		assert_null(regex_compile(
		    &arena, rows[i].pattern, false, &err, &offset));
		assert_true(strlen(err.text) > 0);
		assert_in_range(offset, rows[i].offset - 1, rows[i].offset + 1);
	}
	memset(text, 'a', sizeof(text) - 1);
	assert_null(regex_compile(&arena, text, false, &err, &offset));
}

/* Each would take from seconds to the end of time. */
static void
test_none_hangs(void **state)
{
	/* Their last byte is a set, so that its absence is not seen first. */
	static const char *const patterns[] = {
		"(a+)+[bc]",
		"^(a|aa)+$",
		"(.*)*[bc]",
		"(.*)x(.*)y(.*)[bz]",
		"(a?){64}a{64}[bc]",
		"(?:.*,){20}[bc]",
		"(a*)*(a*)*(a*)*[bc]",
		"(?R)?a|[bc]",
		"a.*a.*[bc]",
		".*.*.*[bc]",
		"(?:(?=.*x).)*[bc]",
	};
	static char subject[8000];
	struct span groups[REGEX_GROUPS];

	(void)state;
	memset(subject, 'a', sizeof(subject));
	for (size_t i = 0; i < sizeof(subject); i += 20)
		subject[i] = "xy,a"[i / 20 % 4];
	memset(subject, 'a', 2000);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const struct regex *regex = compile(patterns[i], false);
		int64_t began = clock_exact_us();

		(void)regex_match(
		    regex, span_of(subject, sizeof(subject)), groups);
		assert_in_range(clock_exact_us() - began, 0, 5000000);
	}
	/* And one that was given up does not spoil the next. */
	assert_int_equal(regex_match(compile("^(a|aa)+$", false),
			     span_of(subject, sizeof(subject)), groups),
	    REGEX_GAVE_UP);
	assert_int_equal(regex_match(compile("^a", false),
			     span_of(subject, sizeof(subject)), groups),
	    REGEX_YES);
}

/* The clock is looked at in time where what is cheap comes first. */
static void
test_cheap_then_dear(void **state)
{
	struct span groups[REGEX_GROUPS];
	static char subject[8000];

	(void)state;
	memset(subject, '.', sizeof(subject));
	for (size_t i = sizeof(subject) / 2; i < sizeof(subject); i++)
		if (i % 120 != 0)
			subject[i] = 'a';
	assert_int_equal(regex_match(compile("a?a*a*a*[bc]", false),
			     span_of(subject, sizeof(subject)), groups),
	    REGEX_GAVE_UP);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_matches),
		CASE(test_groups),
		CASE(test_needs),
		CASE(test_names),
		CASE(test_every_place),
		CASE(test_errors),
		CASE(test_none_hangs),
		CASE(test_cheap_then_dear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
