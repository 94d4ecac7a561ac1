/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stopping, as states that wait for processes to end:
 *
 *	GRACE -> DRAINING -> KILLING -> LOGGER -> PROGRAMS -> DONE
 *
 * A graceful stop begins at GRACE, any other at KILLING.  The logger is the
 * last that works, so that no line of a worker is lost.
 */
#include "config.h"

#include "master/stop.h"

#include <signal.h>

#include "base/report.h"
#include "log/error_log.h"
#include "master/master_conf.h"
#include "master/notify.h"
#include "master/reload.h"
#include "master/upgrade.h"

/* A destination that takes nothing for 5 s is given up by the logger, and when
 * all is to end at once after less. */
#define LOGGER_MS 10000
#define HASTE_MS 300
/* Time for programs to write what they have read, and then to obey. */
#define PROGRAMS_MS 1000
#define PROGRAMS_TERM_MS 2000

static void
start_timer(struct master *m, int64_t ms)
{
	loop_timer_start(loop_queue(m->loop, ms), &m->stop.timer);
}

/* Of ours, and of masters that drain since an upgrade. */
static bool
has_children(const struct master *m)
{
	const struct list_node *n;

	if (!upgrade_may_end(m))
		return true;
	LIST_FOREACH (n, &m->children.generations)
		if (!list_empty(
			&LIST_ENTRY(n, struct generation, node)->children))
			return true;
	return false;
}

void
stop_draining(struct master *m, enum drain_mode mode)
{
	struct list_node *n;

	m->stop.state = STOP_DRAINING;
	LIST_FOREACH (n, &m->children.generations)
		generation_drain(LIST_ENTRY(n, struct generation, node), mode);
	stop_advance(m);
}

static void
drain_all(struct master *m)
{
	int64_t timeout =
	    master_conf_get(m->current->conf)->graceful_timeout_ms;

	if (timeout > 0)
		start_timer(m, timeout);
	stop_draining(m, DRAIN_CLOSE);
}

static void
kill_all(struct master *m)
{
	struct list_node *n;

	m->stop.state = STOP_KILLING;
	loop_timer_stop(&m->stop.timer);
	/* Idle connections have nobody to go to any more. */
	relay_set(&m->relay, NULL);
	upgrade_stop_peers(m);
	LIST_FOREACH (n, &m->children.generations)
		generation_stop(LIST_ENTRY(n, struct generation, node));
	stop_advance(m);
}

static void
finish_logger(struct master *m)
{
	m->stop.state = STOP_LOGGER;
	relay_set(&m->relay, NULL);
	start_timer(m, LOGGER_MS);
	/* What is said from here on has no log to go to. */
	error_log_detach();
	logger_process_finish(&m->logger, m->stop.at_once ? HASTE_MS : 0);
	stop_advance(m);
}

static void
close_programs(struct master *m)
{
	m->stop.state = STOP_PROGRAMS;
	start_timer(m, PROGRAMS_MS);
	logs_close(&m->logs);
	stop_advance(m);
}

void
stop_advance(struct master *m)
{
	switch (m->stop.state) {
	case STOP_DRAINING:
	case STOP_KILLING:
		if (!has_children(m))
			finish_logger(m);
		break;
	case STOP_LOGGER:
		if (m->logger.pid == 0 &&
		    !loop_timer_running(&m->logger.respawn_timer))
			close_programs(m);
		break;
	case STOP_PROGRAMS:
		if (logs_programs(&m->logs) == 0)
			m->stop.state = STOP_DONE;
		break;
	case STOP_NOT:
	case STOP_GRACE:
	case STOP_DONE:
		break;
	}
}

/* SIGTERM, as Apache does.  Who does not obey is not left behind. */
static void
end_programs(struct master *m)
{
	logs_end_programs(&m->logs, m->stop.programs_told ? SIGKILL : SIGTERM);
	if (m->stop.programs_told)
		m->stop.state = STOP_DONE;
	m->stop.programs_told = true;
	start_timer(m, PROGRAMS_TERM_MS);
}

static void
time_is_up(struct loop_timer *timer)
{
	struct master *m = LIST_ENTRY(timer, struct master, stop.timer);

	switch (m->stop.state) {
	case STOP_GRACE:
		drain_all(m);
		break;
	case STOP_DRAINING:
		report(REPORT_NOTICE, "master",
		    "GracefulShutdownTimeout is over: stopping now");
		kill_all(m);
		break;
	case STOP_LOGGER:
		report(REPORT_ERROR, "master",
		    "the logger cannot write its last lines");
		logger_process_give_up(&m->logger);
		stop_advance(m);
		break;
	case STOP_PROGRAMS:
		end_programs(m);
		break;
	case STOP_NOT:
	case STOP_KILLING:
	case STOP_DONE:
		break;
	}
}

void
stop_init(struct master *m)
{
	m->stop.state = STOP_NOT;
	loop_timer_init(&m->stop.timer, time_is_up);
}

/* Those that drain keep their idle connections from now on: whom they would
 * give them to ends, too. */
static void
keep_idle(struct master *m)
{
	struct list_node *n;
	struct generation *g;

	LIST_FOREACH (n, &m->children.generations) {
		g = LIST_ENTRY(n, struct generation, node);
		if (g->state == GENERATION_RETIRED)
			generation_drain(g, DRAIN_CLOSE);
	}
}

static void
refuse_new(struct master *m)
{
	const struct listener_set *set = &m->current->listeners;
	size_t i;

	m->stop.state = STOP_GRACE;
	keep_idle(m);
	for (i = 0; i < set->count; i++)
		listener_refuse_new(&set->listeners[i]);
	start_timer(m, MASTER_GRACE_MS);
}

/* Also one that has come as far as the logger, but no further. */
static void
hurry(struct master *m)
{
	bool hurried = m->stop.at_once;

	m->stop.at_once = true;
	if (m->stop.state == STOP_LOGGER && !hurried)
		logger_process_finish(&m->logger, HASTE_MS);
}

void
stop_request(struct master *m, bool graceful)
{
	if (!graceful)
		hurry(m);
	if (m->stop.state >= STOP_KILLING ||
	    (graceful && m->stop.state != STOP_NOT))
		return;
	if (graceful && upgrade_stands_by(m)) {
		/* The listeners are another's. */
		upgrade_fails(m, "it was told to stop", DRAIN_HANDOVER);
		return;
	}
	if (m->stop.state == STOP_NOT) {
		if (!upgrade_stands_by(m))
			notify_stopping();
		upgrade_cancel(m, graceful);
		reload_cancel(m);
	}
	if (graceful && m->current != NULL)
		refuse_new(m);
	else
		kill_all(m);
}
