/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What workers say of themselves in shared memory: some pages for each worker,
 * written by it alone, read by all.  Numbers and short text, no pointers.
 * The master trusts none of it with more than a worker's own fate; readers
 * bound and escape what they show.
 */
#ifndef DROVER_IPC_SCOREBOARD_H
#define DROVER_IPC_SCOREBOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "ipc/master_board.h"
#include "ipc/seqlock.h"
#include "os/crash.h"
#include "os/shm.h"

/* Workers of all living generations together. */
#define SCOREBOARD_SLOTS 1024
#define SCOREBOARD_SLOT_SIZE 12288

enum worker_state {
	WORKER_FREE,		/* no worker has this slot */
	WORKER_STARTING,	/* forked, has not said that it serves */
	WORKER_WAITING,		/* in epoll_wait, nothing to do */
	WORKER_BUSY,		/* in a turn of its loop since busy_since */
};

/* What a connection is at. */
enum conn_stage {
	STAGE_WORKING,	/* a handler has the request, or nothing is known yet;
			 * not counted: it is what the others leave */
	STAGE_NEW,	/* connected, not a byte has come */
	STAGE_HEAD,	/* the rest of a head is to come */
	STAGE_BODY,	/* the rest of a body is to come */
	STAGE_SENDING,	/* the peer is to take bytes of an answer */
	STAGE_LOGGING,	/* the log is to take a line first */
	STAGE_IDLE,	/* kept alive between requests */
	STAGE_CLOSING,	/* all is said; the peer is to close */
	STAGE_COUNT
};

/* A request that was not answered within the turn in which it came. */
struct progress {
	int64_t since_ms;	/* CLOCK_MONOTONIC; 0: none */
	uint32_t stage;		/* enum conn_stage */
	uint32_t pad;
	/* As the client sent them, cut; ends with a NUL in each. */
	char client[48];
	char host[64];
	char request[160];	/* the request line */
};

/* Those of a worker that find no place are not shown, that is all. */
#define PROGRESS_MAX 24

struct worker_slot {
	/* written by the master before the fork, then constant */
	uint64_t generation;
	int64_t started_ms;	/* CLOCK_MONOTONIC */
	int32_t pid;		/* by the worker, first thing */
	uint32_t number;	/* the N of "worker N" */

	/* written by the worker */
	_Atomic uint32_t state;			/* enum worker_state */
	_Atomic int64_t turn_ms;		/* CLOCK_MONOTONIC of the last
						 * turn: how fresh this is */
	_Atomic int64_t busy_since_ms;
	_Atomic uint32_t connections;		/* open now */
	_Atomic uint32_t draining;		/* accepts no more */
	_Atomic uint32_t full;			/* at MaxConnections, and none
						 * is idle */
	_Atomic uint64_t accepted;		/* since it started */
	_Atomic uint64_t requests;		/* answered */
	_Atomic uint64_t bytes_sent;
	_Atomic uint64_t duration_ms;		/* as in struct load_totals */
	_Atomic uint64_t handed_over;		/* connections given away */
	_Atomic uint64_t cpu_user_us;		/* when it last ticked */
	_Atomic uint64_t cpu_system_us;
	_Atomic uint64_t memory_kib;		/* resident, the most so far */
	_Atomic uint32_t stages[STAGE_COUNT];	/* connections at each */
	/* For the log of a worker that dies while it is BUSY. */
	struct addr client;			/* whose connection it is at;
						 * len 0: none */
	uint32_t at;				/* 1 + its place in progress;
						 * 0: it has none */
	char request[512];			/* line of the one that began
						 * there in this turn */
	_Atomic uint64_t progress[PROGRESS_MAX]
				 [SEQLOCK_WORDS(struct progress)];
	struct crash_record crash;
};

_Static_assert(sizeof(struct worker_slot) <= SCOREBOARD_SLOT_SIZE,
    "a slot fits its pages");
_Static_assert(sizeof(struct master_board) <= SCOREBOARD_SLOT_SIZE,
    "so does the master's board");

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
/* The request at that place of a slot, its texts ended; false: there is none,
 * or it is always being written. */
bool scoreboard_progress(const struct worker_slot *, unsigned place,
    struct progress *progress_r);
/* Master only: a cleared slot for a new worker, -1 when all are taken. */
int scoreboard_take(struct scoreboard *, uint64_t generation, unsigned number);
/* What the worker has counted is kept in the totals. */
void scoreboard_free(struct scoreboard *, unsigned slot);
/* The master's page, to write on. */
struct master_board *scoreboard_master(const struct scoreboard *);
void scoreboard_release(struct scoreboard *);

/* The master's page, to read. */
const struct master_board *scoreboard_master_view(const struct scoreboard *);
/* Slots from this one on were never taken; at most SCOREBOARD_SLOTS. */
unsigned scoreboard_used(const struct scoreboard *);
/* Over the workers that live and those that are gone. */
void scoreboard_totals(
    const struct scoreboard *, struct load_totals *totals_r);

/*
 * Mean number of connections over live workers of the generation that do not
 * drain and whose slot is fresher than max_age_ms (a waiting worker counts as
 * fresh); *workers_r is how many those are.
 */
double scoreboard_mean(const struct scoreboard *, uint64_t generation,
    int64_t now_ms, int64_t max_age_ms, unsigned *workers_r);
/* Whether one of the same workers, but for that of slot own, is not full. */
bool scoreboard_others_have_room(const struct scoreboard *, unsigned own,
    int64_t now_ms, int64_t max_age_ms);

#endif
