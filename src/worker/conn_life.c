/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The beginning and the end of a connection, what it waits for, and in which
 * of the worker's lists it stands.  What happens while it is open is conn.c's.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log/access_log.h"
#include "worker/accept.h"
#include "worker/conn_private.h"

/* Spare structs kept for the next connections. */
#define SPARE_MAX 256
#define LINGER_MS 5000
/* While draining, an idle connection is closed after this at the latest. */
#define DRAIN_IDLE_MS 2000
/* How often parked connections try their log line again. */
#define PARK_MS 2

/* ---- waiting ---- */

static int64_t
wait_duration(const struct conn *c, enum conn_wait wait)
{
	int64_t ms = c->conf->timeout_ms;

	if (wait == WAIT_LINGER)
		return LINGER_MS;
	if (wait == WAIT_IDLE)
		ms = c->conf->keep_alive_timeout_ms;
	if ((wait == WAIT_IDLE || wait == WAIT_FIRST) &&
	    c->worker->phase >= PHASE_HANDING_OVER && ms > DRAIN_IDLE_MS)
		ms = DRAIN_IDLE_MS;
	return ms;
}

void
conn_wait(struct conn *c, enum conn_wait wait, bool progress)
{
	struct loop_queue *queue;
	bool renew = progress && wait != WAIT_HEAD && wait != WAIT_LINGER;

	if (wait == c->wait && !renew)
		return;
	c->wait = wait;
	loop_timer_stop(&c->timer);
	if (wait == WAIT_NOTHING)
		return;
	queue = loop_queue(c->worker->loop, wait_duration(c, wait));
	if (queue != NULL)
		loop_timer_start(queue, &c->timer);
}

void
conn_enlist(struct conn *c, struct list *list)
{
	list_remove(&c->node);
	list_append(list, &c->node);
}

/* ---- the end ---- */

static void
conn_destroy(struct conn *c)
{
	struct worker *w = c->worker;

	loop_timer_stop(&c->timer);
	loop_task_cancel(&c->task);
	list_remove(&c->node);
	w->connections--;
	atomic_store_explicit(
	    &w->slot->connections, w->connections, memory_order_relaxed);
	acceptor_room(w);
	if (w->spare_count == SPARE_MAX) {
		free(c);
		return;
	}
	list_prepend(&w->spare, &c->node);
	w->spare_count++;
}

bool
conn_settle(struct conn *c)
{
	struct list_node *node;

	while ((node = list_first(&c->framed.done)) != NULL) {
		struct exchange *x = LIST_ENTRY(node, struct exchange, node);

		if (x->state != EXCHANGE_SENT && !access_log_write(x))
			return false;
		slot_add(&c->worker->slot->requests, 1);
		framed_release(&c->framed, x);
	}
	return true;
}

void
conn_park(struct conn *c)
{
	struct worker *w = c->worker;
	struct loop_queue *queue;

	c->parked = true;
	conn_wait(c, WAIT_NOTHING, false);
	conn_enlist(c, &w->parked);
	queue = loop_queue(w->loop, PARK_MS);
	if (queue != NULL && !loop_timer_running(&w->park_timer))
		loop_timer_start(queue, &w->park_timer);
}

void
conn_close(struct conn *c, bool reset)
{
	if (c->state == CONN_GONE)
		return;
	if (c->registered)
		loop_forget(c->worker->loop, &c->source);
	c->registered = false;
	c->transport.ops->close(&c->transport, reset);
	c->state = CONN_GONE;
	conn_wait(c, WAIT_NOTHING, false);
	c->framed.ops->close(&c->framed);
	loop_defer(c->worker->loop, &c->task);
}

void
conn_bury(struct conn *c)
{
	if (conn_settle(c))
		conn_destroy(c);
	else
		conn_park(c);
}

void
conn_abort(struct conn *c)
{
	conn_close(c, true);
}

void
conn_close_idle(struct conn *c)
{
	conn_close(c, false);
}

void
conn_forget(struct conn *c)
{
	/* The descriptor lives on in another process: it must leave the
	 * epoll set by itself. */
	if (c->registered)
		loop_remove(c->worker->loop, &c->source);
	c->registered = false;
	conn_close(c, false);
}

void
conn_unpark_all(struct worker *w)
{
	struct list again;
	struct list_node *node;

	list_init(&again);
	while ((node = list_first(&w->parked)) != NULL) {
		list_remove(node);
		list_append(&again, node);
	}
	while ((node = list_first(&again)) != NULL) {
		struct conn *c = LIST_ENTRY(node, struct conn, node);

		c->parked = false;
		conn_enlist(c, &w->busy);
		if (c->state == CONN_GONE)
			conn_bury(c);
		else
			conn_go_on(c);
	}
}

void
conn_drain(struct conn *c)
{
	struct worker *w = c->worker;

	if (c->state == CONN_GONE)
		return;
	/* What a successor will take over is answered as ever. */
	if (w->phase != PHASE_HANDING_OVER || !c->transport.can_hand_over)
		c->framed.ops->drain(&c->framed);
	/* The bounds in time are shorter now. */
	if (c->wait == WAIT_IDLE || c->wait == WAIT_FIRST) {
		enum conn_wait wait = c->wait;

		c->wait = WAIT_NOTHING;
		conn_wait(c, wait, false);
	}
}

/* ---- the beginning ---- */

static struct conn *
conn_create(struct worker *w)
{
	struct list_node *node = list_first(&w->spare);
	struct conn *c;

	if (node != NULL) {
		list_remove(node);
		w->spare_count--;
		c = LIST_ENTRY(node, struct conn, node);
	} else {
		c = malloc(sizeof(*c));
		if (c == NULL)
			return NULL;
	}
	memset(c, 0, sizeof(*c));
	c->worker = w;
	list_init(&c->waiting);
	list_node_init(&c->node);
	loop_timer_init(&c->timer, conn_expired);
	loop_task_init(&c->task, conn_deferred);
	return c;
}

void
conn_open(struct worker *w, int fd, const struct conn_origin *origin)
{
	struct conn *c = conn_create(w);

	if (c == NULL) {
		close(fd);
		return;
	}
	transport_plain_init(&c->transport, fd);
	c->source = (struct loop_source){ .fd = fd, .ready = conn_ready };
	c->peer = (struct exchange_peer){
		.remote = origin->remote,
		.local = origin->local,
		.scheme = "http",
		.listen_name = origin->listen_name,
		.requests = origin->requests,
	};
	c->conf = settings_get(
	    lookup_host(w->conf, &origin->local, span_of(NULL, 0))->settings,
	    &worker_section);
	framed_init(&c->framed, &framing_h1, w->conf, &c->peer);
	w->connections++;
	atomic_store_explicit(
	    &w->slot->connections, w->connections, memory_order_relaxed);
	list_append(&w->busy, &c->node);
	c->readable = c->writable = true;
	if (c->framed.ops->open(&c->framed) != 0) {
		conn_close(c, true);
		return;
	}
	if (w->phase >= PHASE_HANDING_OVER)
		conn_drain(c);
	conn_go_on(c);
}
