/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The access log's side of a request: formats a finished exchange straight
 * into the worker's ring.  Used by the connection around the send that
 * completes the answer:
 *
 *	if (!access_log_stage(x, &mark)) -> park, try again later
 *	send
 *	complete:  access_log_publish(mark)
 *	partial:   access_log_unstage(), stage again before the next send
 */
#ifndef DROVER_LOG_ACCESS_LOG_H
#define DROVER_LOG_ACCESS_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "http/exchange.h"
#include "ipc/log_board.h"
#include "ipc/log_ring.h"

/* In each worker, once; both borrowed for the process's life. */
void access_log_attach(struct log_ring *, struct log_board *);

/*
 * Stages the exchange's lines (one for each CustomLog that holds for its
 * host).  False: no room in the ring, or a destination is full; nothing of
 * this exchange is staged then.  A host without logs: true, the mark unmoved.
 * Does not return if the logger has given the ring up: the worker ends.
 */
bool access_log_stage(struct exchange *, uint64_t *mark_r);
void access_log_publish(uint64_t mark);
void access_log_unstage(void);
/*
 * For an exchange that ended without a complete answer: stage and publish.
 * False when there is no room: the connection keeps it and tries again.
 */
bool access_log_write(struct exchange *);

#endif
