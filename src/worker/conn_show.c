/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What others see of connections, on the pages of the worker: how many are at
 * which stage, and the requests that outlive a turn of the loop.  One that is
 * answered in the turn in which it comes moves nothing here: the connection
 * is idle before and after.
 */
#include "config.h"

#include <string.h>
#include <strings.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "worker/conn_private.h"

/* ---- stages ---- */

static void
count_stage(struct worker *w, enum conn_stage stage, int more)
{
	_Atomic uint32_t *count = &w->slot->stages[stage];

	/* It is what the others leave of all connections. */
	if (stage == STAGE_WORKING)
		return;
	atomic_store_explicit(count,
	    atomic_load_explicit(count, memory_order_relaxed) + (uint32_t)more,
	    memory_order_relaxed);
}

static void
rewrite_stage(struct conn *c)
{
	_Atomic uint64_t *place = c->worker->slot->progress[c->progress - 1];
	struct progress p;

	if (!seqlock_read(place, &p, sizeof(p)) || p.stage == c->stage)
		return;
	p.stage = c->stage;
	seqlock_write(place, &p, sizeof(p));
}

void
conn_show_stage(struct conn *c, enum conn_stage stage)
{
	count_stage(c->worker, c->stage, -1);
	count_stage(c->worker, stage, 1);
	c->stage = stage;
}

/* ---- requests in progress ---- */

/* Text of a client, cut; p was zeroed. */
static void
put(char *to, size_t size, struct span text)
{
	if (text.len > 0)
		memcpy(to, text.ptr, text.len < size ? text.len : size - 1);
}

static void
describe(struct conn *c, struct exchange *x, struct progress *p)
{
	const struct request *r = &x->request;
	char client[ADDR_TEXT_SIZE];
	size_t len = addr_print_ip(exchange_client(x), client);

	*p = (struct progress){
		.since_ms = x->start_mono_us / 1000,
		.stage = c->stage,
	};
	put(p->client, sizeof(p->client), span_of(client, len));
	put(p->host, sizeof(p->host), r->uri.host);
	put(p->request, sizeof(p->request),
	    r->line.len > 0 ? r->line : r->target);
}

void
conn_show_exchange(struct conn *c)
{
	struct worker *w = c->worker;
	uint32_t free = ~w->progress_used & PROGRESS_MASK;
	struct exchange *x;
	struct progress p;

	if (c->progress != 0) {
		rewrite_stage(c);
		return;
	}
	x = c->framed.ops->oldest(&c->framed);
	if (x == NULL || free == 0)
		return;
	c->progress = (uint8_t)ffs((int)free);
	w->progress_used |= UINT32_C(1) << (c->progress - 1);
	describe(c, x, &p);
	seqlock_write(w->slot->progress[c->progress - 1], &p, sizeof(p));
}

void
conn_hide_exchange(struct conn *c)
{
	static const struct progress none;
	struct worker *w = c->worker;
	_Atomic uint64_t *place = w->slot->progress[c->progress - 1];

	w->progress_used &= ~(UINT32_C(1) << (c->progress - 1));
	c->progress = 0;
	seqlock_write(place, &none, sizeof(none));
}

/* ---- the worker ---- */

static uint64_t
microseconds(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_usec;
}

void
worker_show_usage(struct worker *w)
{
	struct worker_slot *slot = w->slot;
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		return;
	atomic_store_explicit(&slot->cpu_user_us, microseconds(&usage.ru_utime),
	    memory_order_relaxed);
	atomic_store_explicit(&slot->cpu_system_us,
	    microseconds(&usage.ru_stime), memory_order_relaxed);
	atomic_store_explicit(
	    &slot->memory_kib, (uint64_t)usage.ru_maxrss, memory_order_relaxed);
}

void
conn_show_now(struct exchange *x)
{
	struct conn *c = x->wake_data;

	worker_show_usage(c->worker);
	/* A handler is at work on it: no timer runs. */
	conn_wait(c, WAIT_NOTHING, false);
	conn_show_exchange(c);
}
