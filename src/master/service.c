/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master runs even where no worker can: were the watchdog fed by its own
 * loop alone, a server that answers nobody would pass for one that lives.  So
 * it is fed while one worker at least is fresh, and while the master ends.
 */
#include "config.h"

#include "master/service.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/report.h"
#include "master/master.h"
#include "master/notify.h"

/* As often as Apache renews its own. */
#define STATUS_TICKS 10

static void
feed(struct master *m)
{
	int64_t interval_ms = notify_watchdog_us() / 1000;
	bool fresh =
	    m->stop.state >= STOP_KILLING ||
	    heartbeat_is_fresh(&m->heartbeat, &m->children, interval_ms);

	if (fresh)
		notify_alive();
	else if (!m->service.starves)
		report(REPORT_ALERT, "master",
		    "no worker has a pulse: the service manager's watchdog is "
		    "left to bite");
	m->service.starves = !fresh;
}

static void
start_timer(struct master *m)
{
	/* Twice in its time, as sd_watchdog_enabled(3) advises. */
	int64_t ms = notify_watchdog_us() / 2000;

	loop_timer_start(
	    loop_queue(m->loop, ms < 1 ? 1 : ms), &m->service.watchdog);
}

static void
watchdog_due(struct loop_timer *timer)
{
	struct master *m = LIST_ENTRY(timer, struct master, service.watchdog);

	/* After an upgrade that is the new master's. */
	if (notify_watchdog_us() == 0)
		return;
	feed(m);
	start_timer(m);
}

void
service_init(struct master *m)
{
	loop_timer_init(&m->service.watchdog, watchdog_due);
}

void
service_begin(struct master *m)
{
	if (notify_watchdog_us() > 0)
		start_timer(m);
}

static void
tell_status(const struct master *m, uint64_t requests, uint64_t more)
{
	const struct generation *g = m->current;
	bool failed = m->notices.reload.last.outcome == RELOAD_FAILED;
	char status[200];

	snprintf(status, sizeof(status),
	    "%s with %u worker%s, generation %" PRIu64 ": %" PRIu64
	    " request%s, %.1f a second%s",
	    m->stop.state == STOP_NOT ? "serving" : "stopping", g->seat_count,
	    g->seat_count == 1 ? "" : "s", g->number, requests,
	    requests == 1 ? "" : "s", (double)more / m->service.ticks,
	    failed ? "; the last reload failed" : "");
	notify_status(status);
}

void
service_tick(struct master *m)
{
	struct service *s = &m->service;
	struct load_totals totals;

	notify_retry();
	if (!m->serving || ++s->ticks < STATUS_TICKS)
		return;
	scoreboard_totals(&m->children.scoreboard, &totals);
	/* Nobody came: what it said last is still so. */
	if (totals.requests == s->requests)
		return;
	tell_status(m, totals.requests, totals.requests - s->requests);
	s->requests = totals.requests;
	s->ticks = 0;
}
