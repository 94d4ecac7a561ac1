/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of this room share: the one worker of the process. */
#ifndef DROVER_WORKER_WORKER_PRIVATE_H
#define DROVER_WORKER_WORKER_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/pool.h"
#include "conf/lookup.h"
#include "ipc/log_ring.h"
#include "os/loop.h"
#include "worker/read_bound.h"
#include "worker/worker.h"

struct worker_conf {
	int64_t timeout_ms;
	int64_t keep_alive_timeout_ms;	/* 0: none is kept */
	struct read_bounds read_bounds;
	int64_t response_min_rate; /* bytes a second; 0: none */
	int max_connections_per_child;
};

/* One that was idle when it came to this host by a reload ends at once. */
static inline int64_t
worker_idle_ms(const struct worker_conf *conf)
{
	return conf->keep_alive_timeout_ms > 0 ? conf->keep_alive_timeout_ms
					       : 1;
}

enum worker_phase {
	PHASE_SERVING,	    /* accepts */
	PHASE_RETIRING,	    /* accepts until its successor serves: it has
			     * asked the master for one */
	PHASE_HANDING_OVER, /* drains; idle plain connections go to a
			     * successor */
	PHASE_CLOSING,	    /* drains without a successor */
	PHASE_STOPPED,	    /* leaves the loop now */
};

/* Durations; of Timeout, KeepAliveTimeout and RequestReadTimeout there are those
 * of all hosts. */
#define TICK_MS 1000
#define PROGRESS_MASK ((UINT32_C(1) << PROGRESS_MAX) - 1)
/* How often parked connections try their log line again. */
#define PARK_MS 2
#define LINGER_MS 5000
/* How exactly a bound is met that grows with what was read or written. */
#define CHECK_MS 50
/* While draining, an idle connection that nobody will take over is closed after
 * this at the latest. */
#define DRAIN_IDLE_MS 2000
#define HOLD_BACK_MS 1
/* So long one may be silent that has just connected, though there be no room
 * for others. */
#define SILENCE_MS 1000
/* How often it is looked, while there is no room, whether one that is silent
 * has to go, and whether the others are full as well. */
#define FULL_CHECK_MS 100
/* Without descriptors: long enough for some connections to end. */
#define NO_FD_MS 50

struct acceptor;
struct exchange;
struct conn;

struct worker {
	const struct worker_setup *setup;
	const struct server_conf *conf;
	enum worker_phase phase;
	struct loop *loop;
	struct log_ring ring;
	struct worker_slot *slot;
	struct lookup_cache *lookups;
	struct acceptor *acceptor;

	struct loop_source channel;
	bool channel_full; /* waits for EPOLLOUT to hand over */

	struct list idle;	 /* of conn, the longest idle first;
				  * with those that linger */
	struct list fresh;	 /* of conn: not a byte has come yet */
	struct list busy;	 /* of conn */
	struct list refused;	 /* of surplus conns that linger */
	struct list parked;	 /* of conn: a log line finds no room */
	struct list closed;	 /* of conn: buried in this turn */
	unsigned connections;	 /* that are open */
	unsigned surplus;	 /* of these, beyond MaxConnections */
	unsigned unburied;	 /* closed, and still in a list */
	struct pool conns;	 /* the memory of all */

	uint32_t progress_used;	 /* places in the slot's table */

	struct loop_timer park_timer; /* tries parked ones again */
	struct loop_timer tick_timer; /* once a second while there is life */
	int64_t active_ms;	      /* when there last was any */
	int status;		      /* of its exit */
};

/*
 * The life of a worker whose setup, slot and ring are there.  worker_open
 * makes what it needs; worker_serve says READY and turns until there is nothing
 * more to do (its result is the exit status); worker_cut ends what is left;
 * worker_close frees.
 */
void worker_init(struct worker *, const struct worker_setup *);
int worker_open(struct worker *, struct err *);
int worker_serve(struct worker *);
void worker_cut(struct worker *);
void worker_close(struct worker *);
/* One turn, of at most max_ms (-1: until something happens). */
void worker_turn(struct worker *, int max_ms);
bool worker_has_work(const struct worker *);

/* Opens roots, and what else modules need; for explain, too. */
int worker_start_modules(const struct server_conf *, struct err *);

/* The queue of one of the durations above, or of a host's. */
struct loop_queue *worker_queue(struct worker *, int64_t ms);
/* The slot says BUSY from now until the loop waits again. */
void worker_busy(struct worker *);
/* Asks the master for a successor; accepts until that serves. */
void worker_retire(struct worker *);
/* Tells the master that nothing is accepted any more. */
void worker_deaf(struct worker *);
/* The slot's own counters have one writer: no atomic addition is needed. */
static inline void
slot_add(_Atomic uint64_t *counter, uint64_t n)
{
	atomic_store_explicit(counter,
	    atomic_load_explicit(counter, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

/* ---- conn_show.c ---- */

/* Processor time and memory, as of now. */
void worker_show_usage(struct worker *);
/* As update() in ipc/boards.h. */
void conn_show_now(struct exchange *);

/* ---- handover.c ---- */

/* Once it is idle, a successor will take it. */
bool handover_possible(const struct conn *);
/* While handing over: gives an idle connection to the successor.  False: it
 * stays, and is served here. */
bool handover_give(struct conn *);
/* Gives as many as the channel takes; the rest follows when it is writable
 * again. */
void handover_idle(struct worker *);
/* Takes over what another worker handed over. */
struct message;
void handover_adopt(struct worker *, const struct message *);

#endif
