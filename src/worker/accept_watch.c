/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a worker looks at its listeners.  They are shared by all and watched
 * level-triggered with EPOLLEXCLUSIVE: a connection wakes one of those that
 * wait.  Who is full looks away, so that others are woken; holding back, and
 * waiting for descriptors or room, is the same: removed now, added again by a
 * timer, and adding looks whether something waits.
 */
#include "config.h"

#include <sys/epoll.h>

#include "base/clock.h"
#include "worker/accept_private.h"
#include "worker/conn_private.h"

/* A worker whose slot is older is stuck and counts for nothing. */
#define FRESH_MS 1000
/* Idle ones that are served, not closed, before room is found for another. */
#define ASKED_MAX 16

void
acceptor_unwatch(struct acceptor *a)
{
	for (size_t i = 0; a->watching && i < a->count; i++)
		loop_remove(a->worker->loop, &a->sources[i].source);
	a->watching = false;
}

int
acceptor_watch(struct acceptor *a)
{
	size_t i;

	if (a->watching || a->stopped)
		return 0;
	for (i = 0; i < a->count; i++)
		if (loop_add(a->worker->loop, &a->sources[i].source,
			EPOLLIN | EPOLLEXCLUSIVE) != 0)
			break;
	if (i == a->count) {
		a->watching = true;
		return 0;
	}
	while (i-- > 0)
		loop_remove(a->worker->loop, &a->sources[i].source);
	return -1;
}

void
acceptor_pause(struct acceptor *a, int64_t ms)
{
	acceptor_unwatch(a);
	loop_timer_start(worker_queue(a->worker, ms), &a->again);
}

void
acceptor_resume(struct acceptor *a)
{
	if (acceptor_watch(a) != 0)
		acceptor_pause(a, NO_FD_MS);
}

/* ---- room ---- */

/* Who goes for another, NULL: nobody.  One that has never said anything goes,
 * too, but not before it had the time to. */
static struct conn *
least_missed(struct worker *w)
{
	struct list_node *node = list_first(&w->idle);
	struct conn *c;

	if (node != NULL)
		return LIST_ENTRY(node, struct conn, node);
	node = list_first(&w->fresh);
	if (node == NULL)
		return NULL;
	c = LIST_ENTRY(node, struct conn, node);
	return conn_waited(c) < SILENCE_MS ? NULL : c;
}

bool
acceptor_is_full(struct worker *w)
{
	unsigned max = w->setup->max_connections;

	/* Closed ones that wait for the log hold memory. */
	return (w->connections >= max && least_missed(w) == NULL) ||
	       w->unburied >= max;
}

/* One that is asked just now is not idle, though its event is still to come. */
static bool
is_asked(struct conn *c)
{
	c->readable = true;
	conn_go_on(c);
	return least_missed(c->worker) != c;
}

void
acceptor_make_room(struct worker *w)
{
	struct conn *c;
	unsigned asked = 0;

	while (w->connections >= w->setup->max_connections &&
	       (c = least_missed(w)) != NULL) {
		if (asked < ASKED_MAX && is_asked(c))
			asked++;
		else
			conn_close(c, false);
	}
}

void
acceptor_look_away(struct acceptor *a)
{
	a->full = true;
	acceptor_unwatch(a);
	if (!list_empty(&a->worker->fresh))
		loop_timer_start(
		    worker_queue(a->worker, SILENCE_MS), &a->again);
}

void
acceptor_turn_ends(struct loop_task *task)
{
	struct acceptor *a = LIST_ENTRY(task, struct acceptor, turn_end);

	if (a->watching && acceptor_is_full(a->worker))
		acceptor_look_away(a);
}

void
acceptor_look_again(struct worker *w)
{
	struct acceptor *a = w->acceptor;

	if (a == NULL || a->stopped)
		return;
	if (!a->full) {
		if (w->connections >= w->setup->max_connections)
			loop_defer(w->loop, &a->turn_end);
		return;
	}
	if (acceptor_is_full(w))
		return;
	a->full = false;
	loop_timer_stop(&a->again);
	acceptor_resume(a);
}

/* ---- the others ---- */

bool
acceptor_holds_back(struct acceptor *a)
{
	struct worker *w = a->worker;
	unsigned workers;
	double mean;

	mean = scoreboard_mean(w->setup->scoreboard, w->slot->generation,
	    clock_now_ms(), FRESH_MS, &workers);
	if (!balance_hold(&a->balance, w->connections, mean, workers))
		return false;
	acceptor_pause(a, HOLD_BACK_MS);
	return true;
}
