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

#include "base/clock.h"
#include "os/crash.h"
#include "worker/accept.h"
#include "worker/conn_output.h"
#include "worker/conn_private.h"
#include "worker/route.h"

/* What one run of a connection did. */
struct conn_run {
	size_t budget; /* bytes that it may still move in this turn */
	bool read, wrote;
};

/* ---- bytes in, exchanges, bytes out ---- */

/* Reads once into the framing's room; true if something came, be it the
 * end. */
static bool
conn_read(struct conn *c, struct conn_run *run)
{
	size_t room;
	char *to;
	ssize_t n;

	if (!c->readable || c->end_of_input || !c->framed.wants_input)
		return false;
	to = framed_input_room(&c->framed, &room);
	if (to == NULL) {
		/* Without memory there is nothing that would go on. */
		if (c->framed.input == NULL)
			conn_close(c, true);
		return false;
	}
	n = c->transport.ops->read(&c->transport, to, room);
	framed_input_added(&c->framed, n > 0 ? (size_t)n : 0);
	if (n > 0) {
		c->last_ms = (uint32_t)clock_now_ms();
		run->budget -=
		    (size_t)n < run->budget ? (size_t)n : run->budget;
		run->read = true;
		/* Less than there was room for: the socket is empty, and the
		 * next byte, or the end, makes a new edge. */
		if ((size_t)n < room && !c->hangup &&
		    c->transport.ops->pending(&c->transport) == 0)
			c->readable = false;
		return true;
	}
	if (n == TRANSPORT_AGAIN_READ || n == TRANSPORT_AGAIN_WRITE) {
		c->readable = false;
		c->crossed |= n == TRANSPORT_AGAIN_WRITE;
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

/* ---- for the log of a worker that dies in the middle of it ---- */

static void
note_request(struct worker_slot *slot, struct span line)
{
	size_t len = line.len;

	if (len >= sizeof(slot->request))
		len = sizeof(slot->request) - 1;
	memcpy(slot->request, line.ptr, len);
	slot->request[len] = '\0';
}

/* What is said from here on is this connection's. */
static void
note_conn(const struct conn *c)
{
	struct worker_slot *slot = c->worker->slot;

	slot->client = c->peer.remote;
	slot->at = c->progress;
	slot->request[0] = '\0';
}

/* A parser that crashes has made no request of the head yet.  What is in a
 * body is nothing for a log. */
static void
frame_in(struct conn *c)
{
	size_t len = 0;
	const char *bytes = framed_input_bytes(&c->framed, &len);

	if (c->framed.exchanges == 0)
		crash_note(bytes, len);
	c->framed.ops->input(&c->framed, c->end_of_input);
	crash_note(NULL, 0);
}

/* ---- input and routing ---- */

static void
conn_route(struct conn *c, struct exchange *x)
{
	bool done;

	list_remove(&x->node);
	if (c->surplus) {
		if (!acceptor_admits(c))
			acceptor_refuse(c, x);
		/* Idle ones were looked at. */
		note_conn(c);
	}
	if (x->wake == NULL) {
		x->wake = exchange_wakes;
		x->wake_data = c;
		if (x->request.line.len > 0)
			note_request(c->worker->slot, x->request.line);
	}
	done = route(x, c->worker->lookups);
	/* Its time-outs are those of the host that was asked last. */
	c->conf = settings_get(x->route.host->settings, &worker_section);
	if (c->conf->keep_alive_timeout_ms == 0)
		x->response.close = true;
	if (done)
		c->framed.ops->answer(&c->framed, x);
}

/* Input becomes exchanges, and they answers, as far as the framing goes. */
static void
conn_input(struct conn *c)
{
	struct list_node *node;

	do {
		while ((node = list_first(&c->framed.ready)) != NULL)
			conn_route(c, LIST_ENTRY(node, struct exchange, node));
		frame_in(c);
	} while (!list_empty(&c->framed.ready));
}

/* One batch; true: something went, and more may follow. */
static bool
conn_write(struct conn *c, struct conn_run *run)
{
	size_t written = 0;
	enum conn_output_result result;

	if (!c->writable || run->budget < OUTPUT_LIMIT_MIN)
		return false;
	result = conn_output(c, run->budget, &written);
	run->budget -= written < run->budget ? written : run->budget;
	run->wrote |= written > 0;
	conn_wrote(c, written);
	switch (result) {
	case CONN_OUTPUT_NOTHING:
		return false;
	case CONN_OUTPUT_WROTE:
		return true;
	case CONN_OUTPUT_BLOCKED:
		conn_blocked(c);
		return false;
	case CONN_OUTPUT_PARKED:
		conn_park(c);
		return false;
	case CONN_OUTPUT_FAILED:
		conn_close(c, true);
		return false;
	}
	return false;
}

/*
 * One round of reading, answering and writing.  True: something moved, and a
 * further round may move more.
 */
static bool
conn_round(struct conn *c, struct conn_run *run)
{
	bool moved = conn_read(c, run);

	if (c->state != CONN_OPEN)
		return false;
	conn_input(c);
	moved |= conn_write(c, run);
	if (c->state != CONN_OPEN || c->parked)
		return false;
	if (!conn_settle(c)) {
		conn_park(c);
		return false;
	}
	return moved;
}

/* A hook, or a source, that waits for a backend bounds that itself; what is
 * the client's to do is bounded here. */
static enum conn_wait
conn_waits_for(const struct conn *c)
{
	if (!c->writable)
		return WAIT_WRITE;
	if (framed_idle(&c->framed))
		return c->peer.requests == 0 ? WAIT_FIRST : WAIT_IDLE;
	if (c->framed.exchanges == 0)
		return WAIT_HEAD;
	return c->framed.wants_input ? WAIT_BODY : WAIT_NOTHING;
}

/* Waits; begun: a request has. */
static void
conn_wait_for(
    struct conn *c, enum conn_wait wait, const struct conn_run *run, bool begun)
{
	if (wait == WAIT_HEAD || wait == WAIT_BODY) {
		/* One head after the other, each has its time. */
		conn_reading(c, wait, begun);
		return;
	}
	if (wait == WAIT_WRITE) {
		conn_writing(c, run->wrote);
		return;
	}
	c->begun = WAIT_NOTHING;
	conn_wait(c, wait, run->wrote || run->read);
}

static struct list *
list_of(const struct conn *c, enum conn_wait wait)
{
	struct worker *w = c->worker;

	/* One of the surplus that goes makes no room. */
	if (wait == WAIT_FIRST && !c->surplus)
		return &w->fresh;
	return wait == WAIT_IDLE ? &w->idle : &w->busy;
}

/* Nothing moves any more. */
static void
conn_rest(struct conn *c, const struct conn_run *run, bool begun)
{
	enum conn_wait wait = conn_waits_for(c);
	bool same = wait == c->wait && !run->read && !run->wrote;

	if (c->framed.status == FRAMING_BROKEN) {
		conn_close(c, true);
		return;
	}
	if (framed_finished(&c->framed)) {
		conn_finish(c);
		return;
	}
	if (c->broken) {
		conn_close(c, true);
		return;
	}
	if (same) /* an event that changed nothing */
		return;
	conn_wait_for(c, wait, run, begun);
	if (c->framed.exchanges > 0)
		conn_show_exchange(c);
	conn_enlist(c, list_of(c, wait));
	if (framed_idle(&c->framed))
		handover_give(c);
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

/* One that has always begun another request cannot be handed over: its
 * framing announces the end. */
static void
count_drain_answers(struct conn *c, uint32_t answers)
{
	struct framed *f = &c->framed;

	if (c->worker->phase != PHASE_HANDING_OVER || f->draining)
		return;
	if (answers < DRAIN_ANSWERS_MAX - f->drain_answers) {
		f->drain_answers += (uint8_t)answers;
	} else {
		f->drain_answers = DRAIN_ANSWERS_MAX;
		f->ops->drain(f);
	}
}

static void
conn_run(struct conn *c)
{
	struct conn_run run = { .budget = OUTPUT_TURN_MAX };
	uint32_t requests = c->peer.requests;

	while (run.budget >= OUTPUT_LIMIT_MIN && conn_round(c, &run))
		/* Between two requests of a pipeline it may go as well. */
		if (framed_idle(&c->framed) && handover_give(c))
			return;
	count_drain_answers(c, c->peer.requests - requests);
	if (c->state != CONN_OPEN || c->parked)
		return;
	if (run.budget < OUTPUT_LIMIT_MIN) {
		/* It could go on, and no edge will say so: others first. */
		conn_wait(c, WAIT_NOTHING, false);
		conn_at(c, run.wrote ? STAGE_SENDING : STAGE_BODY);
		if (c->framed.exchanges > 0)
			conn_show_exchange(c);
		conn_enlist(c, &c->worker->busy);
		loop_defer(c->worker->loop, &c->task);
		return;
	}
	conn_rest(c, &run, c->peer.requests != requests);
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
	note_conn(c);
	if (c->state == CONN_HANDSHAKE)
		conn_handshake(c);
	if (c->state == CONN_LINGERING)
		conn_linger(c);
	else if (c->state == CONN_OPEN && !c->parked)
		conn_run(c);
	conn_register(c);
}

/* ---- what the loop calls ---- */

void
conn_ready(struct loop_source *source, uint32_t events)
{
	struct conn *c = LIST_ENTRY(source, struct conn, source);

	worker_busy(c->worker);
	if (c->crossed)
		events |= EPOLLIN | EPOLLOUT;
	c->crossed = false;
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->readable = true;
	if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		c->writable = true;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->hangup = true;
	if (events & (EPOLLHUP | EPOLLERR))
		c->broken = true;
	/* One that had its share of the last turn goes on with the others
	 * like it, at the end of this. */
	if (!loop_task_pending(&c->task))
		conn_go_on(c);
}

void
conn_deferred(struct loop_task *task)
{
	struct conn *c = LIST_ENTRY(task, struct conn, task);

	worker_busy(c->worker);
	if (c->state == CONN_GONE)
		(void)conn_bury(c);
	else
		conn_go_on(c);
}
