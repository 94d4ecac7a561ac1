/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the master says of itself is a copy of what it knows, made anew after
 * each turn of its loop; only the last reload and the last upgrade have a story
 * that is told as it goes.
 */
#include "config.h"

#include "master/notices.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "master/master.h"

/* ---- the state ---- */

static enum master_state
state_of(const struct master *m)
{
	if (m->stop.state != STOP_NOT)
		return MASTER_STOPPING;
	if (!m->serving)
		return MASTER_STARTING;
	if (m->upgrade.state != UPGRADE_IDLE)
		return MASTER_UPGRADING;
	return m->notices.reload.last.outcome == RELOAD_UNDER_WAY
		   ? MASTER_RELOADING
		   : MASTER_SERVING;
}

static uint32_t
count_workers(const struct generation *g)
{
	const struct list_node *n;
	uint32_t count = 0;

	LIST_FOREACH (n, &g->children)
		count++;
	return count;
}

static struct master_generation
describe(const struct generation *g)
{
	static const enum generation_phase phases[] = {
		[GENERATION_STARTING] = GENERATION_BEGINS,
		[GENERATION_SERVING] = GENERATION_SERVES,
		[GENERATION_RETIRED] = GENERATION_DRAINS,
	};

	return (struct master_generation){
		.number = g->number,
		.since_ms = g->since_ms,
		.phase = phases[g->state],
		.workers = count_workers(g),
	};
}

void
notices_update(struct master *m)
{
	const struct notices *own = &m->notices;
	struct master_status status = {
		.started_ms = own->started_ms,
		.started_us = own->started_us,
		.generation = m->current == NULL ? 0 : m->current->number,
		.pid = (int32_t)getpid(),
		.state = state_of(m),
		.reloads = own->reload.begun,
		.reloads_failed = own->reload.failed,
		.reload_waits = m->reload.wanted != RELOAD_NONE,
	};
	const struct list_node *n;

	LIST_FOREACH (n, &m->children.generations)
		if (status.generation_count < MASTER_GENERATIONS)
			status.generations[status.generation_count++] =
			    describe(LIST_ENTRY(n, struct generation, node));
	seqlock_write(own->page->status, &status, sizeof(status));
}

void
notices_begin(struct master *m)
{
	struct notices *own = &m->notices;

	own->page = scoreboard_master(&m->children.scoreboard);
	own->started_ms = clock_now_ms();
	own->started_us = clock_real_us();
	notices_update(m);
}

void
notices_tick(struct master *m)
{
	struct load_totals totals;
	struct load_sample sample;

	scoreboard_totals(&m->children.scoreboard, &totals);
	sample = (struct load_sample){
		.at_ms = clock_now_ms(),
		.requests = totals.requests,
		.bytes = totals.bytes,
		.cpu_us = totals.cpu_user_us + totals.cpu_system_us,
	};
	master_board_add_sample(m->notices.page, &sample);
}

/* ---- the last reload, the last upgrade ---- */

static void
publish(struct notices *own, const struct change_notice *notice)
{
	seqlock_write(
	    notice == &own->reload ? own->page->reload : own->page->upgrade,
	    &notice->last, sizeof(notice->last));
}

void
notices_begins(struct master *m, struct change_notice *notice, bool graceful)
{
	notice->begun++;
	notice->begun_ms = clock_now_ms();
	notice->last = (struct master_change){
		.began_us = clock_real_us(),
		.outcome = RELOAD_UNDER_WAY,
		.graceful = graceful,
	};
	publish(&m->notices, notice);
	/* Reading the configuration may take its time. */
	notices_update(m);
}

void
notices_says(struct master *m, struct change_notice *notice, struct span lines)
{
	static const char more[] = "there is more in the error log\n";
	char *error = notice->last.error;
	size_t len = strlen(error), room = sizeof(notice->last.error) - len;
	bool fits = lines.len < room;

	if (!fits) {
		lines.len = room - sizeof(more);
		lines.len = span_find_last(lines, '\n') + 1;
	}
	snprintf(
	    error + len, room, "%.*s%s", SPAN_ARG(lines), fits ? "" : more);
	publish(&m->notices, notice);
}

void
notices_ends(struct master *m, struct change_notice *notice, const char *why)
{
	struct master_change *last = &notice->last;

	last->outcome = why == NULL ? RELOAD_SUCCEEDED : RELOAD_FAILED;
	last->took_ms = clock_now_ms() - notice->begun_ms;
	if (why != NULL) {
		notice->failed++;
		snprintf(last->error, sizeof(last->error), "%s\n", why);
	}
	publish(&m->notices, notice);
}

void
notices_upgraded(struct master *m)
{
	struct notices *own = &m->notices;

	own->upgrade.last = (struct master_change){
		.began_us = own->started_us,
		.took_ms = clock_now_ms() - own->started_ms,
		.outcome = RELOAD_SUCCEEDED,
		.before = (int32_t)m->setup->inherit->giver,
	};
	publish(own, &own->upgrade);
}
