/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is left of a destination when its logger is killed in the middle of a
 * step, and what it takes of memory.
 */
#include "config.h"

#include "logger/dest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct log_board board;
static struct dest_group group;
static struct dest *dest;

/* As a logger that finds what one before it has left. */
static void
begin(void)
{
	group = (struct dest_group){ .store = &board.store,
		.soft = 1000,
		.hard = 2000,
		.error_dest = -1 };
	list_init(&group.busy);
	list_init(&group.touched);
	dest = dest_create(&group, &board, 3);
	assert_non_null(dest);
	assert_int_equal(dest_offer(dest, LOG_DEST_FILE, "a log", -1), 0);
}

static int
set_up(void **state)
{
	(void)state;
	if (log_board_create(&board) == -1)
		return -1;
	begin();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	dest_destroy(&dest);
	log_board_release(&board);
	return 0;
}

static void
add_lines(unsigned count)
{
	char line[99];

	memset(line, 'x', sizeof(line));
	while (count-- > 0)
		dest_add(dest, span_of(line, sizeof(line)));
}

static void
expect_ledger(uint64_t appended, uint64_t lost, uint64_t queued)
{
	struct log_ledger l = log_board_ledger(&board, 3);

	assert_int_equal(l.appended, appended);
	assert_int_equal(l.lost, lost);
	assert_int_equal(l.queued, queued);
	assert_int_equal(l.written, 0);
}

/* What was read is still in the rings, and what was queued in the queue. */
static void
test_killed_in_a_step(void **state)
{
	(void)state;
	add_lines(5);
	group.reading = true;
	add_lines(3);
	expect_ledger(8, 0, 8);
	dest_destroy(&dest);
	begin();
	expect_ledger(5, 0, 5);
}

/* The same where the step drops the queue. */
static void
test_killed_in_a_step_that_drops(void **state)
{
	(void)state;
	add_lines(5);
	group.reading = true;
	add_lines(30);
	assert_true(dest->dropping);
	expect_ledger(35, 35, 0);
	dest_destroy(&dest);
	begin();
	expect_ledger(5, 0, 5);
	assert_false(dest->dropping);
}

/* Noted and begun, it is done by who comes next. */
static void
test_killed_in_a_step_that_holds(void **state)
{
	struct log_store_control *c = board.store.control;

	(void)state;
	add_lines(5);
	group.reading = true;
	add_lines(30);
	dests_note(&group);
	log_store_set_step(c, LOG_STORE_ALL);
	dest_destroy(&dest);
	log_store_apply(c);
	log_store_set_step(c, LOG_STORE_NOTHING);
	begin();
	expect_ledger(35, 35, 0);
	assert_true(dest->dropping);
}

/* A logger whose predecessor's step is not done has its own after that. */
static void
test_step_before(void **state)
{
	struct log_store_control *c = board.store.control;

	(void)state;
	atomic_store(&c->ring_count, 1);
	log_store_set_step(c, LOG_STORE_TAILS);
	add_lines(1);
	assert_int_equal(atomic_load(&c->step), LOG_STORE_TAILS);
	assert_int_equal(atomic_load(&c->ring_count), 1);
	assert_false(list_empty(&group.touched));
	log_store_set_step(c, LOG_STORE_NOTHING);
	add_lines(1);
	dest_destroy(&dest);
	begin();
	expect_ledger(2, 0, 2);
}

static uint64_t
bytes_used(void)
{
	struct stat st;

	assert_int_equal(fstat(board.store.text_fd, &st), 0);
	return (uint64_t)st.st_blocks * 512;
}

/* Lines that are dropped or written take no memory after that. */
static void
test_memory_is_given_back(void **state)
{
	(void)state;
	group.hard = 4 * 1024 * 1024;
	add_lines(40000);
	assert_true(bytes_used() >= 4000000);
	add_lines(2000);
	assert_true(dest->dropping);
	assert_in_range(bytes_used(), 0, 64 * 1024);
}

#define WITH_DEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DEST(test_killed_in_a_step),
		WITH_DEST(test_killed_in_a_step_that_drops),
		WITH_DEST(test_killed_in_a_step_that_holds),
		WITH_DEST(test_step_before),
		WITH_DEST(test_memory_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
