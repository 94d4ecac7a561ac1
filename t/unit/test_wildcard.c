/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base/wildcard: what matches.  The answers of rows for paths were compared
 * with Apache's to <Files> of the same pattern.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/wildcard.h"
#include "guard.h"

static const struct {
	const char *pattern, *text;
	unsigned flags;
	bool matches;
} rows[] = {
	{ "", "", 0, true },
	{ "", "a", 0, false },
	{ "a", "", 0, false },
	{ "abc", "abc", 0, true },
	{ "abc", "abd", 0, false },
	{ "*", "", 0, true },
	{ "*", "abc", 0, true },
	{ "a*", "a", 0, true },
	{ "*a", "ba", 0, true },
	{ "*a", "ab", 0, false },
	{ "**a**", "bab", 0, true },
	{ "a*b*c", "axxbyybzzc", 0, true },
	{ "a*b*c", "axxcyybzz", 0, false },
	{ "*ab", "aab", 0, true },
	{ "?", "", 0, false },
	{ "?", "a", 0, true },
	{ "a?c", "abc", 0, true },
	{ "??", "\xff\n", 0, true },
	/* Paths. */
	{ "*", "a/b", WILDCARD_PATH, false },
	{ "*", "a/b", 0, true },
	{ "?", "/", WILDCARD_PATH, false },
	{ "a[/]b", "a/b", WILDCARD_PATH, false },
	{ "a[!x]b", "a/b", WILDCARD_PATH, false },
	{ "*/*", "a/b", WILDCARD_PATH, true },
	{ "/*/b/*", "/a/b/c", WILDCARD_PATH, true },
	{ "/*/b/*", "/a/c/b/c", WILDCARD_PATH, false },
	{ "/*/b/*", "/a/b/c/d", WILDCARD_PATH, false },
	{ "*a/b", "aaa/b", WILDCARD_PATH, true },
	{ "*a/b", "aaa/c", WILDCARD_PATH, false },
	{ "*/", "ab/", WILDCARD_PATH, true },
	{ "/*", "/", WILDCARD_PATH, true },
	/* Sets. */
	{ "[a]b", "ab", WILDCARD_PATH, true },
	{ "[!a]b", "ab", WILDCARD_PATH, false },
	{ "[!a]b", "]b", WILDCARD_PATH, true },
	{ "[^a]b", "cb", WILDCARD_PATH, true },
	{ "[^a]b", "b", WILDCARD_PATH, false },
	{ "[]a]b", "]b", WILDCARD_PATH, true },
	{ "[]a]b", "ab", WILDCARD_PATH, true },
	{ "[a\\]]b", "]b", WILDCARD_PATH, true },
	{ "[\\a]b", "ab", WILDCARD_PATH, true },
	{ "[b-a]b", "ab", WILDCARD_PATH, false },
	{ "[a-]b", "-b", WILDCARD_PATH, true },
	{ "[-a]b", "-b", WILDCARD_PATH, true },
	{ "[a-c-e]b", "db", WILDCARD_PATH, false },
	{ "[a-c-e]b", "bb", WILDCARD_PATH, true },
	{ "[a-c-e]b", "-b", WILDCARD_PATH, true },
	{ "[a-c-e]b", "eb", WILDCARD_PATH, true },
	{ "[*]b", "*b", WILDCARD_PATH, true },
	{ "[*]b", "ab", WILDCARD_PATH, false },
	{ "[[]b", "[b", WILDCARD_PATH, true },
	{ "a[[:alpha:]]", "a:]", WILDCARD_PATH, true },
	{ "a[[:alpha:]]", "ab", WILDCARD_PATH, false },
	{ "[\x80-\xff]", "\xc3", WILDCARD_PATH, true },
	/* Sets that nothing closes. */
	{ "a[b", "a[b", WILDCARD_PATH, true },
	{ "a[b", "ab", WILDCARD_PATH, false },
	{ "a[]b", "a[]b", WILDCARD_PATH, true },
	{ "*[b", "a[b", WILDCARD_PATH, true },
	{ "a[b*", "a[bc", WILDCARD_PATH, true },
	{ "a[", "a[", WILDCARD_PATH, true },
	{ "a[\\", "a[\\", WILDCARD_PATH, true },
	{ "a[a-", "a[a-", WILDCARD_PATH, true },
	/* Quoted. */
	{ "a\\*", "a*", 0, true },
	{ "a\\*", "ab", 0, false },
	{ "a\\?", "ab", 0, false },
	{ "\\[a]", "[a]", 0, true },
	{ "a\\", "a\\", 0, true },
	/* Either case. */
	{ "*.A.org", "x.a.ORG", WILDCARD_NOCASE, true },
	{ "*.A.org", "x.a.ORG", 0, false },
	{ "a.?.c", "A.B.C", WILDCARD_NOCASE, true },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);
		size_t size = strlen(rows[i].pattern) + 1;
		char *text = guard_copy(rows[i].text, len);
		char *pattern = guard_copy(rows[i].pattern, size);

		if (wildcard_match(pattern, span_of(text, len),
			rows[i].flags) != rows[i].matches)
			fail_msg("%s on %s", rows[i].pattern, rows[i].text);
		guard_free(pattern, size);
		guard_free(text, len);
	}
}

/* Many stars and a long text without what they wait for. */
static void
test_none_hangs(void **state)
{
	static char text[65536];
	int64_t began = clock_exact_us();

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_false(wildcard_match("*a*a*a*a*a*a*a*a*a*a*a*a*b",
	    span_of(text, sizeof(text)), WILDCARD_PATH));
	for (size_t i = 0; i < sizeof(text); i += 2)
		text[i] = '/';
	assert_false(wildcard_match("/*/*/*/*/*a*a*a/*a*/*b",
	    span_of(text, sizeof(text)), WILDCARD_PATH));
	assert_in_range(clock_exact_us() - began, 0, 20000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_none_hangs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
