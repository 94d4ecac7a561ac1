/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of a connection share. */
#ifndef DROVER_WORKER_CONN_PRIVATE_H
#define DROVER_WORKER_CONN_PRIVATE_H

#include "worker/conn.h"

/* ---- conn.c: what happens while it is open ---- */

/* Runs it as far as it goes. */
void conn_go_on(struct conn *);
/* What the loop calls. */
void conn_ready(struct loop_source *, uint32_t events);
void conn_deferred(struct loop_task *);

/* ---- conn_wait.c: how long ---- */

/*
 * Starts the timer of what is waited for.  One that runs for the same goes on,
 * unless it is to be renewed.
 */
void conn_wait(struct conn *, enum conn_wait, bool renew);
/*
 * WAIT_HEAD or WAIT_BODY is what it waits for; anew: of another request than
 * before.  Its bound in time begins unless it runs already.
 */
void conn_reading(struct conn *, enum conn_wait, bool anew);
/* For how long it has waited for this already. */
int64_t conn_waited(struct conn *);
/* The same wait, by what bounds it now. */
void conn_wait_anew(struct conn *);
/* Bytes of an answer went. */
void conn_wrote(struct conn *, size_t bytes);
/* A write found no room: from now on the peer is looked at. */
void conn_blocked(struct conn *);
/* It is waited for, unless it is already. */
void conn_writing(struct conn *, bool renew);
void conn_expired(struct loop_timer *);

/* ---- conn_show.c: what others see ---- */

void conn_show_stage(struct conn *, enum conn_stage);
static inline void
conn_at(struct conn *c, enum conn_stage stage)
{
	if (c->stage != stage)
		conn_show_stage(c, stage);
}
/* Its oldest exchange rests: the turn goes on without it. */
void conn_show_exchange(struct conn *);
/* The one that was shown has ended. */
void conn_hide_exchange(struct conn *);

/* ---- conn_life.c: beginning and end ---- */

/* Moves it to the end of one of the worker's lists. */
void conn_enlist(struct conn *, struct list *);
/* The end of the struct of a closed one; false: a line of it has to wait, and
 * it is parked. */
bool conn_bury(struct conn *);

/* ---- conn_linger.c: the last bytes ---- */

/* All is said. */
void conn_finish(struct conn *);
void conn_linger(struct conn *);

/* ---- conn_log.c: lines that find no room ---- */

/*
 * Logs and releases what has ended.  False: a line of an aborted exchange
 * finds no room yet.
 */
bool conn_settle(struct conn *);
/* Nothing of it goes on until the log takes lines again. */
void conn_park(struct conn *);

#endif
