/* SPDX-License-Identifier: BSD-2-Clause */
/* base/template: what groups make of a text. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/template.h"

static const struct {
	const char *text;
	size_t fixed;
	const char *expanded;
} rows[] = {
	{ "", 0, "" },
	{ "/a", 2, "/a" },
	{ "/a/$1", 3, "/a/one" },
	{ "$0$1$2", 0, "allone" },
	{ "a$", 2, "a$" },
	{ "a$b$$1", 4, "a$b$one" },
	{ "$10", 0, "one0" },
	{ "&", 1, "&" },
	{ "\\$1", 0, "$1" },
	{ "a\\b", 1, "ab" },
	{ "a\\\\$1", 1, "a\\one" },
	{ "a\\", 1, "a\\" },
	{ "$9", 0, "" },
};

static void
test_rows(void **state)
{
	struct span groups[REGEX_GROUPS] = { [0] = SPAN("all"),
		[1] = SPAN("one") };
	struct arena arena;

	(void)state;
	arena_init(&arena, NULL, 0, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct span got = template_expand(
		    &arena, span_str(rows[i].text), groups);

		assert_string_equal(got.ptr, rows[i].expanded);
		assert_int_equal(got.len, strlen(rows[i].expanded));
		assert_int_equal(template_fixed(rows[i].text), rows[i].fixed);
	}
	arena_release(&arena);
}

/* Where there is no room it says so. */
static void
test_no_memory(void **state)
{
	struct span groups[REGEX_GROUPS] = { [0] = SPAN("all") };
	struct arena arena;

	(void)state;
	arena_init(&arena, NULL, 0, 1);
	assert_null(template_expand(&arena, span_str("$0"), groups).ptr);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
