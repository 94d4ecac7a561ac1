/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The new master's side of an upgrade.  It starts as any other, but that its
 * listeners are open already and that the one before is the server until all
 * is ready here.  If that one dies meanwhile, this one is the server.
 */
#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/report.h"
#include "ipc/succession.h"
#include "master/boot.h"
#include "master/inherit.h"
#include "master/master.h"
#include "master/reload.h"
#include "master/stop.h"
#include "master/upgrade_private.h"

/* The old master says that it accepts no more within about a second. */
#define BEFORE_QUIET_MS 5000

bool
upgrade_stands_by(const struct master *m)
{
	return m->setup->inherit != NULL && m->setup->inherit->giver != 0 &&
	       !m->serving;
}

int
upgrade_join(struct master *m, struct err *err)
{
	const struct inherit *in = m->setup->inherit;
	int fd = fcntl(in->channel, F_DUPFD_CLOEXEC, 3);

	if (fd >= 0)
		m->upgrade.before = peer_open(m, fd, in->giver);
	if (m->upgrade.before != NULL)
		return 0;
	err_set_errno(err, "cannot talk to master %ld", (long)in->giver);
	if (fd >= 0)
		close(fd);
	return -1;
}

void
upgrade_tell_left(struct master *m)
{
	const struct listener_set *set = &m->setup->inherit->set;
	size_t i;

	for (i = 0; i < set->count && m->upgrade.before != NULL; i++)
		if (!set->listeners[i].kept &&
		    listener_find(&m->reload.next->listeners,
			set->listeners[i].name) == NULL)
			peer_say_text(m->upgrade.before, SUCCESSION_LEFT,
			    set->listeners[i].name);
	if (m->upgrade.before != NULL)
		logs_tell_shared(&m->logs, &m->upgrade.before->mailbox);
}

static void
become_server(struct master *m)
{
	notices_upgraded(m);
	listener_set_configure(&m->current->listeners, m->current->conf);
	logs_take_over(&m->logs);
	boot_taken_over(m);
	control_take(m);
	if (m->upgrade.before != NULL) {
		(void)mailbox_say(
		    &m->upgrade.before->mailbox, SUCCESSION_TAKEN, 0);
		loop_timer_start(
		    loop_queue(m->loop, BEFORE_QUIET_MS), &m->upgrade.timer);
	}
	inherit_release(m->setup->inherit);
}

void
upgrade_serves(struct master *m)
{
	struct message message;

	if (m->upgrade.before == NULL) {
		become_server(m);
		reload_announce(m);
		return;
	}
	m->upgrade.serves = true;
	message_init(&message, SUCCESSION_SERVING, m->pidfile.joined);
	message.value = m->setup->handover_version;
	(void)mailbox_send(&m->upgrade.before->mailbox, &message);
}

void
upgrade_take_over(struct master *m, const struct message *message)
{
	if (!m->upgrade.serves || m->serving)
		return;
	become_server(m);
	if (message->arg == RELOAD_GRACEFUL || message->arg == RELOAD_AT_ONCE)
		reload_request(m, (enum reload_mode)message->arg);
}

void
upgrade_before_quiet(struct master *m)
{
	if (!m->serving || m->upgrade.before == NULL)
		return;
	loop_timer_stop(&m->upgrade.timer);
	m->upgrade.before = NULL;
	if (m->stop.state == STOP_NOT)
		reload_announce(m);
}

void
upgrade_before_late(struct master *m)
{
	if (m->upgrade.before == NULL)
		return;
	report(REPORT_WARN, "master",
	    "master %ld does not say that it takes no more connections",
	    (long)m->upgrade.before->pid);
	upgrade_before_quiet(m);
}

void
upgrade_before_gone(struct master *m)
{
	bool failed = m->stop.state != STOP_NOT;

	loop_timer_stop(&m->upgrade.timer);
	m->upgrade.before = NULL;
	if (failed) {
		relay_set(&m->relay, NULL);
		return;
	}
	if (!m->serving)
		report(REPORT_ERROR, "master",
		    "the master before this one is gone: this one is the "
		    "server");
	if (m->upgrade.serves && !m->serving)
		become_server(m);
	if (m->serving)
		reload_announce(m);
}

void
upgrade_elder(struct master *m, struct message *message)
{
	pid_t pid = (pid_t)message->value;

	if (message->fd < 0)
		return;
	if (peer_open(m, message->fd, pid) == NULL) {
		report_errno(REPORT_ERROR, "master",
		    "connections of master %ld are closed", (long)pid);
		close(message->fd);
	}
}

void
upgrade_fails(struct master *m, const char *why, enum drain_mode mode)
{
	if (m->stop.state != STOP_NOT || m->serving)
		return;
	if (m->upgrade.before != NULL) {
		peer_say_text(m->upgrade.before, SUCCESSION_FAILED, why);
		if (mode == DRAIN_HANDOVER)
			relay_set_abroad(
			    &m->relay, &m->upgrade.before->mailbox);
	}
	if (m->err.text[0] == '\0')
		err_set(&m->err, "%s", why);
	m->status = 1;
	reload_cancel(m);
	/* The file is the other's, and its lock is not to be in the way. */
	pidfile_remove(&m->pidfile);
	stop_draining(m, mode);
}
