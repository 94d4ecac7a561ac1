/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rule of holding back, played out: connections that stay wake workers in
 * the least fair order, and the busiest is to have at most 1.5 times the mean.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/accept.h"

#define WORKERS_MAX 64

static double
mean_of(const unsigned *own, unsigned workers)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < workers; i++)
		sum += own[i];
	return (double)sum / workers;
}

/*
 * Always the first worker that does not hold back is woken; when all of them
 * hold back their time is up, and each takes one.
 */
static void
take_all(unsigned *own, unsigned workers, unsigned connections)
{
	while (connections > 0) {
		unsigned i;

		for (i = 0; i < workers; i++)
			if (!balance_holds_back(own[i], mean_of(own, workers),
				0))
				break;
		if (i < workers) {
			own[i]++;
			connections--;
			continue;
		}
		for (i = 0; i < workers && connections > 0; i++) {
			own[i]++;
			connections--;
		}
	}
}

static void
test_busiest_is_near_the_mean(void **state)
{
	static const struct {
		unsigned workers, connections;
	} rows[] = { { 2, 64 }, { 8, 64 }, { 3, 64 }, { 8, 1000 }, { 2, 10000 },
		{ 64, 1000 } };

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		unsigned own[WORKERS_MAX] = { 0 };
		unsigned most = 0;

		take_all(own, rows[r].workers, rows[r].connections);
		for (unsigned i = 0; i < rows[r].workers; i++)
			if (own[i] > most)
				most = own[i];
		assert_true(most * 2 * rows[r].workers <=
		    rows[r].connections * 3);
	}
}

static void
test_quiet_workers_do_not_wait(void **state)
{
	(void)state;
	assert_false(balance_holds_back(0, 0, 0));
	assert_false(balance_holds_back(1, 0.5, 0));
	assert_false(balance_holds_back(2, 0.5, 0));
	assert_true(balance_holds_back(3, 0.5, 0));
}

static void
test_patience_ends(void **state)
{
	unsigned patience;

	(void)state;
	/* Seven stuck workers, one that serves: it takes what comes. */
	for (patience = 0; balance_holds_back(1000, 125, patience); patience++)
		assert_true(patience < 16);
	assert_false(balance_holds_back(100000, 0, 20));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_busiest_is_near_the_mean),
		cmocka_unit_test(test_quiet_workers_do_not_wait),
		cmocka_unit_test(test_patience_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
