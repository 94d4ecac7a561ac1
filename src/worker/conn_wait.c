/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a connection waits, and what becomes of it when that was in vain.
 * What it waits for is decided in conn.c.  The queues of all durations are
 * made when the worker starts, so starting a timer cannot fail.
 */
#include "config.h"

#include <sys/epoll.h>

#include "base/clock.h"
#include "worker/conn_private.h"

/*
 * What is left may be any time, but durations are few: the timer looks again
 * before, or a little after.  So bytes that come or go start no timer.  Some of
 * a row may be 0.
 */
static int64_t
longest_within(const int64_t *durations, size_t count, int64_t left)
{
	int64_t ms = 0;

	for (size_t i = 0; i < count; i++)
		if (durations[i] <= left && durations[i] > ms)
			ms = durations[i];
	return ms > 0 ? ms : CHECK_MS;
}

/* ---- what is read ---- */

static const struct read_bound *
bound_of(const struct conn *c)
{
	const struct read_bounds *bounds = &c->conf->read_bounds;

	return c->begun == WAIT_BODY ? &bounds->body : &bounds->header;
}

static uint64_t
bytes_read(struct conn *c)
{
	const struct exchange *x = NULL;

	if (c->begun == WAIT_BODY)
		x = c->framed.ops->oldest(&c->framed);
	return x != NULL ? x->body_bytes_in : framed_input_left(&c->framed);
}

static int64_t
since(uint32_t then_ms)
{
	return (uint32_t)clock_now_ms() - then_ms;
}

/* For how long it may go on as it is; 0 or less: no longer. */
static int64_t
reading_left(struct conn *c)
{
	int64_t left = c->conf->timeout_ms - since(c->last_ms);
	int64_t bound = read_bound_ms(bound_of(c), bytes_read(c));

	if (c->surplus && bound > SILENCE_MS)
		bound = SILENCE_MS;
	if (bound == READ_BOUND_NEVER)
		return left;
	bound -= since(c->from_ms);
	return bound < left ? bound : left;
}

static int64_t
reading_duration(struct conn *c)
{
	const int64_t durations[] = { c->conf->timeout_ms,
		c->conf->read_bounds.header.first_ms,
		c->conf->read_bounds.body.first_ms, TICK_MS };

	return longest_within(
	    durations, sizeof(durations) / sizeof(*durations), reading_left(c));
}

void
conn_reading(struct conn *c, enum conn_wait wait, bool anew)
{
	anew |= wait != c->begun;
	if (anew) {
		c->begun = wait;
		c->from_ms = c->last_ms = (uint32_t)clock_now_ms();
	}
	conn_wait(c, wait, anew);
}

/* ---- what is written ---- */

static uint32_t
unsent(const struct conn *c)
{
	size_t bytes = c->transport.ops->unsent(&c->transport);

	return bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

/* For how long the peer has time still; 0 or less: for no longer. */
static int64_t
writing_left(const struct conn *c)
{
	return (int32_t)(c->last_ms - (uint32_t)clock_now_ms());
}

static void
set_writing_left(struct conn *c, int64_t ms)
{
	c->last_ms = (uint32_t)(clock_now_ms() + ms);
}

/*
 * What the peer has taken since it was looked at last, not what the kernel has:
 * that brings it time, as much as ResponseMinRate allows for it, up to Timeout.
 * So who takes more is never cut, however unevenly; and with no rate any byte
 * brings all.
 */
static void
look_at_peer(struct conn *c)
{
	uint32_t left = unsent(c);
	uint64_t taken = c->bytes > left ? c->bytes - left : 0;
	int64_t rate = c->conf->response_min_rate, most = c->conf->timeout_ms;
	int64_t more = (int64_t)taken * 1000;

	if (rate > 0)
		more /= rate;
	else if (taken > 0)
		more = most;
	more += writing_left(c);
	set_writing_left(c, more < most ? more : most);
	c->bytes = left;
}

void
conn_wrote(struct conn *c, size_t bytes)
{
	/* So many that they do not fit are enough for a new beginning. */
	if (c->begun == WAIT_WRITE &&
	    __builtin_add_overflow(c->bytes, bytes, &c->bytes))
		c->begun = WAIT_NOTHING;
}

static void
begin_writing(struct conn *c)
{
	c->begun = WAIT_WRITE;
	c->bytes = unsent(c);
	set_writing_left(c, c->conf->timeout_ms);
}

void
conn_blocked(struct conn *c)
{
	c->writable = false;
	if (c->begun == WAIT_WRITE)
		look_at_peer(c);
	else
		begin_writing(c);
	if (c->transport.ops->want(&c->transport) & EPOLLIN)
		c->crossed = true;
}

static int64_t
writing_duration(const struct conn *c)
{
	const int64_t durations[] = { c->conf->timeout_ms, TICK_MS };

	return longest_within(
	    durations, sizeof(durations) / sizeof(*durations), writing_left(c));
}

void
conn_writing(struct conn *c, bool renew)
{
	if (c->begun != WAIT_WRITE)
		begin_writing(c);
	conn_wait(c, WAIT_WRITE, renew);
}

/* ---- starting ---- */

static int64_t
wait_duration(struct conn *c)
{
	int64_t ms = c->conf->timeout_ms;
	int64_t head_ms = c->conf->read_bounds.header.first_ms;

	if (c->wait == WAIT_LINGER)
		return LINGER_MS;
	if (c->wait == WAIT_HEAD || c->wait == WAIT_BODY)
		return reading_duration(c);
	if (c->wait == WAIT_WRITE)
		return writing_duration(c);
	if (c->wait == WAIT_FIRST && head_ms > 0 && head_ms < ms)
		ms = head_ms;
	if (c->wait == WAIT_FIRST && c->surplus && ms > SILENCE_MS)
		ms = SILENCE_MS;
	if (c->wait == WAIT_IDLE)
		ms = worker_idle_ms(c->conf);
	if ((c->wait == WAIT_IDLE || c->wait == WAIT_FIRST) &&
	    c->worker->phase >= PHASE_HANDING_OVER && !handover_possible(c) &&
	    ms > DRAIN_IDLE_MS)
		ms = DRAIN_IDLE_MS;
	return ms;
}

void
conn_wait(struct conn *c, enum conn_wait wait, bool renew)
{
	static const enum conn_stage stages[] = {
		[WAIT_NOTHING] = STAGE_WORKING,
		[WAIT_FIRST] = STAGE_NEW,
		[WAIT_HEAD] = STAGE_HEAD,
		[WAIT_BODY] = STAGE_BODY,
		[WAIT_WRITE] = STAGE_SENDING,
		[WAIT_IDLE] = STAGE_IDLE,
		[WAIT_LINGER] = STAGE_CLOSING,
	};

	conn_at(c, stages[wait]);
	if (wait == c->wait && !renew)
		return;
	c->wait = wait;
	if (wait == WAIT_NOTHING)
		loop_timer_stop(&c->timer);
	else
		loop_timer_start(
		    worker_queue(c->worker, wait_duration(c)), &c->timer);
}

int64_t
conn_waited(struct conn *c)
{
	return clock_now_ms() - (c->timer.deadline_ms - wait_duration(c));
}

void
conn_wait_anew(struct conn *c)
{
	conn_wait(c, c->wait, true);
}

/* ---- expiring ---- */

/* The kernel tells of room only once a third of its buffer is free, which a
 * slow peer may need long for: so it is looked at. */
static void
write_expired(struct conn *c)
{
	struct exchange *x;

	look_at_peer(c);
	if (writing_left(c) > 0) {
		conn_wait(c, WAIT_WRITE, true);
		return;
	}
	x = c->framed.ops->oldest(&c->framed);
	if (x != NULL)
		exchange_report(x, REPORT_INFO, "worker",
		    "cut off: the client takes its answer too slowly, or not "
		    "at all");
	conn_close(c, true);
}

/*
 * What came in time may not have been seen yet: after a while in which this
 * process stood still there are more events than a turn takes.  True: there was
 * something, and the connection goes on by itself.
 */
static bool
goes_on(struct conn *c)
{
	enum conn_wait wait = c->wait;

	c->readable = true;
	conn_go_on(c);
	return c->state != CONN_OPEN || c->wait != wait ||
	       loop_timer_running(&c->timer);
}

static void
read_expired(struct conn *c)
{
	if (reading_left(c) <= 0 && goes_on(c))
		return;
	if (reading_left(c) > 0) {
		conn_wait_anew(c);
		return;
	}
	c->wait = c->begun = WAIT_NOTHING;
	c->framed.ops->expire(&c->framed);
	conn_go_on(c);
}

/* How an idle connection ends is the framing's to say. */
static void
quiet_expired(struct conn *c)
{
	if (c->state != CONN_OPEN) {
		conn_close(c, false);
		return;
	}
	if (goes_on(c))
		return;
	c->wait = WAIT_NOTHING;
	c->framed.ops->expire(&c->framed);
	conn_go_on(c);
}

void
conn_expired(struct loop_timer *timer)
{
	struct conn *c = LIST_ENTRY(timer, struct conn, timer);

	worker_busy(c->worker);
	switch (c->wait) {
	case WAIT_HEAD:
	case WAIT_BODY:
		read_expired(c);
		break;
	case WAIT_WRITE:
		write_expired(c);
		break;
	case WAIT_FIRST:
	case WAIT_IDLE:
		quiet_expired(c);
		break;
	case WAIT_LINGER:
		conn_close(c, false);
		break;
	case WAIT_NOTHING:
		break;
	}
}
