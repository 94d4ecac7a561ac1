/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The old master's side of an upgrade:
 *
 *	IDLE -> STARTING  the next master is executed, with our listeners
 *	     -> GRACE     all its workers serve; removed listeners refuse
 *	     -> GIVEN     it is the server; our workers drain, then we end
 *
 * A failure before GIVEN leads back to IDLE, and the server goes on as if
 * nothing had been tried; why is said in the error log and by server-status.
 * The listeners are the same sockets in both masters, so nobody who connects
 * meets a closed door at any time.
 */
#include "config.h"

#include "master/upgrade.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/report.h"
#include "ipc/succession.h"
#include "log/error_log.h"
#include "master/inherit.h"
#include "master/master.h"
#include "master/master_conf.h"
#include "master/notify.h"
#include "master/reload.h"
#include "master/stop.h"
#include "master/upgrade_private.h"
#include "os/proctitle.h"
#include "os/program.h"

/* One that is given up is given this long to give back what it has. */
#define GIVE_UP_MS 10000

static void give(struct master *);
static void fail(struct master *, const char *why);

static void
start_timer(struct master *m, int64_t ms)
{
	loop_timer_start(loop_queue(m->loop, ms), &m->upgrade.timer);
}

static void
tell_quiet(struct master *m)
{
	loop_timer_stop(&m->upgrade.timer);
	m->upgrade.quiet = true;
	if (m->upgrade.next != NULL)
		(void)mailbox_say(
		    &m->upgrade.next->mailbox, SUCCESSION_QUIET, 0);
}

/* It may still work, and serve some who have connected to it. */
static void
give_up_next(struct master *m, enum drain_mode mode)
{
	struct peer *next = m->upgrade.next;

	m->upgrade.next = NULL;
	(void)mailbox_say(&next->mailbox, SUCCESSION_GIVE_UP, mode);
	peer_end_within(next, GIVE_UP_MS);
}

static void
took_too_long(struct master *m)
{
	struct err err;

	err_set(&err, "master %ld did not serve within UpgradeTimeout",
	    (long)m->upgrade.next->pid);
	give_up_next(m, DRAIN_HANDOVER);
	fail(m, err.text);
}

static void
time_is_up(struct loop_timer *timer)
{
	struct master *m = LIST_ENTRY(timer, struct master, upgrade.timer);

	switch (m->upgrade.state) {
	case UPGRADE_STARTING:
		took_too_long(m);
		break;
	case UPGRADE_GRACE:
		give(m);
		break;
	case UPGRADE_GIVEN:
		tell_quiet(m);
		break;
	case UPGRADE_IDLE:
		upgrade_before_late(m);
		break;
	}
}

void
upgrade_init(struct master *m)
{
	m->upgrade = (struct upgrade){ .state = UPGRADE_IDLE };
	list_init(&m->upgrade.peers);
	loop_timer_init(&m->upgrade.timer, time_is_up);
}

/* ---- the beginning ---- */

/* In the forked child. */
static _Noreturn void
execute(struct master *m, int channel, pid_t giver)
{
	/* Until it catches them; they would kill it. */
	static const int restarts[] = { SIGHUP, SIGUSR1, SIGUSR2, 0 };
	struct inherit old = { .channel = channel };
	char text[1100];
	struct err err;

	error_log_detach();
	signals_hold(restarts);
	notify_give();
	/* A daemon's own leads nowhere: what keeps a program from starting
	 * at all is said there. */
	if (m->logger.program_pipe[1] >= 0)
		(void)dup2(m->logger.program_pipe[1], STDERR_FILENO);
	if (inherit_give(giver, channel, &m->current->listeners, &err) == 0) {
		if (logs_give(&m->logs) == 0)
			program_exec(m->setup->needs_folder, &err);
		else
			err_set_errno(&err, "cannot pass log programs on");
	}
	snprintf(text, sizeof(text), "%s", err.text);
	inherit_say(&old, REPORT_ERROR, span_str(text));
	_exit(1);
}

static int
start_next(struct master *m, struct err *err)
{
	struct upgrade *u = &m->upgrade;
	pid_t giver = getpid(), pid;
	int fds[2];

	if (channel_pair(fds) < 0)
		return err_set_errno(err, "cannot make a channel");
	u->next = peer_open(m, fds[0], 0);
	if (u->next == NULL) {
		close(fds[0]);
		close(fds[1]);
		return err_set_errno(err, "cannot watch a channel");
	}
	fflush(NULL);
	pid = signals_fork(NULL);
	if (pid == 0)
		execute(m, fds[1], giver);
	close(fds[1]);
	if (pid > 0) {
		u->next->pid = pid;
		u->next->is_child = true;
		return 0;
	}
	err_set_errno(err, "cannot fork");
	mailbox_close(&u->next->mailbox);
	u->next->gone = true;
	u->next = NULL;
	return -1;
}

static void
begin(struct master *m)
{
	struct upgrade *u = &m->upgrade;
	struct err err;
	size_t i;

	u->wanted = false;
	u->said[0] = '\0';
	u->state = UPGRADE_STARTING;
	for (i = 0; i < m->current->listeners.count; i++)
		m->current->listeners.listeners[i].leaving = false;
	notices_begins(m, &m->notices.upgrade, true);
	pidfile_share(&m->pidfile);
	logs_offer(&m->logs);
	if (start_next(m, &err) < 0) {
		fail(m, err.text);
		return;
	}
	report(REPORT_NOTICE, "master", "upgrade: %s is started as master %ld",
	    program_path(), (long)u->next->pid);
	start_timer(m, master_conf_get(m->current->conf)->upgrade_timeout_ms);
}

/* 0, or -1 with why there can be none. */
static int
check(const struct master *m, struct err *err)
{
	if (m->stop.state != STOP_NOT || !m->serving)
		return err_set(err, "the server does not serve");
	if (upgrade_is_under_way(m) || m->upgrade.wanted)
		return err_set(err, "an upgrade is under way");
	if (program_path() == NULL)
		return err_set(err, "it is not known where the program is");
	/* With the first process of a container, that would end. */
	if (getpid() == 1)
		return err_set(err, "it is the first process: its container "
				    "is to be started anew");
	if (upgrade_draining(m) + reload_draining(m) >= MASTER_DRAINING_MAX)
		return err_set(err,
		    "%d generations still drain: not before one is gone",
		    MASTER_DRAINING_MAX);
	return 0;
}

int
upgrade_request(struct master *m, struct err *err)
{
	if (check(m, err) < 0)
		return -1;
	m->upgrade.wanted = true;
	if (m->reload.state != RELOAD_IDLE)
		report(REPORT_NOTICE, "master",
		    "the upgrade waits for the end of the reload");
	return 0;
}

void
upgrade_resume(struct master *m)
{
	if (m->upgrade.wanted && m->reload.state == RELOAD_IDLE &&
	    m->stop.state == STOP_NOT && !upgrade_is_under_way(m))
		begin(m);
}

bool
upgrade_is_under_way(const struct master *m)
{
	return m->upgrade.state != UPGRADE_IDLE || m->upgrade.before != NULL;
}

/* ---- failure ---- */

/* Nothing of it is left but this, and perhaps a peer that drains back. */
static void
end_attempt(struct master *m, const char *why)
{
	loop_timer_stop(&m->upgrade.timer);
	m->upgrade.state = UPGRADE_IDLE;
	m->upgrade.next = NULL;
	pidfile_share_undo(&m->pidfile);
	notices_ends(m, &m->notices.upgrade, why);
}

static void
fail(struct master *m, const char *why)
{
	/* Of those that refuse. */
	listener_set_configure(&m->current->listeners, m->current->conf);
	end_attempt(m, why);
	report(REPORT_ERROR, "master",
	    "the upgrade failed and nothing has changed: %s", why);
	notify_ready("serving; the last upgrade failed, see the error log");
}

void
upgrade_next_says(struct master *m, const struct message *message)
{
	enum report_level level = message->arg <= REPORT_TRACE8
				      ? (enum report_level)message->arg
				      : REPORT_ERROR;
	char *said = m->upgrade.said;
	size_t len = strlen(said);

	report(level, "upgrade", "%.*s", (int)message->len, message->data);
	if (level <= REPORT_ERROR)
		snprintf(said + len, sizeof(m->upgrade.said) - len, "%.*s\n",
		    (int)message->len, message->data);
}

void
upgrade_next_failed(struct master *m, const struct message *message)
{
	struct err err;

	if (m->upgrade.state != UPGRADE_STARTING &&
	    m->upgrade.state != UPGRADE_GRACE)
		return;
	err_set(&err, "%.*s", (int)message->len, message->data);
	fail(m, err.text);
}

void
upgrade_next_ended(struct master *m, const char *text)
{
	char *said = m->upgrade.said;

	/* What it said first is the reason, the rest is in the log. */
	said[strcspn(said, "\n")] = '\0';
	fail(m, said[0] == '\0' ? text : said);
}

void
upgrade_next_gone(struct master *m)
{
	if (m->stop.state < STOP_KILLING)
		report(REPORT_ALERT, "master",
		    "the master that was the server is gone: nobody takes "
		    "connections now");
	m->upgrade.next = NULL;
	relay_set(&m->relay, NULL);
}

void
upgrade_cancel(struct master *m, bool graceful)
{
	struct peer *next = m->upgrade.next;

	m->upgrade.wanted = false;
	if (m->upgrade.state != UPGRADE_STARTING &&
	    m->upgrade.state != UPGRADE_GRACE)
		return;
	if (graceful)
		give_up_next(m, DRAIN_CLOSE);
	else
		kill(next->pid, SIGKILL);
	end_attempt(m, "the server was stopped");
}

/* ---- success ---- */

void
upgrade_next_left(struct master *m, const struct message *message)
{
	const struct listener_set *set = &m->current->listeners;
	size_t i;

	for (i = 0; i < set->count; i++)
		if (span_is(span_of(message->data, message->len),
			set->listeners[i].name))
			set->listeners[i].leaving = true;
}

void
upgrade_next_serves(struct master *m, const struct message *message)
{
	const struct listener_set *set = &m->current->listeners;
	unsigned leaving = 0;
	size_t i;

	if (m->upgrade.state != UPGRADE_STARTING || m->upgrade.next->gone)
		return;
	m->upgrade.adopts = message->value;
	m->upgrade.joined = message->arg != 0;
	m->upgrade.state = UPGRADE_GRACE;
	for (i = 0; i < set->count; i++) {
		if (!set->listeners[i].leaving)
			continue;
		listener_refuse_new(&set->listeners[i]);
		leaving++;
	}
	if (leaving > 0)
		start_timer(m, MASTER_GRACE_MS);
	else
		give(m);
}

/* Those before us talk to it from now on. */
static void
give_elders(struct master *m)
{
	struct list_node *n;
	struct message message;
	struct peer *peer;

	LIST_FOREACH (n, &m->upgrade.peers) {
		peer = LIST_ENTRY(n, struct peer, node);
		if (peer == m->upgrade.next || peer->gone)
			continue;
		message_init(&message, SUCCESSION_ELDER, 0);
		message.value = (uint64_t)peer->pid;
		message.fd = peer->mailbox.source.fd;
		(void)mailbox_send(&m->upgrade.next->mailbox, &message);
		loop_timer_stop(&peer->timer);
		mailbox_close(&peer->mailbox);
		peer->is_child = false;
		peer->gone = true;
	}
}

static void
give(struct master *m)
{
	struct upgrade *u = &m->upgrade;
	enum drain_mode mode = u->adopts == m->setup->handover_version
				   ? DRAIN_HANDOVER
				   : DRAIN_CLOSE;

	u->state = UPGRADE_GIVEN;
	u->given_to = u->next->pid;
	notices_ends(m, &m->notices.upgrade, NULL);
	report(REPORT_NOTICE, "master",
	    "upgrade: master %ld serves, this one (%ld) drains%s",
	    (long)u->next->pid, (long)getpid(),
	    mode == DRAIN_HANDOVER
		? ""
		: "; its version does not take connections over, so idle ones "
		  "end");
	proctitle_set("drover: old master");
	notify_main_pid(u->next->pid);
	/* It holds a part of the lock already. */
	if (u->joined)
		pidfile_forget(&m->pidfile);
	else
		pidfile_remove(&m->pidfile);
	logs_give_programs(&m->logs, &u->next->mailbox);
	(void)mailbox_say(
	    &u->next->mailbox, SUCCESSION_TAKE_OVER, m->reload.wanted);
	m->reload.wanted = RELOAD_NONE;
	give_elders(m);
	start_timer(m, MASTER_QUIET_MS);
	relay_set_abroad(&m->relay, &u->next->mailbox);
	stop_draining(m, mode);
	upgrade_look_quiet(m);
}

void
upgrade_look_quiet(struct master *m)
{
	struct list_node *n;

	if (m->upgrade.state != UPGRADE_GIVEN || m->upgrade.quiet)
		return;
	LIST_FOREACH (n, &m->children.generations)
		if (!generation_is_quiet(
			LIST_ENTRY(n, struct generation, node)))
			return;
	tell_quiet(m);
}
