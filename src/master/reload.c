/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The change of generations, as states that wait for events:
 *
 *	IDLE -> LOGGER    configuration read, listeners and logs opened
 *	     -> WORKERS   the logger writes to the new logs
 *	     -> GRACE     all new workers serve; removed listeners refuse
 *	     -> QUIET     old workers are told to drain (or to end)
 *	     -> IDLE      who connects now is served by a new one
 *
 * A failure anywhere before GRACE leads back to IDLE with the old generation
 * as it was, and why is said in the error log.
 */
#include "config.h"

#include "master/reload.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/report.h"
#include "log/error_log.h"
#include "log/log_conf.h"
#include "master/boot.h"
#include "master/confinement.h"
#include "master/master_conf.h"
#include "master/notify.h"
#include "master/pid_path.h"
#include "master/stop.h"
#include "master/upgrade.h"

static void hand_over(struct master *);
static void finish(struct master *);

static void
time_is_up(struct loop_timer *timer)
{
	struct master *m = LIST_ENTRY(timer, struct master, reload.timer);

	if (m->reload.state == RELOAD_GRACE)
		hand_over(m);
	else
		finish(m);
}

void
reload_init(struct master *m)
{
	m->reload = (struct reload){ .state = RELOAD_IDLE };
	loop_timer_init(&m->reload.timer, time_is_up);
}

static void
start_timer(struct master *m, int64_t ms)
{
	loop_timer_start(loop_queue(m->loop, ms), &m->reload.timer);
}

/* ---- building ---- */

/* All that can be opened before anything of the old is touched. */
static int
open_generation(struct master *m, struct generation *g, struct err *err)
{
	const struct listener_set *old = NULL;

	if (m->current != NULL)
		old = &m->current->listeners;
	else if (m->setup->inherit != NULL)
		old = &m->setup->inherit->set;
	if (confinement_check(g->conf, err) < 0 ||
	    master_conf_privs(g->conf, &g->privs, err) < 0 ||
	    listener_set_open(&g->listeners, g->conf, old, err) < 0 ||
	    pid_path_open(m, g->conf, err) < 0 ||
	    control_open(m, g->conf, err) < 0)
		return -1;
	if (root_watch_open(&g->roots, g->conf) < 0)
		return err_set(err, "out of memory");
	/* Before programs are started, and behind the ports: who holds one
	 * that is taken can be told until here. */
	if (confinement_limit_master(err) < 0)
		return -1;
	if (logs_open(&m->logs, g->conf, &g->privs, &m->reload.serial, err) < 0)
		return -1;
	g->logs_open = true;
	return 0;
}

/* Takes conf over. */
static struct generation *
build(struct master *m, struct server_conf *conf, struct err *err)
{
	unsigned seats = m->setup->single ? 1 : master_conf_workers(conf);
	struct generation *g;

	conf->generation = ++m->generations;
	g = generation_create(&m->children, conf, seats);
	if (g == NULL) {
		conf_destroy(&conf);
		err_set(err, "out of memory");
		return NULL;
	}
	if (open_generation(m, g, err) < 0) {
		pid_path_undo(m);
		control_undo(m);
		generation_destroy(&g);
		return NULL;
	}
	return g;
}

/* A reload that failed leaves no trace but this. */
static void
failed(struct master *m, const char *why)
{
	m->reload.state = RELOAD_IDLE;
	m->reload.next = NULL;
	if (m->current == NULL) {
		err_set(&m->err, "%s", why);
		m->status = 1;
		if (upgrade_stands_by(m))
			upgrade_fails(m, why, DRAIN_HANDOVER);
		else
			stop_request(m, false);
		return;
	}
	report(REPORT_ERROR, "master",
	    "the reload failed and nothing has changed: %s", why);
	notices_ends(m, &m->notices.reload, why);
	notify_ready("serving; the last reload failed, see the error log");
}

/* What is used of it was duplicated.  A listener that nobody has any more is
 * closed by the master before. */
static void
close_inherited(struct master *m)
{
	const struct listener_set *set = &m->reload.next->listeners;
	size_t i;

	if (m->setup->inherit == NULL)
		return;
	for (i = 0; i < set->spare_count; i++)
		report(REPORT_WARN, "master",
		    "%s comes from the service manager and has no Listen: "
		    "nobody serves it",
		    set->spare[i].name);
	upgrade_tell_left(m);
	listener_set_close(&m->setup->inherit->set);
	inherit_logs_release(&m->setup->inherit->logs);
}

int
reload_first(struct master *m, struct server_conf *conf, struct err *err)
{
	m->reload.next = build(m, conf, err);
	if (m->reload.next == NULL)
		return -1;
	close_inherited(m);
	m->logger.privs = m->reload.next->privs;
	m->logger.sandbox = master_conf_sandbox(m->reload.next->conf);
	/* A worker may retire before the last one serves. */
	relay_set(&m->relay, m->reload.next);
	if (logger_process_start(&m->logger, err) < 0)
		return -1;
	m->reload.state = RELOAD_LOGGER;
	return 0;
}

static void
report_messages(const struct conf_messages *messages)
{
	enum report_level level =
	    messages->errors > 0 ? REPORT_ERROR : REPORT_WARN;
	struct span rest = buf_span(&messages->text), line;

	while (rest.len > 0) {
		line = span_cut(&rest, '\n');
		if (line.len > 0)
			report(level, "conf", "%.*s", SPAN_ARG(line));
	}
}

static void
begin(struct master *m)
{
	struct conf_messages messages;
	struct server_conf *conf;
	struct err err;

	m->reload.mode = m->reload.wanted;
	m->reload.wanted = RELOAD_NONE;
	notify_reloading();
	notices_begins(
	    m, &m->notices.reload, m->reload.mode == RELOAD_GRACEFUL);
	conf = conf_load(m->setup->schema, m->setup->conf, &messages);
	clock_refresh();
	report_messages(&messages);
	if (conf == NULL) {
		failed(m, "the configuration has errors");
		notices_says(m, &m->notices.reload, buf_span(&messages.text));
	}
	buf_release(&messages.text);
	if (conf == NULL)
		return;
	m->reload.next = build(m, conf, &err);
	/* All that took its time: timers are not to begin in the past. */
	clock_refresh();
	if (m->reload.next == NULL)
		failed(m, err.text);
	else
		m->reload.state = RELOAD_LOGGER;
}

/* ---- requests ---- */

unsigned
reload_draining(const struct master *m)
{
	const struct list_node *n;
	unsigned count = 0;

	LIST_FOREACH (n, &m->children.generations)
		count += LIST_ENTRY(n, struct generation, node)->state ==
			 GENERATION_RETIRED;
	return count;
}

void
reload_request(struct master *m, enum reload_mode mode)
{
	if (m->stop.state != STOP_NOT) {
		report(REPORT_NOTICE, "master",
		    "the server stops: it does not restart");
		return;
	}
	if (mode > m->reload.wanted)
		m->reload.wanted = mode;
	/* One that is not graceful ends all that drain: it need not wait. */
	if (mode == RELOAD_GRACEFUL &&
	    reload_draining(m) >= MASTER_DRAINING_MAX)
		report(REPORT_NOTICE, "master",
		    "%d generations still drain: the reload waits for one",
		    MASTER_DRAINING_MAX);
}

void
reload_resume(struct master *m)
{
	if (m->reload.wanted == RELOAD_NONE || m->stop.state != STOP_NOT ||
	    m->reload.state != RELOAD_IDLE || !m->serving ||
	    upgrade_is_under_way(m))
		return;
	if (m->reload.wanted == RELOAD_GRACEFUL &&
	    reload_draining(m) >= MASTER_DRAINING_MAX)
		return;
	begin(m);
}

void
reload_tick(struct master *m)
{
	const char *path;
	enum root_change change;

	if (!m->serving || m->stop.state != STOP_NOT ||
	    m->reload.state != RELOAD_IDLE || m->reload.wanted != RELOAD_NONE)
		return;
	change = root_watch_find(&m->current->roots, &path);
	if (change == ROOT_SAME ||
	    !root_pace_allows(&m->reload.roots, clock_now_ms()))
		return;
	report(REPORT_NOTICE, "master", "the root \"%s\" is %s: new generation",
	    path,
	    change == ROOT_ANOTHER ? "another directory now" : "there now");
	reload_request(m, RELOAD_GRACEFUL);
}

/* Listeners of a set that another has not refuse from now on: how many. */
static unsigned
refuse_others(const struct listener_set *set, const struct listener_set *other)
{
	unsigned count = 0;
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (listener_find(other, set->listeners[i].name) != NULL)
			continue;
		listener_refuse_new(&set->listeners[i]);
		count++;
	}
	return count;
}

/* The next generation ends as if it had never been: those of its workers that
 * serve already give back what they have. */
static void
give_up_next(struct master *m)
{
	struct generation *next = m->reload.next;

	loop_timer_stop(&m->reload.timer);
	m->reload.state = RELOAD_IDLE;
	m->reload.next = NULL;
	pid_path_undo(m);
	control_undo(m);
	if (m->current == NULL) {
		if (!upgrade_stands_by(m))
			generation_stop(next);
		return;
	}
	/* Who has connected to what it alone listens on is served. */
	refuse_others(&next->listeners, &m->current->listeners);
	generation_drain(next, DRAIN_HANDOVER);
	/* Logs are opened for the old User again, and the logger's own messages
	 * went to the new ErrorLog. */
	m->logs.user = m->current->privs;
	logs_follow(&m->logs, m->current->conf);
	logger_process_commit(&m->logger);
}

void
reload_cancel(struct master *m)
{
	m->reload.wanted = RELOAD_NONE;
	if (m->reload.next != NULL)
		give_up_next(m);
	m->reload.state = RELOAD_IDLE;
	loop_timer_stop(&m->reload.timer);
}

/* ---- events ---- */

void
reload_logger_done(struct master *m, uint64_t serial)
{
	if (m->reload.state != RELOAD_LOGGER || serial < m->reload.serial)
		return;
	m->reload.state = RELOAD_WORKERS;
	generation_start(m->reload.next);
}

void
reload_logger_failed(struct master *m)
{
	/* Later it is replaced, and whoever waits for it waits on. */
	if (m->current != NULL || m->stop.state != STOP_NOT)
		return;
	logger_process_give_up(&m->logger);
	give_up_next(m);
	failed(m, "the logger could not start");
}

void
reload_workers_failed(struct master *m, struct generation *g)
{
	const struct log_dest *log = log_error_dest(g->conf);
	struct err err;

	if (g != m->reload.next)
		return;
	err_set(&err, "a worker could not begin to serve");
	/* Whoever reads this there knows where he is. */
	if (m->current == NULL && log->kind == LOG_DEST_FILE)
		err_set(&err,
		    "a worker could not begin to serve; more may be in %s",
		    log->target);
	give_up_next(m);
	failed(m, err.text);
}

void
reload_announce(struct master *m)
{
	char status[128];

	confinement_announce(m->current->conf, &m->said_unconfined);
	snprintf(status, sizeof(status),
	    "serving with %u worker%s, generation %" PRIu64,
	    m->current->seat_count, m->current->seat_count == 1 ? "" : "s",
	    m->current->number);
	report(REPORT_NOTICE, "master", "%s", status);
	notify_ready(status);
}

/* The first generation serves: nothing is to be handed over. */
static void
serve_first(struct master *m)
{
	m->current = m->reload.next;
	m->reload.next = NULL;
	m->reload.state = RELOAD_IDLE;
	relay_set(&m->relay, m->current);
	pid_path_take(m);
	if (upgrade_stands_by(m)) {
		upgrade_serves(m);
		return;
	}
	listener_set_configure(&m->current->listeners, m->current->conf);
	if (boot_serving(m, &m->err) == 0) {
		control_take(m);
		reload_announce(m);
		return;
	}
	m->status = 1;
	stop_request(m, false);
}

void
reload_workers_ready(struct master *m, struct generation *g)
{
	if (g != m->reload.next)
		return;
	if (m->current == NULL) {
		serve_first(m);
		return;
	}
	m->reload.state = RELOAD_GRACE;
	if (m->reload.mode == RELOAD_GRACEFUL &&
	    refuse_others(&m->current->listeners, &m->reload.next->listeners) >
		0)
		start_timer(m, MASTER_GRACE_MS);
	else
		hand_over(m);
}

static void
stop_retired(struct master *m)
{
	struct list_node *n;
	struct generation *g;

	LIST_FOREACH (n, &m->children.generations) {
		g = LIST_ENTRY(n, struct generation, node);
		if (g->state == GENERATION_RETIRED)
			generation_stop(g);
	}
}

/* The new generation serves: the old one is told to go. */
static void
hand_over(struct master *m)
{
	struct generation *old = m->current;

	m->current = m->reload.next;
	m->reload.next = NULL;
	m->reload.old = old;
	m->reload.state = RELOAD_QUIET;
	start_timer(m, MASTER_QUIET_MS);
	listener_set_configure(&m->current->listeners, m->current->conf);
	/* Before the old configuration may go. */
	error_log_configure(m->current->conf);
	relay_set(&m->relay, m->current);
	pid_path_take(m);
	control_take(m);
	if (m->reload.mode == RELOAD_GRACEFUL) {
		generation_drain(old, DRAIN_HANDOVER);
	} else {
		generation_stop(old);
		stop_retired(m);
	}
	reload_old_quiet(m, old);
}

void
reload_old_quiet(struct master *m, struct generation *g)
{
	if (m->reload.state == RELOAD_QUIET && g == m->reload.old &&
	    generation_is_quiet(g))
		finish(m);
}

static void
finish(struct master *m)
{
	loop_timer_stop(&m->reload.timer);
	m->reload.state = RELOAD_IDLE;
	m->reload.old = NULL;
	notices_ends(m, &m->notices.reload, NULL);
	reload_announce(m);
}
