/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The logger: the only process that writes logs.  It takes lines from the
 * rings of all producers and writes them, whole, to the descriptors that the
 * master passes; it opens nothing itself.  Limits, drops and the ledger are
 * per destination: one that is stuck does not stop the others.
 *
 * A pass: for each ring, from its tail to its head, copy lines into the queue
 * of their destination; move the queues' ends and the rings' tails in one step;
 * write the queues.  All that is in memory that the next logger finds, should
 * this one be killed (ipc/log_store.h).  What a destination does not take
 * stays in its queue.  A queue above the soft limit (1 MiB) sets the
 * board's `full` flag, at which producers park; without progress for 5 s the
 * destination's lines are dropped and counted, the flag is taken back, and
 * once it takes bytes again it gets one line with the count.  On ENOSPC or a
 * short write a file is cut back to its last whole line and tried again.
 */
#ifndef DROVER_LOGGER_LOGGER_H
#define DROVER_LOGGER_LOGGER_H

#include <stdint.h>
#include <sys/types.h>

#include "ipc/log_board.h"
#include "os/privs.h"
#include "os/sandbox.h"

struct logger_setup {
	int channel;			/* to the master */
	struct log_board *board;	/* created by the master */
	const struct privs *privs;	/* dropped before the first line */
	enum sandbox_mode sandbox;
	pid_t master;			/* its pid from before the fork */
	int error_dest;			/* where the logger's own messages go,
					 * once that destination is there */
	int64_t stuck_ms;		/* without progress, from when lines
					 * are dropped; 0: 5000 (for tests) */
};

/*
 * The life of the logger process, called in the forked child; exits the
 * process's way: returns its exit status.  Ignores TERM, INT, HUP, QUIT,
 * USR1; its PDEATHSIG is a caught signal: it drains for at most 0.2 s (all
 * producers are dying too: staged lines count), then ends.
 */
int logger_run(const struct logger_setup *);

#endif
