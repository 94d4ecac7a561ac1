/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What workers say of themselves in shared memory: a page for each worker,
 * written by it alone, read by all.  Numbers and short text, no pointers.
 * The master trusts none of it with more than a worker's own fate.
 */
#ifndef DROVER_IPC_SCOREBOARD_H
#define DROVER_IPC_SCOREBOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "os/shm.h"

/* Workers of all living generations together. */
#define SCOREBOARD_SLOTS 1024
#define SCOREBOARD_SLOT_SIZE 4096

enum worker_state {
	WORKER_FREE,		/* no worker has this slot */
	WORKER_STARTING,	/* forked, has not said that it serves */
	WORKER_WAITING,		/* in epoll_wait, nothing to do */
	WORKER_BUSY,		/* in a turn of its loop since busy_since */
};

struct worker_slot {
	/* written by the master before the fork, then constant */
	uint64_t generation;
	int32_t pid;		/* by the worker, first thing */
	uint32_t number;	/* the N of "worker N" */

	/* written by the worker */
	_Atomic uint32_t state;			/* enum worker_state */
	_Atomic int64_t turn_ms;		/* CLOCK_MONOTONIC of the last
						 * turn: how fresh this is */
	_Atomic int64_t busy_since_ms;
	_Atomic uint32_t connections;		/* open now */
	_Atomic uint32_t draining;		/* accepts no more */
	_Atomic uint64_t accepted;		/* since it started */
	_Atomic uint64_t requests;		/* answered */
	_Atomic uint64_t bytes_sent;
	char request[512];			/* method and target of the one
						 * being worked on, for the
						 * log of a killed worker */
};

_Static_assert(sizeof(struct worker_slot) <= SCOREBOARD_SLOT_SIZE,
    "a slot fits its page");

struct scoreboard {
	struct shm shm;		/* in the master: mapped for all slots */
	struct worker_slot *own;/* in a worker: its slot, writable */
	const char *all;	/* read-only view */
	bool taken[SCOREBOARD_SLOTS];	/* the master's own knowledge: what a
					 * worker writes frees no slot */
};

int scoreboard_create(struct scoreboard *);
/*
 * In a worker: the writable mapping is replaced by a read-only one but for
 * the page of its own slot; the descriptor is closed.
 */
int scoreboard_join(struct scoreboard *, unsigned slot);
const struct worker_slot *scoreboard_slot(const struct scoreboard *,
    unsigned slot);
/* Master only: a cleared slot for a new worker, -1 when all are taken. */
int scoreboard_take(struct scoreboard *, uint64_t generation, unsigned number);
void scoreboard_free(struct scoreboard *, unsigned slot);
void scoreboard_release(struct scoreboard *);

/*
 * Mean number of connections over live workers of the generation that do not
 * drain and whose slot is fresher than max_age_ms (a waiting worker counts as
 * fresh); *workers_r is how many those are.
 */
double scoreboard_mean(const struct scoreboard *, uint64_t generation,
    int64_t now_ms, int64_t max_age_ms, unsigned *workers_r);

#endif
