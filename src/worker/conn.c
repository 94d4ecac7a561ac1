/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state machine of a connection.  One run moves bytes as far as they go:
 * read, frame in, route, frame out, write, settle what ended; then the
 * connection rests with the timer of what it waits for.  Registration is
 * edge-triggered and done once, so readable and writable are remembered.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "log/access_log.h"
#include "worker/accept.h"
#include "worker/conn.h"
#include "worker/conn_output.h"
#include "worker/route.h"

/* Spare structs kept for the next connections. */
#define SPARE_MAX 256
/* A peer that goes on sending while we linger is cut after this much. */
#define LINGER_BYTES_MAX (1024 * 1024)
#define LINGER_MS 5000
/* While draining, an idle connection is closed after this at the latest. */
#define DRAIN_IDLE_MS 2000
/* How often parked connections try their log line again. */
#define PARK_MS 2

/* ---- waiting ---- */

static int64_t
wait_duration(const struct conn *c, enum conn_wait wait)
{
	const struct worker_conf *conf =
	    conf_get(c->worker->conf, &worker_section);
	int64_t ms = conf->timeout_ms;

	if (wait == WAIT_LINGER)
		return LINGER_MS;
	if (wait == WAIT_IDLE)
		ms = conf->keep_alive_timeout_ms;
	if ((wait == WAIT_IDLE || wait == WAIT_FIRST) &&
	    c->worker->phase >= PHASE_HANDING_OVER && ms > DRAIN_IDLE_MS)
		ms = DRAIN_IDLE_MS;
	return ms;
}

/*
 * Starts the timer of what is waited for.  A head, and lingering, are bounded
 * as a whole, every other wait since something last moved.
 */
static void
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

static void
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

/*
 * Logs and releases what has ended.  False: a line of an aborted exchange
 * finds no room yet.
 */
static bool
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

/* Nothing of it goes on until the log takes lines again. */
static void
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

/* The struct goes at the end of the turn: callers may still look at it. */
static void
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

static void
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

/* All is said.  Where input is left unread, close() would reset and the peer
 * might never see the answer: it is given time to close first. */
static void
conn_finish(struct conn *c)
{
	if (!c->framed.lingering || c->end_of_input) {
		conn_close(c, false);
		return;
	}
	if (c->transport.ops->shutdown(&c->transport) == TRANSPORT_ERROR) {
		conn_close(c, true);
		return;
	}
	c->state = CONN_LINGERING;
	conn_wait(c, WAIT_LINGER, false);
}

static void
conn_linger(struct conn *c)
{
	static char nowhere[16 * 1024];
	ssize_t n;

	while (c->readable) {
		n = c->transport.ops->read(
		    &c->transport, nowhere, sizeof(nowhere));
		if (n == TRANSPORT_AGAIN_READ) {
			c->readable = false;
			return;
		}
		if (n > 0)
			c->lingered += (uint64_t)n;
		if (n <= 0 || c->lingered > LINGER_BYTES_MAX) {
			conn_close(c, n > 0);
			return;
		}
	}
}

/* ---- bytes in, exchanges, bytes out ---- */

/* Reads once into the framing's room, counted against the budget; true if
 * something came, be it the end. */
static bool
conn_read(struct conn *c, size_t *budget)
{
	size_t room;
	char *to;
	ssize_t n;

	if (!c->readable || c->end_of_input || !c->framed.wants_input)
		return false;
	to = framed_input_room(&c->framed, &room);
	if (to == NULL)
		return false;
	n = c->transport.ops->read(&c->transport, to, room);
	framed_input_added(&c->framed, n > 0 ? (size_t)n : 0);
	if (n > 0) {
		*budget -= (size_t)n < *budget ? (size_t)n : *budget;
		/* Less than there was room for: the socket is empty, and the
		 * next byte, or the end, makes a new edge. */
		if ((size_t)n < room && !c->hangup &&
		    c->transport.ops->pending(&c->transport) == 0)
			c->readable = false;
		return true;
	}
	if (n == TRANSPORT_AGAIN_READ || n == TRANSPORT_AGAIN_WRITE) {
		c->readable = false;
		return false;
	}
	if (n == TRANSPORT_ERROR)
		conn_close(c, true);
	c->end_of_input = true;
	return true;
}

static void
exchange_wakes(struct exchange *x)
{
	struct conn *c = x->wake_data;

	list_remove(&x->node);
	list_append(&c->framed.ready, &x->node);
	loop_defer(c->worker->loop, &c->task);
}

/* For the log of a worker that is killed while it works on it. */
static void
note_request(struct worker_slot *slot, struct span line)
{
	size_t len = line.len;

	if (len >= sizeof(slot->request))
		len = sizeof(slot->request) - 1;
	memcpy(slot->request, line.ptr, len);
	slot->request[len] = '\0';
}

static void
conn_route(struct conn *c, struct exchange *x)
{
	list_remove(&x->node);
	if (x->wake == NULL) {
		x->wake = exchange_wakes;
		x->wake_data = c;
		if (x->request.line.len > 0)
			note_request(c->worker->slot, x->request.line);
	}
	if (route(x, c->worker->lookups))
		c->framed.ops->answer(&c->framed, x);
	else
		list_append(&c->waiting, &x->node);
}

/* Input becomes exchanges, and they answers, as far as the framing goes. */
static void
conn_input(struct conn *c)
{
	struct list_node *node;

	do {
		while ((node = list_first(&c->framed.ready)) != NULL)
			conn_route(c, LIST_ENTRY(node, struct exchange, node));
		c->framed.ops->input(&c->framed, c->end_of_input);
	} while (!list_empty(&c->framed.ready));
}

/*
 * One round of reading, answering and writing.  True: something moved, and a
 * further round may move more.
 */
static bool
conn_round(struct conn *c, size_t *budget, bool *progress)
{
	size_t written = 0;
	bool moved = conn_read(c, budget);

	if (c->state != CONN_OPEN)
		return false;
	conn_input(c);
	switch (c->writable && *budget > 0 ? conn_output(c, *budget, &written)
					   : CONN_OUTPUT_NOTHING) {
	case CONN_OUTPUT_NOTHING:
		break;
	case CONN_OUTPUT_WROTE:
		moved = true;
		break;
	case CONN_OUTPUT_BLOCKED:
		c->writable = false;
		break;
	case CONN_OUTPUT_PARKED:
		conn_park(c);
		return false;
	case CONN_OUTPUT_FAILED:
		conn_close(c, true);
		return false;
	}
	if (!conn_settle(c)) {
		conn_park(c);
		return false;
	}
	*progress |= moved || written > 0;
	*budget -= written < *budget ? written : *budget;
	return moved;
}

/* What it waits for once nothing moves any more. */
static enum conn_wait
conn_waits_for(const struct conn *c)
{
	if (!c->writable)
		return WAIT_WRITE;
	if (!list_empty(&c->waiting))
		return WAIT_NOTHING;
	if (framed_idle(&c->framed))
		return c->peer.requests == 0 ? WAIT_FIRST : WAIT_IDLE;
	return c->framed.exchanges > 0 ? WAIT_BODY : WAIT_HEAD;
}

static void
conn_rest(struct conn *c, bool progress)
{
	struct worker *w = c->worker;
	enum conn_wait wait = conn_waits_for(c);

	if (c->framed.status == FRAMING_BROKEN) {
		conn_close(c, true);
		return;
	}
	if (framed_finished(&c->framed)) {
		conn_finish(c);
		return;
	}
	conn_wait(c, wait, progress);
	if (wait != WAIT_IDLE && wait != WAIT_FIRST) {
		conn_enlist(c, &w->busy);
		return;
	}
	conn_enlist(c, &w->idle);
	if (w->phase == PHASE_HANDING_OVER && c->transport.can_hand_over)
		handover_idle(w);
}

/* Registers what is still there after its first run. */
static void
conn_register(struct conn *c)
{
	uint32_t events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

	if (c->registered || c->state == CONN_GONE)
		return;
	if (loop_add(c->worker->loop, &c->source, events) != 0)
		conn_close(c, true);
	else
		c->registered = true;
}

static void
conn_run(struct conn *c)
{
	size_t budget = OUTPUT_TURN_MAX;
	bool progress = false;

	if (c->state == CONN_LINGERING)
		conn_linger(c);
	if (c->state != CONN_OPEN || c->parked)
		return;
	while (budget > 0 && conn_round(c, &budget, &progress))
		;
	if (c->state != CONN_OPEN || c->parked)
		return;
	if (budget == 0) {
		/* It could go on, and no edge will say so: others first. */
		conn_wait(c, WAIT_NOTHING, false);
		loop_defer(c->worker->loop, &c->task);
		return;
	}
	conn_rest(c, progress);
}

static void
conn_handshake(struct conn *c)
{
	int result = c->transport.ops->handshake(&c->transport);

	if (result == 1)
		c->state = CONN_OPEN;
	else if (result == TRANSPORT_ERROR)
		conn_close(c, true);
	else
		conn_wait(c, WAIT_FIRST, false);
}

static void
conn_go_on(struct conn *c)
{
	if (c->state == CONN_HANDSHAKE)
		conn_handshake(c);
	conn_run(c);
	conn_register(c);
}

/* ---- what the loop calls ---- */

static void
conn_ready(struct loop_source *source, uint32_t events)
{
	struct conn *c = LIST_ENTRY(source, struct conn, source);

	worker_busy(c->worker);
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->readable = true;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->hangup = true;
	if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		c->writable = true;
	conn_go_on(c);
}

static void
conn_deferred(struct loop_task *task)
{
	struct conn *c = LIST_ENTRY(task, struct conn, task);

	worker_busy(c->worker);
	if (c->state == CONN_GONE)
		conn_bury(c);
	else
		conn_go_on(c);
}

static void
conn_expired(struct loop_timer *timer)
{
	struct conn *c = LIST_ENTRY(timer, struct conn, timer);
	enum conn_wait wait = c->wait;

	worker_busy(c->worker);
	c->wait = WAIT_NOTHING;
	switch (wait) {
	case WAIT_HEAD:
		c->framed.ops->expire(&c->framed);
		conn_go_on(c);
		break;
	case WAIT_BODY:
	case WAIT_WRITE:
		conn_close(c, true);
		break;
	case WAIT_FIRST:
	case WAIT_IDLE:
	case WAIT_LINGER:
		conn_close(c, false);
		break;
	case WAIT_NOTHING:
		break;
	}
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
