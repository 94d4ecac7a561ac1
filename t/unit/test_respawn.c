/* SPDX-License-Identifier: BSD-2-Clause */
/* master/respawn: how long a place stays empty. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "master/respawn.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct death {
	enum respawn_cause cause;
	int64_t delay_ms;
};

static void
check(const struct death *deaths, size_t count)
{
	struct respawn r = { 0 };

	for (size_t i = 0; i < count; i++)
		assert_int_equal(
		    respawn_delay(&r, deaths[i].cause), deaths[i].delay_ms);
}

static void
test_rows_of_deaths(void **state)
{
	static const struct death starting[] = {
		{ RESPAWN_STARTING, 1000 },
		{ RESPAWN_STARTING, 2000 },
		{ RESPAWN_STARTING, 4000 },
		{ RESPAWN_STARTING, 8000 },
		{ RESPAWN_STARTING, 16000 },
		{ RESPAWN_STARTING, 32000 },
		{ RESPAWN_STARTING, 60000 },
		{ RESPAWN_STARTING, 60000 },
	};
	static const struct death unused[] = {
		{ RESPAWN_UNUSED, 50 },
		{ RESPAWN_UNUSED, 100 },
		{ RESPAWN_UNUSED, 200 },
		{ RESPAWN_UNUSED, 400 },
		{ RESPAWN_UNUSED, 500 },
		{ RESPAWN_UNUSED, 500 },
	};

	(void)state;
	check(starting, COUNT(starting));
	check(unused, COUNT(unused));
}

static void
test_one_that_worked_begins_anew(void **state)
{
	static const struct death deaths[] = {
		{ RESPAWN_USED, 0 },
		{ RESPAWN_USED, 0 },
		{ RESPAWN_UNUSED, 50 },
		{ RESPAWN_UNUSED, 100 },
		{ RESPAWN_USED, 0 },
		{ RESPAWN_UNUSED, 50 },
		{ RESPAWN_STARTING, 1000 },
		{ RESPAWN_STARTING, 2000 },
		{ RESPAWN_UNUSED, 50 },
		{ RESPAWN_STARTING, 1000 },
	};

	(void)state;
	check(deaths, COUNT(deaths));
}

static void
test_killed_at_work_in_a_row(void **state)
{
	static const struct death deaths[] = {
		{ RESPAWN_SHORT, 0 },
		{ RESPAWN_SHORT, 50 },
		{ RESPAWN_SHORT, 100 },
		{ RESPAWN_UNUSED, 200 },
		{ RESPAWN_SHORT, 400 },
		{ RESPAWN_SHORT, 500 },
		{ RESPAWN_USED, 0 },
		{ RESPAWN_SHORT, 0 },
		{ RESPAWN_UNUSED, 50 },
		{ RESPAWN_USED, 0 },
		{ RESPAWN_UNUSED, 50 },
		{ RESPAWN_SHORT, 100 },
	};

	(void)state;
	check(deaths, COUNT(deaths));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_of_deaths),
		cmocka_unit_test(test_one_that_worked_begins_anew),
		cmocka_unit_test(test_killed_at_work_in_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
