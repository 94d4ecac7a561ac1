/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The board between the logger and its producers.  The ledger has one writer,
 * the logger: who joins keeps a mapping that even mprotect cannot make
 * writable again, and none of the store, which the logger believes.  The wake
 * word is everybody's; one who misuses it delays lines by the second that the
 * logger sleeps at most.
 */
#include "config.h"

#include "ipc/log_board.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

_Static_assert(sizeof(struct log_board_dest) == 64,
    "destinations do not share cache lines");

#define LEDGER_SIZE (LOG_DEST_MAX * sizeof(struct log_board_dest))
#define DEST_SIZE (LEDGER_SIZE + sizeof(struct crash_record))

static const struct shm unmade = { .fd = -1 };

static void
place(struct log_board *board)
{
	board->dest = board->dest_shm.memory;
	board->crash = (void *)((char *)board->dest_shm.memory + LEDGER_SIZE);
}

int
log_board_create(struct log_board *board)
{
	int saved;

	board->dest_shm = board->wake_shm = board->store.shm = unmade;
	board->store.text_fd = -1;
	board->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (board->wake_fd == -1 ||
	    shm_create(&board->dest_shm, "drover-ledger", DEST_SIZE) == -1 ||
	    shm_create(&board->wake_shm, "drover-wake",
		sizeof(*board->asleep)) == -1 ||
	    log_store_create(&board->store) == -1) {
		saved = errno;
		log_board_release(board);
		errno = saved;
		return -1;
	}
	place(board);
	board->asleep = board->wake_shm.memory;
	return 0;
}

int
log_board_join(struct log_board *board)
{
	if (shm_readonly(&board->dest_shm) == -1)
		return -1;
	place(board);
	shm_unmap(&board->store.shm);
	board->store.control = NULL;
	close(board->wake_shm.fd);
	board->wake_shm.fd = -1;
	return 0;
}

/* A new logger may have counts put right, which then are lower. */
#define READ_TRIES 1000

struct log_ledger
log_board_ledger(const struct log_board *board, int dest)
{
	const struct log_board_dest *row = &board->dest[dest];
	struct log_ledger l = { .stuck = atomic_load(&row->full) != 0 ||
					 atomic_load(&row->dropping) != 0 };
	int tries = READ_TRIES;

	/* Each line counted here is in what is read after it. */
	do {
		l.written = atomic_load(&row->written);
		l.lost = atomic_load(&row->lost);
		l.appended = atomic_load(&row->appended);
	} while (l.appended < l.written + l.lost && --tries > 0);
	if (tries == 0)
		l.appended = l.written + l.lost;
	l.queued = l.appended - l.written - l.lost;
	return l;
}

void
log_board_wake(struct log_board *board)
{
	static const uint64_t one = 1;

	/* Pairs with the logger's: it flags itself asleep, fences, and looks
	 * at all rings once more.  One of us sees the other. */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(board->asleep, memory_order_relaxed) == 0 ||
	    atomic_exchange(board->asleep, 0) == 0)
		return;
	/* EAGAIN: the counter is full, so it will wake anyway. */
	while (write(board->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void
log_board_release(struct log_board *board)
{
	shm_release(&board->dest_shm);
	shm_release(&board->wake_shm);
	log_store_release(&board->store);
	if (board->wake_fd != -1)
		close(board->wake_fd);
	board->wake_fd = -1;
	board->dest = NULL;
	board->crash = NULL;
	board->asleep = NULL;
}
