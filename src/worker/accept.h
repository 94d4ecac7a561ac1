/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepting on the shared listeners, spread evenly over the workers: each is
 * woken alone (EPOLLEXCLUSIVE), accepts at least one, and holds back for a
 * moment when it has more than the others.
 */
#ifndef DROVER_WORKER_ACCEPT_H
#define DROVER_WORKER_ACCEPT_H

#include <stdbool.h>

#include "worker/worker_private.h"

/* Watches all listeners; -1 with errno. */
int acceptor_open(struct worker *);
/* Accepts no more; what waits is the others'.  The descriptors stay open. */
void acceptor_stop(struct worker *);
/*
 * Accepts until nothing waits, then closes the listeners: their end, of which
 * worker_deaf() is told.  Without descriptors that takes until some connections
 * have ended: acceptor_finishing() until then.
 */
void acceptor_finish(struct worker *);
bool acceptor_finishing(const struct worker *);
void acceptor_close(struct worker *);
/* Accepts what waits, if it accepts at all: somebody who was woken for it may
 * be gone. */
void acceptor_poke(struct worker *);
/* A connection has come or gone, has become busy or idle: whether there is room
 * for others may be different now. */
void acceptor_look_again(struct worker *);
/* Descriptors or memory ran out, as errno says: cached files are given back.
 * True: some were.  what: "accept", or what else cannot be done. */
bool acceptor_give_back(const char *what);

/* ---- accept_room.c: those beyond MaxConnections ---- */

struct conn;
struct exchange;

/* For one more: at the bound, those go that have been idle the longest.  False:
 * it is beyond the bound. */
bool acceptor_make_room(struct worker *);
/* Whether what a connection asks may be answered: there is room for it now, or
 * it was never beyond the bound. */
bool acceptor_admits(struct conn *);
/* It counts as any other, come what may. */
void acceptor_admit(struct conn *);
/* Answers with 503. */
void acceptor_refuse(struct conn *, struct exchange *);

/* ---- balance.c ---- */

struct balance {
	unsigned fruitless; /* holds since the others last took something */
	double others;	    /* what the others had when it was looked last */
};

/*
 * Whether a worker with own connections is to hold back, when the mean of all
 * live workers is mean: more than the mean and a few.  The few keep quiet
 * servers from waiting for each other, and are doubled again and again while
 * holding back brings nothing, since the others do not take what waits.
 */
bool balance_hold(
    struct balance *, unsigned own, double mean, unsigned workers);

#endif
