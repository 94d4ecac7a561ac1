/* SPDX-License-Identifier: BSD-2-Clause */
/* master/root_watch: how often changes of roots are followed. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/module.h"
#include "master/root_watch.h"

const struct module *const modules[] = { NULL };

/* Asked every second for so long: when it allowed. */
static size_t
ask(struct root_pace *pace, int64_t from_s, int64_t to_s, int64_t *allowed_s)
{
	size_t count = 0;

	for (int64_t s = from_s; s <= to_s; s++)
		if (root_pace_allows(pace, s * 1000))
			allowed_s[count++] = s;
	return count;
}

static void
test_one_that_changes_all_the_time(void **state)
{
	static const int64_t expected[] = { 100, 101, 103, 107, 115, 131, 163,
		223, 283 };
	struct root_pace pace = { 0 };
	int64_t allowed[300];

	(void)state;
	assert_int_equal(ask(&pace, 100, 300, allowed),
	    sizeof(expected) / sizeof(expected[0]));
	assert_memory_equal(allowed, expected, sizeof(expected));
}

static void
test_after_a_calm_time(void **state)
{
	struct root_pace pace = { 0 };
	int64_t allowed[300];

	(void)state;
	ask(&pace, 100, 110, allowed);
	/* The last was at 107, the next could be at 115. */
	assert_true(root_pace_allows(&pace, 200 * 1000));
	assert_false(root_pace_allows(&pace, 200 * 1000 + 900));
	assert_true(root_pace_allows(&pace, 201 * 1000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_that_changes_all_the_time),
		cmocka_unit_test(test_after_a_calm_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
