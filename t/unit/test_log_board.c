/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The board: who joins reads the ledger and cannot write it; only a producer
 * that finds the logger asleep wakes it, and only one does.
 */
#include "config.h"

#include "ipc/log_board.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct log_board board;

static int
create(void **state)
{
	(void)state;
	return log_board_create(&board);
}

static int
release(void **state)
{
	(void)state;
	log_board_release(&board);
	log_board_release(&board);
	return 0;
}

/* The wake-ups that came since the last call. */
static uint64_t
wakes(void)
{
	uint64_t count = 0;

	if (read(board.wake_fd, &count, sizeof(count)) == -1)
		assert_int_equal(errno, EAGAIN);
	return count;
}

static void
test_wake(void **state)
{
	(void)state;
	log_board_wake(&board);
	assert_int_equal(wakes(), 0);
	atomic_store(board.asleep, 1);
	log_board_wake(&board);
	log_board_wake(&board);
	assert_int_equal(wakes(), 1);
	assert_int_equal(atomic_load(board.asleep), 0);
}

static int
run_joined(void)
{
	if (log_board_join(&board) == -1)
		return 1;
	if (atomic_load(&board.dest[3].appended) != 77 ||
	    !log_board_full(&board, 3) || log_board_full(&board, 4))
		return 2;
	log_board_wake(&board);
	if (mprotect(board.dest, sizeof(*board.dest), PROT_READ | PROT_WRITE) ==
	    0)
		return 3;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
		   board.dest_shm.fd, 0) == MAP_FAILED
		   ? 0
		   : 4;
}

static void
test_join(void **state)
{
	pid_t pid;
	int i, status;

	(void)state;
	atomic_store(&board.dest[3].appended, 77);
	atomic_store(&board.dest[3].full, 1);
	for (i = 0; i < 2; i++) {
		atomic_store(board.asleep, 1);
		pid = fork();
		if (pid == 0)
			_exit(run_joined());
		assert_true(pid > 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		assert_int_equal(wakes(), 1);
	}
	/* The logger's mapping, inherited as this one, stays writable. */
	atomic_store(&board.dest[3].full, 0);
	assert_false(log_board_full(&board, 3));
	assert_false(log_board_full(&board, -1));
	assert_false(log_board_full(&board, LOG_DEST_MAX));
}

static void
check_sum(uint64_t appended, uint64_t written, uint64_t lost)
{
	struct log_board_dest *row = &board.dest[3];
	struct log_ledger l;

	atomic_store(&row->appended, appended);
	atomic_store(&row->written, written);
	atomic_store(&row->lost, lost);
	l = log_board_ledger(&board, 3);
	assert_true(l.written == written && l.lost == lost);
	assert_true(l.appended == l.written + l.lost + l.queued);
}

/* Whatever of a change is already there, what is read adds up. */
static void
test_ledger(void **state)
{
	struct log_board_dest *row = &board.dest[3];

	(void)state;
	check_sum(1, 0, 0);
	atomic_store(&row->queued, 1);
	check_sum(1, 0, 0);
	check_sum(1, 1, 0);
	check_sum(7, 1, 2);
	/* A logger that was killed had counted what it had not yet taken. */
	check_sum(5, 4, 2);
	assert_false(log_board_ledger(&board, 3).stuck);
	atomic_store(&row->dropping, 1);
	assert_true(log_board_ledger(&board, 3).stuck);
	atomic_store(&row->dropping, 0);
	atomic_store(&row->full, 1);
	assert_true(log_board_ledger(&board, 3).stuck);
}

#define WITH_BOARD(f) cmocka_unit_test_setup_teardown(f, create, release)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOARD(test_wake),
		WITH_BOARD(test_join),
		WITH_BOARD(test_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
