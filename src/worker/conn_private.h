/* SPDX-License-Identifier: BSD-2-Clause */
/* What conn.c and conn_life.c share of a connection. */
#ifndef DROVER_WORKER_CONN_PRIVATE_H
#define DROVER_WORKER_CONN_PRIVATE_H

#include "worker/conn.h"

/*
 * Starts the timer of what is waited for.  A head, and lingering, are bounded
 * as a whole, every other wait since something last moved.
 */
void conn_wait(struct conn *, enum conn_wait, bool progress);
/* Moves it to the end of one of the worker's lists. */
void conn_enlist(struct conn *, struct list *);
/*
 * Logs and releases what has ended.  False: a line of an aborted exchange
 * finds no room yet.
 */
bool conn_settle(struct conn *);
/* Nothing of it goes on until the log takes lines again. */
void conn_park(struct conn *);
/* Ends it; reset: the peer learns that it was cut.  The struct goes at the end
 * of the turn: callers may still look at it. */
void conn_close(struct conn *, bool reset);
/* The end of the struct of a closed one. */
void conn_bury(struct conn *);
/* Runs it as far as it goes. */
void conn_go_on(struct conn *);

/* What the loop calls. */
void conn_ready(struct loop_source *, uint32_t events);
void conn_deferred(struct loop_task *);
void conn_expired(struct loop_timer *);

#endif
