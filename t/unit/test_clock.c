/* SPDX-License-Identifier: BSD-2-Clause */
/* base/clock: cached values stand still, exact ones do not. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void
test_cached(void **state)
{
	int64_t ms, us, start;
	time_t real;

	(void)state;
	clock_refresh();
	ms = clock_now_ms();
	us = clock_real_us();
	real = clock_real();
	assert_true(ms > 0);
	/* Busy for 3 ms: the exact clock shows it, the cached do not. */
	start = clock_exact_us();
	while (clock_exact_us() - start < 3000)
		;
	assert_true(clock_now_ms() == ms);
	assert_true(clock_real_us() == us);
	assert_true(clock_real() == real);
	clock_refresh();
	assert_true(clock_now_ms() >= ms + 2);
	assert_true(clock_real_us() != us);
}

static void
test_agree(void **state)
{
	struct timespec before, after;
	int64_t low, high;

	(void)state;
	low = clock_exact_us() / 1000;
	clock_gettime(CLOCK_REALTIME, &before);
	clock_refresh();
	clock_gettime(CLOCK_REALTIME, &after);
	high = clock_exact_us() / 1000;
	assert_in_range(clock_now_ms(), low, high);
	assert_in_range(clock_real_us(),
	    (int64_t)before.tv_sec * 1000000 + before.tv_nsec / 1000,
	    (int64_t)after.tv_sec * 1000000 + after.tv_nsec / 1000);
	assert_true(clock_real() == clock_real_us() / 1000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cached),
		cmocka_unit_test(test_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
