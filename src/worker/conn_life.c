/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The beginning and the end of a connection.  What happens while it is open is
 * conn.c's.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "worker/accept.h"
#include "worker/conn_private.h"

static struct conn *
conn_create(struct worker *w)
{
	struct conn *c = pool_take(&w->conns);

	if (c == NULL)
		return NULL;
	memset(c, 0, sizeof(*c));
	c->worker = w;
	list_node_init(&c->node);
	loop_timer_init(&c->timer, conn_expired);
	loop_task_init(&c->task, conn_deferred);
	return c;
}

static void
conn_destroy(struct conn *c)
{
	struct worker *w = c->worker;

	loop_task_cancel(&c->task);
	list_remove(&c->node);
	w->unburied--;
	pool_give(&w->conns, c);
	acceptor_look_again(w);
}

/* ---- the end ---- */

static void
count_connections(struct worker *w, int more)
{
	w->connections += (unsigned)more;
	atomic_store_explicit(
	    &w->slot->connections, w->connections, memory_order_relaxed);
}

void
conn_enlist(struct conn *c, struct list *list)
{
	list_remove(&c->node);
	list_append(list, &c->node);
	acceptor_look_again(c->worker);
}

static void
stop_watching(struct conn *c)
{
	if (c->registered && c->shared)
		loop_remove(c->worker->loop, &c->source);
	else if (c->registered)
		loop_forget(c->worker->loop, &c->source);
	c->registered = false;
}

void
conn_close(struct conn *c, bool reset)
{
	struct worker *w = c->worker;

	if (c->state == CONN_GONE)
		return;
	stop_watching(c);
	c->transport.ops->close(&c->transport, reset);
	c->state = CONN_GONE;
	conn_wait(c, WAIT_NOTHING, false);
	c->framed.ops->close(&c->framed);
	acceptor_admit(c);
	w->unburied++;
	count_connections(w, -1);
	conn_enlist(c, &w->closed);
	loop_defer(w->loop, &c->task);
}

bool
conn_bury(struct conn *c)
{
	if (!conn_settle(c)) {
		conn_park(c);
		return false;
	}
	conn_destroy(c);
	return true;
}

void
conn_forget(struct conn *c)
{
	/* The descriptor lives on in another process: it must leave the
	 * epoll set by itself. */
	c->shared = true;
	conn_close(c, false);
}

void
conn_drain(struct conn *c)
{
	struct worker *w = c->worker;

	/* All that has come until now is served. */
	if (c->surplus && c->wait == WAIT_FIRST)
		conn_enlist(c, &w->fresh);
	acceptor_admit(c);
	/* What a successor will take over is answered as ever. */
	if (!handover_possible(c)) {
		c->framed.ops->drain(&c->framed);
		/* It may have to say so now. */
		loop_defer(w->loop, &c->task);
	}
	/* The bounds in time are shorter now. */
	if (c->wait == WAIT_IDLE || c->wait == WAIT_FIRST)
		conn_wait_anew(c);
}

/* ---- the beginning ---- */

static void
set_peer(struct conn *c, const struct conn_origin *origin)
{
	const struct host *host =
	    lookup_host(c->worker->conf, &origin->local, span_of(NULL, 0));

	c->peer = (struct exchange_peer){
		.remote = origin->remote,
		.local = origin->local,
		.scheme = "http",
		.listen_name = origin->listen_name,
		.requests = origin->requests,
	};
	c->conf = settings_get(host->settings, &worker_section);
}

void
conn_open(struct worker *w, int fd, const struct conn_origin *origin)
{
	struct conn *c = w->phase == PHASE_STOPPED ? NULL : conn_create(w);

	if (c == NULL) {
		close(fd);
		return;
	}
	transport_plain_init(&c->transport, fd);
	c->source = (struct loop_source){ .fd = fd, .ready = conn_ready };
	c->shared = origin->shared;
	c->readable = c->writable = true;
	c->surplus = origin->surplus;
	w->surplus += origin->surplus;
	set_peer(c, origin);
	framed_init(&c->framed, &framing_h1, w->conf, &c->peer);
	count_connections(w, 1);
	conn_enlist(c, &w->busy);
	if (c->framed.ops->open(&c->framed) != 0) {
		conn_close(c, true);
		return;
	}
	if (w->phase >= PHASE_HANDING_OVER)
		conn_drain(c);
	conn_go_on(c);
}
