/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the logger and its producers tell each other besides lines, in shared
 * memory: who must be woken, which destinations are full, and the ledger.
 *
 * Waking: the logger is asleep only after a pass that found nothing.  A
 * producer publishes, then a seq_cst fence, then loads `asleep`; who turns it
 * from 1 to 0 writes to the eventfd.  After a pass with lines the logger naps
 * 2 ms, still flagged awake, so a busy server wakes it never.
 *
 * Ledger of each destination, always: appended = written + lost + queued.  The
 * logger counts a line as appended before it counts it as anything else.
 */
#ifndef DROVER_IPC_LOG_BOARD_H
#define DROVER_IPC_LOG_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ipc/log_dest.h"
#include "ipc/log_store.h"
#include "os/crash.h"
#include "os/shm.h"

struct log_board_dest {
	_Atomic uint64_t appended;	/* lines taken over from rings */
	_Atomic uint64_t written;
	_Atomic uint64_t lost;		/* dropped, each counted */
	_Atomic uint64_t queued;	/* lines in the logger's memory */
	_Atomic uint32_t full;		/* 1: park exchanges that log here */
	_Atomic uint32_t dropping;	/* 1: it took nothing for so long that
					 * its lines are dropped */
	char pad_[24];
};

struct log_board {
	struct shm dest_shm;		/* logger writes, others read */
	struct shm wake_shm;		/* one word, exchanged by all */
	struct log_store store;		/* the logger's and the master's */
	int wake_fd;			/* eventfd */
	struct log_board_dest *dest;	/* LOG_DEST_MAX of them */
	struct crash_record *crash;	/* the logger's; cleared by the master */
	_Atomic uint32_t *asleep;
};

/* By the master, before any fork. */
int log_board_create(struct log_board *);
/* In a producer: destinations become read-only, the store is not there any
 * more; memfds are closed, but for the store's, which no producer inherits. */
int log_board_join(struct log_board *);
void log_board_release(struct log_board *);

/* What became of a destination's lines. */
struct log_ledger {
	uint64_t appended, written, lost, queued;
	bool stuck;		/* it takes too little, or nothing */
};

/* As of one moment: it adds up, whatever the logger is doing. */
struct log_ledger log_board_ledger(const struct log_board *, int dest);

/* After publishing: wakes the logger if it sleeps. */
void log_board_wake(struct log_board *);
static inline bool
log_board_full(const struct log_board *board, int dest)
{
	return dest >= 0 && dest < LOG_DEST_MAX &&
	    atomic_load_explicit(&board->dest[dest].full,
		memory_order_relaxed) != 0;
}

#endif
