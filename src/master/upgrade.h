/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replacing the binary: the master executes what lies at its path now, which
 * becomes a master of its own, beside this one, with the same listeners.  Once
 * that one serves it takes over, and this one drains.  Both sides are here,
 * for each master is once the new one and once the old one.
 */
#ifndef DROVER_MASTER_UPGRADE_H
#define DROVER_MASTER_UPGRADE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/list.h"
#include "ipc/channel.h"
#include "master/mailbox.h"
#include "os/loop.h"

struct generation;
struct master;

enum upgrade_state {
	UPGRADE_IDLE,
	UPGRADE_STARTING, /* the next master is to serve */
	UPGRADE_GRACE,	  /* it does; removed listeners refuse */
	UPGRADE_GIVEN,	  /* it is the server, and this one drains */
};

/* Another master, on the other end of a channel. */
struct peer {
	struct list_node node; /* in upgrade.peers */
	struct master *master; /* this one */
	struct mailbox mailbox;
	pid_t pid;
	bool is_child; /* to be reaped, which says more than the mailbox */
	bool gone;     /* freed once it was reaped */
	struct loop_timer timer; /* kills it */
};

struct upgrade {
	enum upgrade_state state;
	bool wanted;	     /* as soon as the reload under way is over */
	struct peer *next;   /* it is to take over from this one, or has */
	struct peer *before; /* this one is to take over from it */
	bool serves;	     /* SUCCESSION_SERVING was sent */
	bool taken;	     /* GIVEN: next can be found by all, */
	bool quiet;	     /* and nobody here accepts connections now */
	pid_t given_to;	     /* GIVEN */
	struct list peers;   /* these, and others that drain */
	uint64_t adopts;     /* version of the connections that next takes */
	bool joined;	     /* next shares the pid file */
	char said[1024];     /* by next: what is wrong, lines */
	struct loop_timer timer;
};

void upgrade_init(struct master *);
void upgrade_release(struct master *);

/* ---- the old master ---- */

/* It begins once it can (upgrade_resume); -1 with err: it is refused. */
int upgrade_request(struct master *, struct err *);
/* Begins what was asked for, if it is possible now. */
void upgrade_resume(struct master *);
/* No new one may begin now, nor a reload. */
bool upgrade_is_under_way(const struct master *);
/* The server stops: what is being started is given up. */
void upgrade_cancel(struct master *, bool graceful);
/* This one is draining and its workers accept no more, perhaps. */
void upgrade_look_quiet(struct master *);

/* ---- the new master ---- */

/* True while this one is not the server yet, but another. */
bool upgrade_stands_by(const struct master *);
/* Opens the channel to the one before; -1 with err. */
int upgrade_join(struct master *, struct err *);
/* The first generation has its listeners. */
void upgrade_tell_left(struct master *);
/* All workers serve: it takes over once the one before says so. */
void upgrade_serves(struct master *);
/* It cannot, and goes: what its workers have accepted is given back. */
void upgrade_fails(struct master *, const char *why, enum drain_mode);

/* ---- both ---- */

/* True if the pid was that of another master. */
bool upgrade_ended(struct master *, pid_t, int status);
/* Others that drain are to end at once, as this one does. */
void upgrade_stop_peers(struct master *);
/* So many drain. */
unsigned upgrade_draining(const struct master *);
/* After each turn: forgets those that are gone. */
void upgrade_collect(struct master *);
/* No other master depends on this one, nor this one on another. */
bool upgrade_may_end(const struct master *);
/* Others hold back with what they give, or not. */
void upgrade_hold(struct master *, bool hold);

#endif
