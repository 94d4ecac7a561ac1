/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exchanges that ended, and connections whose lines find no room in the log:
 * they are parked, read and send nothing that ends an answer, and are tried
 * again every few milliseconds until the log takes lines.
 */
#include "config.h"

#include "base/clock.h"
#include "log/access_log.h"
#include "worker/conn_private.h"

/* So many that find no room are enough to see that there is none: thousands
 * may be parked. */
#define FAILURES_MAX 64

static struct exchange *
first_done(struct conn *c)
{
	struct list_node *node = list_first(&c->framed.done);

	return node == NULL ? NULL : LIST_ENTRY(node, struct exchange, node);
}

/* Only of those that outlived a turn is it known how long they took. */
static void
conn_settle_shown(struct conn *c, const struct exchange *x)
{
	int64_t took_ms = clock_now_ms() - x->start_mono_us / 1000;

	if (took_ms > 0)
		slot_add(&c->worker->slot->duration_ms, (uint64_t)took_ms);
	conn_hide_exchange(c);
}

bool
conn_settle(struct conn *c)
{
	struct exchange *x;

	while ((x = first_done(c)) != NULL) {
		if (x->state != EXCHANGE_SENT && !access_log_write(x))
			return false;
		slot_add(&c->worker->slot->requests, 1);
		if (c->progress != 0)
			conn_settle_shown(c, x);
		framed_release(&c->framed, x);
	}
	return true;
}

void
conn_park(struct conn *c)
{
	struct worker *w = c->worker;

	c->parked = true;
	/* That is no time of the peer's. */
	c->begun = WAIT_NOTHING;
	conn_wait(c, WAIT_NOTHING, false);
	if (c->state != CONN_GONE) {
		conn_at(c, STAGE_LOGGING);
		if (c->framed.exchanges > 0)
			conn_show_exchange(c);
	}
	conn_enlist(c, &w->parked);
	if (!loop_timer_running(&w->park_timer))
		loop_timer_start(worker_queue(w, PARK_MS), &w->park_timer);
}

/* False: its line finds no room still. */
static bool
unpark(struct conn *c)
{
	c->parked = false;
	if (c->state == CONN_GONE)
		return conn_bury(c);
	conn_enlist(c, &c->worker->busy);
	conn_go_on(c);
	return !c->parked;
}

void
conn_unpark(struct worker *w)
{
	/* Who is parked again comes behind it. */
	struct list_node *last = w->parked.head.prev, *node;
	unsigned failures = 0;

	if (list_empty(&w->parked))
		return;
	do {
		node = list_first(&w->parked);
		failures += !unpark(LIST_ENTRY(node, struct conn, node));
	} while (node != last && failures < FAILURES_MAX);
	if (!list_empty(&w->parked) && !loop_timer_running(&w->park_timer))
		loop_timer_start(worker_queue(w, PARK_MS), &w->park_timer);
}

unsigned
conn_lose_lines(struct worker *w)
{
	struct list_node *node;
	unsigned lines = 0;

	while ((node = list_first(&w->parked)) != NULL) {
		struct conn *c = LIST_ENTRY(node, struct conn, node);
		struct exchange *x;

		if (c->progress != 0)
			conn_hide_exchange(c);
		for (; (x = first_done(c)) != NULL; lines++)
			framed_release(&c->framed, x);
		(void)conn_bury(c);
	}
	return lines;
}
