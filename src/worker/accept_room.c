/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Room for connections.  At MaxConnections those go first that have been idle
 * the longest.  A worker without any looks away from its listeners as long as
 * others have room, so that these are woken.  Once all are full each takes a
 * few beyond the bound, as surplus: who asks while there still is no room is
 * told so with 503, and is gone.
 */
#include "config.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/report.h"
#include "worker/accept_private.h"
#include "worker/conn_private.h"

/* Idle ones that are served, not closed, before room is found for another. */
#define ASKED_MAX 16
/* Surplus ones at once: they come and go, but each has a descriptor. */
#define SURPLUS_MAX 64
/* A worker says no more often that it is full. */
#define SAY_AGAIN_MS 60000
/* Seconds after which a client that was refused may come again. */
#define RETRY_AFTER "5"

/* ---- how much there is ---- */

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

static bool
at_bound(const struct worker *w)
{
	return w->connections - w->surplus >= w->setup->max_connections;
}

static bool
has_room(struct worker *w)
{
	return !at_bound(w) || least_missed(w) != NULL;
}

static bool
others_have_room(const struct worker *w)
{
	return scoreboard_others_have_room(
	    w->setup->scoreboard, w->setup->slot, clock_now_ms(), FRESH_MS);
}

static unsigned
surplus_max(const struct worker *w)
{
	unsigned some = 8 + w->setup->max_connections / 4;

	return some < SURPLUS_MAX ? some : SURPLUS_MAX;
}

/* For one more that may have to be refused. */
static bool
has_surplus_room(const struct worker *w)
{
	return w->surplus < surplus_max(w) || !list_empty(&w->refused);
}

bool
acceptor_is_full(struct worker *w)
{
	/* Closed ones that wait for the log hold memory. */
	if (w->unburied >= w->setup->max_connections)
		return true;
	return !has_room(w) && (!has_surplus_room(w) || others_have_room(w));
}

/* For the other workers; before it is looked how they are, so that of two that
 * become full at once one sees that both are. */
static void
say_whether_full(struct worker *w)
{
	uint32_t full = !has_room(w);

	if (atomic_load_explicit(&w->slot->full, memory_order_relaxed) != full)
		atomic_store(&w->slot->full, full);
}

/* ---- making it ---- */

/* One that is asked just now is not idle, though its event is still to come. */
static bool
is_asked(struct conn *c)
{
	c->readable = true;
	conn_go_on(c);
	return least_missed(c->worker) != c;
}

static void
make_room(struct worker *w)
{
	struct conn *c;
	unsigned asked = 0;

	while (at_bound(w) && (c = least_missed(w)) != NULL) {
		if (asked < ASKED_MAX && is_asked(c))
			asked++;
		else
			conn_close(c, false);
	}
}

bool
acceptor_make_room(struct worker *w)
{
	struct list_node *node;

	make_room(w);
	if (!at_bound(w))
		return true;
	if (w->surplus >= surplus_max(w) &&
	    (node = list_first(&w->refused)) != NULL)
		conn_close(LIST_ENTRY(node, struct conn, node), false);
	return false;
}

/* ---- those beyond the bound ---- */

static void
say_so(struct worker *w)
{
	struct acceptor *a = w->acceptor;

	if (a == NULL || clock_now_ms() < a->say_again_ms)
		return;
	a->say_again_ms = clock_now_ms() + SAY_AGAIN_MS;
	report(REPORT_WARN, "worker",
	    "all %u connections of this worker are in use: new ones are "
	    "answered with 503 (MaxConnections)",
	    w->setup->max_connections);
}

void
acceptor_admit(struct conn *c)
{
	if (!c->surplus)
		return;
	c->surplus = false;
	c->worker->surplus--;
}

bool
acceptor_admits(struct conn *c)
{
	struct worker *w = c->worker;

	if (!c->surplus)
		return true;
	make_room(w);
	/* One too many, rather than refuse whom another would have served. */
	if (at_bound(w) &&
	    (w->connections - w->surplus > w->setup->max_connections ||
		!others_have_room(w)))
		return false;
	acceptor_admit(c);
	return true;
}

void
acceptor_refuse(struct conn *c, struct exchange *x)
{
	/* What could not be read is refused already. */
	if (x->response.status != 0 && x->response.status != 404)
		return;
	say_so(c->worker);
	response_error(x, 503);
	x->refusal = NULL;
	x->response.close = true;
	(void)field_add_named(&x->response.fields, &x->arena,
	    span_str("Retry-After"), span_str(RETRY_AFTER));
}

/* ---- looking away, and again ---- */

static void
look_away(struct acceptor *a)
{
	a->full = true;
	a->others_full = !others_have_room(a->worker);
	acceptor_unwatch(a);
	loop_timer_start(worker_queue(a->worker, FULL_CHECK_MS), &a->again);
}

void
acceptor_turn_ends(struct loop_task *task)
{
	struct acceptor *a = LIST_ENTRY(task, struct acceptor, turn_end);

	say_whether_full(a->worker);
	if (a->watching && acceptor_is_full(a->worker))
		look_away(a);
}

void
acceptor_look(struct acceptor *a)
{
	struct worker *w = a->worker;

	say_whether_full(w);
	if (acceptor_is_full(w)) {
		look_away(a);
		return;
	}
	a->full = false;
	loop_timer_stop(&a->again);
	acceptor_resume(a);
}

void
acceptor_look_again(struct worker *w)
{
	struct acceptor *a = w->acceptor;

	if (a == NULL || a->stopped)
		return;
	if (a->full) {
		if (has_room(w) || (a->others_full && has_surplus_room(w)))
			acceptor_look(a);
	} else if (at_bound(w) || atomic_load_explicit(&w->slot->full,
				      memory_order_relaxed) != 0) {
		loop_defer(w->loop, &a->turn_end);
	}
}
