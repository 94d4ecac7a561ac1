/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state machine of a connection.  One run moves bytes as far as they go:
 * read, frame in, route, frame out, write, settle what ended; then the
 * connection rests with the timer of what it waits for.  Registration is
 * edge-triggered and done once, so readable and writable are remembered.
 */
#include "config.h"

#include <string.h>
#include <sys/epoll.h>

#include "worker/conn_output.h"
#include "worker/conn_private.h"
#include "worker/route.h"

/* A peer that goes on sending while we linger is cut after this much. */
#define LINGER_BYTES_MAX (1024 * 1024)

/* ---- the last bytes ---- */

/* All is said.  Where input is left unread, by the framing or in the socket,
 * close() would reset and the peer might never see the answer: it is given
 * time to close first. */
static void
conn_finish(struct conn *c)
{
	if ((!c->framed.lingering && !c->readable) || c->end_of_input) {
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

	/* One that is answered waits for bytes of its body alone. */
	if (x->state < EXCHANGE_ANSWERED) {
		list_remove(&x->node);
		list_append(&c->framed.ready, &x->node);
	}
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
	bool done;

	list_remove(&x->node);
	if (x->wake == NULL) {
		x->wake = exchange_wakes;
		x->wake_data = c;
		if (x->request.line.len > 0)
			note_request(c->worker->slot, x->request.line);
	}
	done = route(x, c->worker->lookups);
	/* Its time-outs are those of the host that was asked last. */
	c->conf = settings_get(x->route.host->settings, &worker_section);
	if (done)
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
		c->unsent = c->transport.ops->unsent(&c->transport);
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
	/* A hook has its own time-outs, but not for the client's body. */
	if (!list_empty(&c->waiting) && !c->framed.wants_input)
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

void
conn_go_on(struct conn *c)
{
	if (c->state == CONN_HANDSHAKE)
		conn_handshake(c);
	conn_run(c);
	conn_register(c);
}

/* ---- what the loop calls ---- */

void
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

void
conn_deferred(struct loop_task *task)
{
	struct conn *c = LIST_ENTRY(task, struct conn, task);

	worker_busy(c->worker);
	if (c->state == CONN_GONE)
		conn_bury(c);
	else
		conn_go_on(c);
}

/* The kernel tells of room only once a third of its buffer is free, which a
 * slow peer may need long for: it is cut only if it took nothing at all. */
static void
conn_write_expired(struct conn *c)
{
	size_t unsent = c->transport.ops->unsent(&c->transport);

	if (unsent >= c->unsent) {
		conn_close(c, true);
		return;
	}
	c->unsent = unsent;
	conn_wait(c, WAIT_WRITE, true);
}

void
conn_expired(struct loop_timer *timer)
{
	struct conn *c = LIST_ENTRY(timer, struct conn, timer);
	enum conn_wait wait = c->wait;

	worker_busy(c->worker);
	c->wait = WAIT_NOTHING;
	switch (wait) {
	case WAIT_HEAD:
	case WAIT_BODY:
		c->framed.ops->expire(&c->framed);
		conn_go_on(c);
		break;
	case WAIT_WRITE:
		conn_write_expired(c);
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
