/* SPDX-License-Identifier: BSD-2-Clause */
/* The ring of samples, and what is there before anything was said. */
#include "config.h"

#include "ipc/master_board.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct master_board board;

static int
empty(void **state)
{
	(void)state;
	memset(&board, 0, sizeof(board));
	return 0;
}

static void
add(int from, int to)
{
	for (int i = from; i <= to; i++) {
		struct load_sample sample = { .at_ms = i * 1000,
			.requests = (uint64_t)i };

		master_board_add_sample(&board, &sample);
	}
}

static void
test_samples(void **state)
{
	struct load_sample samples[LOAD_SAMPLES];

	(void)state;
	assert_int_equal(master_board_samples(&board, samples), 0);
	add(1, 5);
	assert_int_equal(master_board_samples(&board, samples), 5);
	assert_int_equal(samples[0].requests, 5);
	assert_int_equal(samples[4].requests, 1);
	add(6, 1000);
	assert_int_equal(
	    master_board_samples(&board, samples), LOAD_SAMPLES - 1);
	for (unsigned i = 0; i < LOAD_SAMPLES - 1; i++)
		assert_int_equal(samples[i].requests, 1000 - i);
}

static void
test_nothing_said_yet(void **state)
{
	struct master_status status;
	struct master_change reload;

	(void)state;
	assert_true(master_board_status(&board, &status));
	assert_int_equal(status.state, MASTER_STARTING);
	assert_int_equal(status.generation_count, 0);
	assert_true(master_board_reload(&board, &reload));
	assert_int_equal(reload.outcome, RELOAD_NEVER);
	assert_string_equal(reload.error, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_samples, empty),
		cmocka_unit_test_setup(test_nothing_said_yet, empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
