/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots are taken and given back by the master alone; a worker can write its
 * own page and no other, whatever it tries.
 */
#include "config.h"

#include "ipc/scoreboard.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct scoreboard board;

static int
create(void **state)
{
	(void)state;
	return scoreboard_create(&board);
}

static int
release(void **state)
{
	(void)state;
	scoreboard_release(&board);
	return 0;
}

static struct worker_slot *
master_slot(int i)
{
	return (struct worker_slot *)(uintptr_t)scoreboard_slot(
	    &board, (unsigned)i);
}

/* The child's exit status, or 1000 + the signal that killed it. */
static int
in_child(int (*run)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		_exit(run());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static void
test_take_all(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < SCOREBOARD_SLOTS; i++) {
		assert_int_equal(scoreboard_take(&board, 3, 9), i);
		assert_int_equal(master_slot(i)->state, WORKER_STARTING);
		assert_int_equal(master_slot(i)->generation, 3);
		assert_int_equal(master_slot(i)->number, 9);
	}
	errno = 0;
	assert_int_equal(scoreboard_take(&board, 3, 9), -1);
	assert_int_equal(errno, ENOSPC);
	/* What a worker says of itself does not free its slot. */
	atomic_store(&master_slot(5)->state, WORKER_FREE);
	assert_int_equal(scoreboard_take(&board, 3, 9), -1);
	atomic_store(&master_slot(700)->requests, 44);
	scoreboard_free(&board, 700);
	assert_int_equal(master_slot(700)->state, WORKER_FREE);
	assert_int_equal(scoreboard_take(&board, 4, 1), 700);
	assert_int_equal(master_slot(700)->requests, 0);
}

static int
write_own(void)
{
	if (scoreboard_join(&board, 1) == -1)
		return 1;
	board.own->pid = 4711;
	atomic_store(&board.own->state, WORKER_WAITING);
	return scoreboard_slot(&board, 1)->pid == 4711 &&
		       scoreboard_slot(&board, 0)->number == 50
		   ? 0
		   : 2;
}

static int
write_other(void)
{
	if (scoreboard_join(&board, 1) == -1)
		return 1;
	master_slot(0)->pid = 1;
	return 0;
}

static int
write_other_by_inherited_address(void)
{
	char *before = board.shm.memory;

	if (scoreboard_join(&board, 1) == -1)
		return 1;
	*(volatile char *)before = 1;
	return 0;
}

static int
make_writable(void)
{
	if (scoreboard_join(&board, 1) == -1)
		return 1;
	return mprotect((void *)(uintptr_t)board.all, SCOREBOARD_SLOT_SIZE,
		   PROT_READ | PROT_WRITE) == -1
		   ? 0
		   : 2;
}

static void
test_join(void **state)
{
	(void)state;
	assert_int_equal(scoreboard_take(&board, 1, 50), 0);
	assert_int_equal(scoreboard_take(&board, 1, 51), 1);
	assert_int_equal(in_child(write_own), 0);
	assert_int_equal(master_slot(1)->pid, 4711);
	/* A sanitizer catches the signal and exits with its own status. */
	assert_int_not_equal(in_child(write_other), 0);
	assert_int_not_equal(in_child(write_other_by_inherited_address), 0);
	assert_int_equal(master_slot(0)->pid, 0);
	assert_int_equal(in_child(make_writable), 0);
	/* The master writes on. */
	assert_int_equal(scoreboard_take(&board, 1, 52), 2);
}

static void
put(uint64_t generation, enum worker_state worker_state, uint32_t connections,
    int64_t turn_ms, bool draining)
{
	struct worker_slot *slot =
	    master_slot(scoreboard_take(&board, generation, 0));

	atomic_store(&slot->state, worker_state);
	atomic_store(&slot->connections, connections);
	atomic_store(&slot->turn_ms, turn_ms);
	atomic_store(&slot->draining, draining);
}

static void
test_mean(void **state)
{
	unsigned workers;

	(void)state;
	assert_true(scoreboard_mean(&board, 2, 10000, 100, &workers) == 0);
	assert_int_equal(workers, 0);
	put(1, WORKER_WAITING, 1000, 10000, false); /* of another */
	put(2, WORKER_WAITING, 10, 1, false);	    /* waits long */
	put(2, WORKER_BUSY, 25, 9900, false);
	put(2, WORKER_BUSY, 1000, 9899, false); /* stuck */
	put(2, WORKER_STARTING, 1000, 10000, false);
	put(2, WORKER_WAITING, 1000, 10000, true);
	put(2, WORKER_BUSY, 40, 10000, false);
	scoreboard_free(&board, 0);
	assert_true(scoreboard_mean(&board, 2, 10000, 100, &workers) == 25);
	assert_int_equal(workers, 3);
}

/* Who could take a connection that this worker cannot. */
static void
test_others_have_room(void **state)
{
	(void)state;
	put(2, WORKER_BUSY, 5, 10000, false);
	assert_false(scoreboard_others_have_room(&board, 0, 10000, 100));
	put(2, WORKER_BUSY, 5, 9899, false); /* stuck */
	put(2, WORKER_WAITING, 5, 1, true);
	put(1, WORKER_WAITING, 5, 10000, false);
	assert_false(scoreboard_others_have_room(&board, 0, 10000, 100));
	put(2, WORKER_WAITING, 5, 1, false);
	assert_true(scoreboard_others_have_room(&board, 0, 10000, 100));
	atomic_store(&master_slot(4)->full, 1);
	assert_false(scoreboard_others_have_room(&board, 0, 10000, 100));
	assert_true(scoreboard_others_have_room(&board, 4, 10000, 100));
}

static void
count(int slot, uint64_t n)
{
	struct worker_slot *s = master_slot(slot);

	atomic_store(&s->accepted, n);
	atomic_store(&s->requests, n * 2);
	atomic_store(&s->bytes_sent, n * 3);
	atomic_store(&s->cpu_user_us, n * 4);
}

/* What the dead have counted stays in the sum. */
static void
test_totals(void **state)
{
	struct load_totals totals;

	(void)state;
	assert_int_equal(scoreboard_used(&board), 0);
	scoreboard_take(&board, 1, 1);
	scoreboard_take(&board, 1, 2);
	assert_int_equal(scoreboard_used(&board), 2);
	count(0, 100);
	count(1, 10);
	scoreboard_totals(&board, &totals);
	assert_int_equal(totals.accepted, 110);
	scoreboard_free(&board, 0);
	scoreboard_totals(&board, &totals);
	assert_int_equal(totals.accepted, 110);
	assert_int_equal(totals.requests, 220);
	assert_int_equal(totals.bytes, 330);
	assert_int_equal(totals.cpu_user_us, 440);
	assert_int_equal(scoreboard_take(&board, 2, 1), 0);
	count(0, 1);
	scoreboard_totals(&board, &totals);
	assert_int_equal(totals.accepted, 111);
}

/* A worker may read the master's board, and write it no more than the slots
 * of others. */
static int
write_masters(void)
{
	if (scoreboard_join(&board, 1) == -1)
		return 1;
	if (atomic_load(&scoreboard_master_view(&board)->slots_used) != 2)
		return 2;
	atomic_store((_Atomic uint32_t *)(uintptr_t)&scoreboard_master_view(
			 &board)
			 ->slots_used,
	    7);
	return 0;
}

static int
write_masters_by_inherited_address(void)
{
	struct master_board *master = scoreboard_master(&board);

	if (scoreboard_join(&board, 1) == -1)
		return 1;
	atomic_store(&master->slots_used, 7);
	return 0;
}

static void
test_masters_board(void **state)
{
	(void)state;
	scoreboard_take(&board, 1, 1);
	scoreboard_take(&board, 1, 2);
	assert_int_not_equal(in_child(write_masters), 0);
	assert_int_not_equal(in_child(write_masters), 2);
	assert_int_not_equal(in_child(write_masters_by_inherited_address), 0);
	assert_int_equal(scoreboard_used(&board), 2);
}

#define WITH_BOARD(f) cmocka_unit_test_setup_teardown(f, create, release)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOARD(test_take_all),
		WITH_BOARD(test_join),
		WITH_BOARD(test_mean),
		WITH_BOARD(test_others_have_room),
		WITH_BOARD(test_totals),
		WITH_BOARD(test_masters_board),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
