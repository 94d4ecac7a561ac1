/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the acceptor share. */
#ifndef DROVER_WORKER_ACCEPT_PRIVATE_H
#define DROVER_WORKER_ACCEPT_PRIVATE_H

#include "worker/accept.h"

struct accept_source {
	struct loop_source source;
	struct acceptor *acceptor;
	const struct listener *listener;
	bool any; /* bound to no one address: the local one of a
		   * connection must be asked for */
};

struct acceptor {
	struct worker *worker;
	struct accept_source *sources;
	size_t count;
	bool watching;
	bool full;	   /* waits for room */
	bool others_full;  /* when that was looked at last */
	bool stopped;	   /* for good */
	unsigned accepted; /* since the last change of place */
	struct balance balance;
	int64_t say_again_ms; /* not before, that it is full */
	struct loop_timer again;
	struct loop_task turn_end; /* if it may be full then */
};

/* ---- accept_watch.c ---- */

int acceptor_watch(struct acceptor *);
void acceptor_unwatch(struct acceptor *);
/* Looks away for a while; the timer's function decides how it goes on. */
void acceptor_pause(struct acceptor *, int64_t ms);
/* Watches, or tries again later. */
void acceptor_resume(struct acceptor *);
/* Holds back if this worker has more than its share. */
bool acceptor_holds_back(struct acceptor *);

/* A worker whose slot is older is stuck and counts for nothing. */
#define FRESH_MS 1000

/* ---- accept_room.c ---- */

/* It is to accept no more: others have room, or not even one that is to be
 * refused can be taken. */
bool acceptor_is_full(struct worker *);
/* Watches, or looks away until there is room. */
void acceptor_look(struct acceptor *);
/* Looks away, if it is full at the end of a turn. */
void acceptor_turn_ends(struct loop_task *);

#endif
