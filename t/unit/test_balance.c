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
	struct balance balances[WORKERS_MAX] = { { 0, 0 } };

	while (connections > 0) {
		unsigned i;

		for (i = 0; i < workers; i++)
			if (!balance_hold(&balances[i], own[i],
				mean_of(own, workers), workers))
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
		assert_true(
		    most * 2 * rows[r].workers <= rows[r].connections * 3);
	}
}

static void
test_quiet_workers_do_not_wait(void **state)
{
	static const struct {
		unsigned own, workers;
		double mean;
		bool holds;
	} rows[] = {
		{ 0, 2, 0, false },
		{ 1, 2, 0.5, false },
		{ 2, 2, 1, false },
		{ 3, 2, 1.5, false },
		{ 5, 2, 2.5, true },
		/* Alone there is nobody to hold back for. */
		{ 1000, 1, 1000, false },
		{ 1000, 0, 0, false },
	};

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct balance b = { 0, 0 };

		assert_int_equal(balance_hold(&b, rows[r].own, rows[r].mean,
				     rows[r].workers),
		    rows[r].holds);
	}
}

/* The others are stuck: this one takes what comes, and is hardly held up. */
static void
test_patience_ends(void **state)
{
	static const unsigned counts[] = { 2, 8, 64 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct balance b = { 0, 0 };
		unsigned held = 0;

		for (unsigned own = 1; own <= 10000; own++)
			held += balance_hold(
			    &b, own, (double)own / counts[i], counts[i]);
		assert_in_range(held, 1, 100);
	}
}

/* They take something again: so this one waits for them again. */
static void
test_patience_begins_anew(void **state)
{
	struct balance b = { 0, 0 };
	unsigned held = 0;

	(void)state;
	while (balance_hold(&b, 100, 50, 2))
		assert_true(held++ < 100);
	assert_false(balance_hold(&b, 101, 50.5, 2));
	assert_true(balance_hold(&b, 101, 51, 2));
	/* Some of theirs have ended: nothing was taken. */
	held = 0;
	while (balance_hold(&b, 101, 50.5, 2))
		assert_true(held++ < 100);
	assert_true(balance_hold(&b, 101, 51, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_busiest_is_near_the_mean),
		cmocka_unit_test(test_quiet_workers_do_not_wait),
		cmocka_unit_test(test_patience_ends),
		cmocka_unit_test(test_patience_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
