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
	bool stopped;	   /* for good */
	unsigned accepted; /* since the last change of place */
	struct balance balance;
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

/* There is neither room for a connection nor an idle one to be closed. */
bool acceptor_is_full(struct worker *);
/* For one more: at the bound, those go that have been idle the longest. */
void acceptor_make_room(struct worker *);
/* Full: looks away until there is room. */
void acceptor_look_away(struct acceptor *);
/* The same, if it is full at the end of a turn. */
void acceptor_turn_ends(struct loop_task *);

#endif
