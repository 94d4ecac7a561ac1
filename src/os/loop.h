/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event loop: epoll for descriptors, queues for time-outs.  One per
 * process, single-threaded.  A callback may close its own or any other
 * source: events of a source that went within the same turn are dropped.
 */
#ifndef DROVER_OS_LOOP_H
#define DROVER_OS_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

struct loop;

/* EPOLLIN, EPOLLOUT, … of <sys/epoll.h> */
struct loop_source {
	int fd;				/* -1: none, removing it does nothing */
	void (*ready)(struct loop_source *, uint32_t events);
};

/*
 * A time-out lives in the queue of its duration, so that starting, renewing
 * and ending one costs no search.  Durations are few: a process asks once
 * for each queue that it needs.
 */
struct loop_queue {
	struct list list;		/* of loop_timer, earliest first */
	int64_t duration_ms;
	struct loop_queue *next;	/* all queues of the loop */
};

struct loop_timer {
	struct list_node node;		/* unlinked: not running */
	int64_t deadline_ms;		/* by clock_now_ms() */
	void (*expired)(struct loop_timer *);
};

/* NULL with errno when epoll cannot be had. */
struct loop *loop_create(void);
/*
 * Stops all timers and tasks and closes the loop's descriptor.  Sources are
 * not removed, so that a forked child may drop its parent's loop (and should
 * do nothing else with it: the registrations are the parent's).
 */
void loop_destroy(struct loop **);

/*
 * Watches source->fd for events (EPOLLET, EPOLLEXCLUSIVE and others allowed).
 * 0, or -1 with errno.  The source stays the caller's and is not moved while
 * it is added.  With EPOLLEXCLUSIVE there is no loop_change.
 */
int loop_add(struct loop *, struct loop_source *, uint32_t events);
int loop_change(struct loop *, struct loop_source *, uint32_t events);
/*
 * Stops watching and drops pending events; harmless if it is not watched
 * (EPOLL_CTL_DEL: close() alone would leave a descriptor that
 * another process shares registered).  The descriptor stays open.
 */
void loop_remove(struct loop *, struct loop_source *);
/*
 * As loop_remove for a descriptor that is closed right after and is shared
 * with nobody: no system call, pending events are dropped.
 */
void loop_forget(struct loop *, struct loop_source *);

/*
 * The queue of that duration, made at the first call; NULL without memory.
 * Those of the first LOOP_QUEUES durations need none, so a process that has no
 * more never fails here.
 */
#define LOOP_QUEUES 24
struct loop_queue *loop_queue(struct loop *, int64_t duration_ms);
/*
 * Starts or renews: it expires duration_ms from clock_now_ms(); one that a
 * timer starts, never in the same turn.  It may be in another queue before.
 */
void loop_timer_start(struct loop_queue *, struct loop_timer *);
/* Nothing happens if it is not running. */
void loop_timer_stop(struct loop_timer *);
static inline bool
loop_timer_running(const struct loop_timer *t)
{
	return list_linked(&t->node);
}
void loop_timer_init(struct loop_timer *, void (*expired)(struct loop_timer *));

/*
 * One turn: waits for events or the earliest deadline, at most max_ms (-1:
 * no bound, 0: only looks), refreshes the clock, calls what is due.  Work
 * queued by loop_defer runs at the end of the turn, and the next wait is 0
 * while any is left.  Returns the number of events, -1 with errno (EINTR is
 * not an error: 0).
 */
int loop_turn(struct loop *, int max_ms);

/*
 * Called once at the end of this turn, in the order they were deferred; what
 * a task defers runs in the next turn.
 */
struct loop_task {
	struct list_node node;
	void (*run)(struct loop_task *);
};
void loop_task_init(struct loop_task *, void (*run)(struct loop_task *));
/* Nothing happens if it is deferred already. */
void loop_defer(struct loop *, struct loop_task *);
static inline bool
loop_task_pending(const struct loop_task *task)
{
	return list_linked(&task->node);
}
/* For a task whose object goes away; nothing happens if it is not deferred. */
void loop_task_cancel(struct loop_task *);

#endif
