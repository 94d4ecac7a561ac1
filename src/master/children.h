/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers: a generation is a configuration with its listeners and the places
 * (seats) of its workers.  A seat whose worker ends gets another one for as
 * long as the generation serves.
 */
#ifndef DROVER_MASTER_CHILDREN_H
#define DROVER_MASTER_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/list.h"
#include "base/span.h"
#include "conf/conf.h"
#include "ipc/scoreboard.h"
#include "master/crash_report.h"
#include "master/logger_process.h"
#include "master/mailbox.h"
#include "master/respawn.h"
#include "master/root_watch.h"
#include "net/listener.h"
#include "os/loop.h"
#include "os/privs.h"
#include "worker/worker.h"

enum child_state {
	CHILD_STARTING, /* forked, has not said that it serves */
	CHILD_SERVING,
	CHILD_RETIRING, /* asked to be replaced; serves until that is done */
	CHILD_DRAINING, /* told to drain: ends by itself */
	CHILD_STOPPING, /* told to end at once, killed if it does not */
};

struct child {
	struct list_node node; /* in its generation's children */
	struct mailbox mailbox;
	struct generation *generation;
	struct seat *seat; /* NULL: it will not be replaced */
	pid_t pid;
	unsigned number, slot, ring;
	enum child_state state;
	bool accepts; /* connections, as far as is known */
	uint64_t levels_told, levels_taken; /* of children_set_levels */
	int64_t started_ms;
	int64_t stopped_ms;	 /* by a signal, since when; 0: it is not */
	int64_t traced_ms;	 /* when it was last seen in a debugger */
	bool held_up;		 /* at the last look, and others were poked */
	struct loop_timer timer; /* kills it: too long in its state */
	const char *killed_for;	 /* the reason, if the master did it */
};

struct seat {
	struct generation *generation;
	unsigned number;	/* from 1 */
	struct child *child;	/* NULL: empty, the timer runs */
	struct child *retiring; /* drains once child serves */
	struct respawn respawn;
	struct loop_timer timer;
};

enum generation_state {
	GENERATION_STARTING, /* not all its workers have served yet */
	GENERATION_SERVING,  /* its workers are replaced when they end */
	GENERATION_RETIRED,  /* they are not: it ends with the last */
};

struct generation {
	struct list_node node; /* in children.generations */
	struct children *owner;
	uint64_t number;
	enum generation_state state;
	int64_t since_ms;	       /* when it was made */
	struct server_conf *conf;      /* owned */
	struct listener_set listeners; /* owned */
	struct privs privs;
	struct root_watch roots;
	bool logs_open;	    /* it is counted in logs */
	struct seat *seats; /* owned */
	unsigned seat_count;
	unsigned serving;      /* seats whose worker serves */
	unsigned next_adopter; /* seat that gets the next connection */
	struct list children;
	unsigned rings; /* of its workers, not yet all read */
};

/* What all generations share, and whom they tell; set by the owner. */
struct children {
	struct loop *loop;
	struct logger_process *logger;
	struct scoreboard scoreboard;
	int (*run)(const struct worker_setup *);
	struct list generations; /* oldest first */
	struct crash_reports crash_reports;
	/* All seats have a worker that serves: once in its life. */
	void (*generation_ready)(struct generation *);
	/* A worker died, or could not be started, before that. */
	void (*generation_failed)(struct generation *);
	/* No worker is left, and it is retired. */
	void (*generation_empty)(struct generation *);
	/* It is retired, and none of its workers accepts connections. */
	void (*generation_quiet)(struct generation *);
	/* A worker gives a connection away; m->fd is the callee's. */
	void (*handed_over)(struct generation *, struct message *);
	/* A worker can be given one now. */
	void (*may_adopt)(struct generation *);
};

/* Each child n of each generation g, oldest first. */
#define CHILDREN_FOREACH(g, n, c)           \
	LIST_FOREACH (g, &(c)->generations) \
		LIST_FOREACH (              \
		    n, &LIST_ENTRY(g, struct generation, node)->children)

/*
 * A generation with so many empty seats; takes conf over (on success only).
 * NULL without memory.
 */
struct generation *generation_create(
    struct children *, struct server_conf *, unsigned seats);
/* Forks all its workers; a failure is told by generation_failed. */
void generation_start(struct generation *);
/* No worker is replaced any more, and all drain. */
void generation_drain(struct generation *, enum drain_mode);
/* The same, but all end at once. */
void generation_stop(struct generation *);
/* Without workers and unread rings; listeners and conf are released. */
void generation_destroy(struct generation **);
bool generation_is_over(const struct generation *);
bool generation_is_quiet(const struct generation *);

/* True if the pid was that of a worker. */
bool children_ended(struct children *, pid_t pid, int status);
/* By a signal (SIGSTOP, a terminal's Ctrl-Z), or continued after that. */
void children_stopped(struct children *, pid_t pid, bool stopped);
/*
 * The kernel wakes one worker for a connection.  If that ends, or is held up,
 * before it has accepted, the others sleep on until the next one comes: here
 * all are told to look.
 */
void children_poke(struct children *);
/* Those who give connections away are to keep them for a while, or not. */
void children_hold(struct children *, bool hold);
/* Tells all workers of other log levels, under a number that grows. */
void children_set_levels(struct children *, struct span words, uint64_t number);
/* How many of them have not taken those yet. */
unsigned children_without_levels(const struct children *, uint64_t number);
/* Ends a worker that does not do so itself; why is said in the log. */
void child_kill(struct child *, const char *why);
/* The same, and it is to leave a record of what it was doing; it may not. */
void child_abort(struct child *, const char *why);

#endif
