/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the commands of the control socket do: what signals do, but each can
 * tell when it is done, by the master's state after a turn of its loop.
 */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/report.h"
#include "log/error_log.h"
#include "master/control_private.h"
#include "master/master.h"
#include "master/reload.h"
#include "master/stop.h"

static void begin(struct control_conn *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Once for each request that changes something: what it does, and for whom. */
static void
begin(struct control_conn *c, const char *format, ...)
{
	struct err what;
	va_list args;

	c->begun = true;
	va_start(args, format);
	(void)vsnprintf(what.text, sizeof(what.text), format, args);
	va_end(args);
	report(REPORT_NOTICE, "master", "%s (asked by process %ld): %s",
	    control_command_word(c->request.command), (long)c->pid, what.text);
}

static enum control_step
fail(struct err *text, const char *why)
{
	err_set(text, "%s", why);
	return CONTROL_STEP_FAILED;
}

static bool
is_stopping(const struct master *m)
{
	return m->stop.state != STOP_NOT;
}

static enum control_step
fail_stopping(struct err *text)
{
	return fail(text, "the server is being stopped");
}

/* ---- stop and graceful-stop ---- */

/* The end is told by control_conn_end. */
static enum control_step
stop(struct control_conn *c, struct err *text)
{
	(void)text;
	if (!c->begun) {
		begin(c, "stopping");
		stop_request(c->master, false);
	}
	return CONTROL_STEP_WAIT;
}

static enum control_step
graceful_stop(struct control_conn *c, struct err *text)
{
	(void)text;
	if (!c->begun) {
		begin(c, "stopping gracefully");
		stop_request(c->master, true);
	}
	return CONTROL_STEP_WAIT;
}

static void
stop_progress(const struct control_conn *c, struct err *text)
{
	unsigned left = control_connections(c->master);

	switch (c->master->stop.state) {
	case STOP_GRACE:
	case STOP_DRAINING:
		err_set(text, "%u connection%s left", left,
		    left == 1 ? " is" : "s are");
		break;
	case STOP_LOGGER:
		err_set(text, "the logger writes the last lines");
		break;
	case STOP_PROGRAMS:
		err_set(text, "log programs read the last lines");
		break;
	case STOP_KILLING:
		err_set(text, "workers are to end");
		break;
	case STOP_NOT:
	case STOP_DONE:
		break;
	}
}

/* ---- restart and graceful ---- */

/* The reason is the first line; what follows is said as more about it. */
static enum control_step
tell_failure(struct control_conn *c, const char *error, struct err *text)
{
	struct span rest = span_str(error);
	struct span first = span_cut(&rest, '\n');

	if (rest.len > 0)
		control_say(c, CONTROL_ERROR, rest);
	err_set(text, "%.*s", SPAN_ARG(first));
	return CONTROL_STEP_FAILED;
}

static enum control_step
tell_success(const struct master *m, struct err *text)
{
	unsigned workers = m->current->seat_count;

	err_set(text, "serving with %u worker%s, generation %" PRIu64, workers,
	    workers == 1 ? "" : "s", m->current->number);
	return CONTROL_STEP_DONE;
}

/*
 * The next one that begins is ours, also if others ask for it.  None begins
 * between the end of ours and the next look at it (supervise in master.c).
 */
static enum control_step
reload(struct control_conn *c, enum reload_mode mode, struct err *text)
{
	struct master *m = c->master;
	const struct change_notice *known = &m->notices.reload;

	if (is_stopping(m))
		return fail_stopping(text);
	if (!c->begun) {
		begin(c, mode == RELOAD_GRACEFUL ? "restarting gracefully"
						 : "restarting");
		c->number = known->begun + 1;
		reload_request(m, mode);
	}
	if (known->begun < c->number || known->last.outcome == RELOAD_UNDER_WAY)
		return CONTROL_STEP_WAIT;
	return known->last.outcome == RELOAD_FAILED
		   ? tell_failure(c, known->last.error, text)
		   : tell_success(m, text);
}

static enum control_step
restart(struct control_conn *c, struct err *text)
{
	return reload(c, RELOAD_AT_ONCE, text);
}

static enum control_step
graceful(struct control_conn *c, struct err *text)
{
	return reload(c, RELOAD_GRACEFUL, text);
}

static void
reload_progress(const struct control_conn *c, struct err *text)
{
	const struct master *m = c->master;

	if (m->notices.reload.begun < c->number)
		err_set(text, "%s is to end first",
		    upgrade_is_under_way(m)	     ? "an upgrade"
		    : m->reload.state == RELOAD_IDLE ? "an old generation"
						     : "another reload");
	else if (m->reload.state == RELOAD_LOGGER)
		err_set(text, "the logger takes over the logs");
	else if (m->reload.state == RELOAD_WORKERS)
		err_set(text, "%u of %u new workers serve",
		    m->reload.next->serving, m->reload.next->seat_count);
	else if (m->reload.state != RELOAD_IDLE)
		err_set(text, "old workers are to accept no more");
}

/* ---- upgrade ---- */

static enum control_step
tell_upgraded(const struct upgrade *u, struct err *text)
{
	long pid = (long)u->given_to;

	if (u->next == NULL) {
		err_set(text, "master %ld had taken over, but is gone", pid);
		return CONTROL_STEP_FAILED;
	}
	if (!u->quiet || !u->taken)
		return CONTROL_STEP_WAIT;
	err_set(text, "master %ld is the server", pid);
	return CONTROL_STEP_DONE;
}

static enum control_step
upgrade(struct control_conn *c, struct err *text)
{
	struct master *m = c->master;
	const struct upgrade *u = &m->upgrade;
	const struct change_notice *known = &m->notices.upgrade;

	if (!c->begun) {
		if (is_stopping(m))
			return fail_stopping(text);
		begin(c, "replacing the binary");
		c->number = known->begun + 1;
		if (upgrade_request(m, text) < 0)
			return CONTROL_STEP_FAILED;
	}
	if (u->state == UPGRADE_GIVEN)
		return tell_upgraded(u, text);
	if (known->begun >= c->number && known->last.outcome == RELOAD_FAILED)
		return tell_failure(c, known->last.error, text);
	if (known->begun < c->number && !u->wanted)
		return fail_stopping(text);
	return CONTROL_STEP_WAIT;
}

static void
upgrade_progress(const struct control_conn *c, struct err *text)
{
	const struct master *m = c->master;
	const struct upgrade *u = &m->upgrade;

	if (m->notices.upgrade.begun < c->number)
		err_set(text, "a reload is to end first");
	else if (u->state == UPGRADE_STARTING && u->next != NULL)
		err_set(text, "master %ld starts", (long)u->next->pid);
	else if (u->state != UPGRADE_IDLE)
		err_set(text, "old workers are to accept no more");
}

/* ---- reopen ---- */

/* Not while a reload has logs of two configurations open: that opens them
 * anew, too. */
static enum control_step
reopen(struct control_conn *c, struct err *text)
{
	struct master *m = c->master;

	if (is_stopping(m))
		return fail_stopping(text);
	if (!c->begun && m->reload.state != RELOAD_IDLE)
		return CONTROL_STEP_WAIT;
	if (!c->begun) {
		begin(c, "opening the logs anew");
		if (logs_reopen(&m->logs, m->current->conf, &c->number, text) <
		    0)
			return CONTROL_STEP_FAILED;
	}
	if (m->logs.acknowledged < c->number)
		return CONTROL_STEP_WAIT;
	err_set(text, "the logs are open anew");
	return CONTROL_STEP_DONE;
}

static void
reopen_progress(const struct control_conn *c, struct err *text)
{
	err_set(text, c->begun ? "the logger takes over the logs"
			       : "a reload is to end first");
}

/* ---- log-level ---- */

/* A reload has workers that have not their own configuration's levels yet. */
static enum control_step
log_level(struct control_conn *c, struct err *text)
{
	struct master *m = c->master;
	struct span words = c->request.argument;

	if (is_stopping(m))
		return fail_stopping(text);
	if (!c->begun && m->reload.state != RELOAD_IDLE)
		return CONTROL_STEP_WAIT;
	if (!c->begun) {
		if (error_log_override(words, text) < 0)
			return CONTROL_STEP_FAILED;
		c->number = ++m->control.levels;
		children_set_levels(&m->children, words, c->number);
		begin(c, "%.*s", SPAN_ARG(words));
	}
	if (children_without_levels(&m->children, c->number) > 0)
		return CONTROL_STEP_WAIT;
	err_set(text, "until the next reload: %.*s", SPAN_ARG(words));
	return CONTROL_STEP_DONE;
}

static void
log_level_progress(const struct control_conn *c, struct err *text)
{
	unsigned left =
	    children_without_levels(&c->master->children, c->number);

	if (!c->begun)
		err_set(text, "a reload is to end first");
	else
		err_set(text, "%u worker%s to take it over", left,
		    left == 1 ? " is" : "s are");
}

/* ---- all ---- */

static const struct {
	enum control_step (*step)(struct control_conn *, struct err *);
	void (*progress)(const struct control_conn *, struct err *);
	bool ends; /* it waits for the end of the server */
} commands[CONTROL_COMMANDS] = {
	[CONTROL_STOP] = { stop, stop_progress, true },
	[CONTROL_GRACEFUL_STOP] = { graceful_stop, stop_progress, true },
	[CONTROL_RESTART] = { restart, reload_progress, false },
	[CONTROL_GRACEFUL] = { graceful, reload_progress, false },
	[CONTROL_UPGRADE] = { upgrade, upgrade_progress, false },
	[CONTROL_REOPEN] = { reopen, reopen_progress, false },
	[CONTROL_STATUS] = { control_status, NULL, false },
	[CONTROL_LOG_LEVEL] = { log_level, log_level_progress, false },
};

/* This master has given all that there was to do to another, which has the
 * path of the socket, or will have it presently. */
static enum control_step
move(const struct upgrade *u, struct err *text)
{
	if (!u->taken && u->next != NULL)
		return CONTROL_STEP_WAIT;
	err_set(text, "master %ld is the server now", (long)u->given_to);
	return CONTROL_STEP_MOVED;
}

enum control_step
control_step(struct control_conn *c, struct err *text)
{
	const struct upgrade *u = &c->master->upgrade;

	if (u->state == UPGRADE_GIVEN &&
	    !(c->request.command == CONTROL_UPGRADE && c->begun))
		return move(u, text);
	return commands[c->request.command].step(c, text);
}

void
control_progress(const struct control_conn *c, struct err *text)
{
	if (commands[c->request.command].progress != NULL)
		commands[c->request.command].progress(c, text);
}

bool
control_awaits_end(const struct control_conn *c)
{
	return commands[c->request.command].ends;
}
