/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other masters: the channels to them, what comes in there, and their ends.
 * Only the next one is our child.  What a message means to the upgrade is said
 * in upgrade.c for the next master and in upgrade_join.c for the one before;
 * those that drain give connections, and nothing else.
 */
#include "config.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/report.h"
#include "ipc/succession.h"
#include "master/child_life.h"
#include "master/master.h"
#include "master/notify.h"
#include "master/stop.h"
#include "master/upgrade_private.h"

/* One that drains ends within about a second when told to. */
#define END_MS 10000

static struct peer *
of_mailbox(struct mailbox *m)
{
	return LIST_ENTRY(m, struct peer, mailbox);
}

void
peer_say_text(struct peer *peer, uint32_t type, const char *text)
{
	struct message m;

	message_init(&m, type, 0);
	m.len = (uint32_t)strnlen(text, sizeof(m.data));
	memcpy(m.data, text, m.len);
	(void)mailbox_send(&peer->mailbox, &m);
}

static void
took_too_long(struct loop_timer *timer)
{
	struct peer *peer = LIST_ENTRY(timer, struct peer, timer);

	report(REPORT_ERROR, "master",
	    "master %ld did not end when told to: it is killed",
	    (long)peer->pid);
	kill(peer->pid, SIGKILL);
}

void
peer_end_within(struct peer *peer, int64_t ms)
{
	loop_timer_start(loop_queue(peer->master->loop, ms), &peer->timer);
}

/* ---- what comes in ---- */

static void
from_next(struct peer *peer, const struct message *m)
{
	struct master *master = peer->master;

	switch (m->type) {
	case SUCCESSION_SAYS:
		upgrade_next_says(master, m);
		break;
	case SUCCESSION_LEFT:
		upgrade_next_left(master, m);
		break;
	case SUCCESSION_SERVING:
		upgrade_next_serves(master, m);
		break;
	case SUCCESSION_FAILED:
		upgrade_next_failed(master, m);
		break;
	case SUCCESSION_PIPE:
		logs_share(&master->logs, m->arg);
		break;
	case SUCCESSION_TAKEN:
		master->upgrade.taken = true;
		break;
	case SUCCESSION_END:
		/* What is said there is said of all that drain. */
		if (master->upgrade.state == UPGRADE_GIVEN)
			stop_request(master, false);
		break;
	default:
		break;
	}
}

/* True if the descriptor was taken. */
static bool
from_before(struct peer *peer, struct message *m)
{
	struct master *master = peer->master;

	switch (m->type) {
	case SUCCESSION_TAKE_OVER:
		upgrade_take_over(master, m);
		break;
	case SUCCESSION_QUIET:
		upgrade_before_quiet(master);
		break;
	case SUCCESSION_GIVE_UP:
		upgrade_fails(master, "the server wants no other any more",
		    m->arg == DRAIN_CLOSE ? DRAIN_CLOSE : DRAIN_HANDOVER);
		break;
	case SUCCESSION_PROGRAM:
		logs_take_program(&master->logs, m);
		return true;
	case SUCCESSION_ELDER:
		upgrade_elder(master, m);
		return true;
	case SUCCESSION_END:
		stop_request(master, false);
		break;
	default:
		break;
	}
	return false;
}

static void
received(struct mailbox *mailbox, struct message *m)
{
	struct peer *peer = of_mailbox(mailbox);
	struct upgrade *u = &peer->master->upgrade;

	if (m->type == SUCCESSION_CONNECTION) {
		if (m->fd >= 0)
			relay_take(&peer->master->relay, m);
		return;
	}
	if (peer == u->before && from_before(peer, m))
		return;
	if (m->fd >= 0)
		close(m->fd);
	if (peer == u->next)
		from_next(peer, m);
}

static void
closed(struct mailbox *mailbox)
{
	struct peer *peer = of_mailbox(mailbox);
	struct master *m = peer->master;

	if (peer == m->upgrade.next && m->upgrade.state == UPGRADE_GIVEN) {
		peer->gone = true;
		upgrade_next_gone(m);
		return;
	}
	/* How it ends is known when it is reaped; it may be mad, and live. */
	if (peer->is_child) {
		peer_end_within(peer, END_MS);
		return;
	}
	peer->gone = true;
	loop_timer_stop(&peer->timer);
	if (peer == m->upgrade.before)
		upgrade_before_gone(m);
}

static void
writable(struct mailbox *mailbox)
{
	relay_pump(&of_mailbox(mailbox)->master->relay);
}

struct peer *
peer_open(struct master *m, int fd, pid_t pid)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL)
		return NULL;
	peer->master = m;
	peer->pid = pid;
	peer->mailbox.received = received;
	peer->mailbox.closed = closed;
	peer->mailbox.writable = writable;
	loop_timer_init(&peer->timer, took_too_long);
	if (mailbox_open(&peer->mailbox, m->loop, fd) < 0) {
		free(peer);
		return NULL;
	}
	list_append(&m->upgrade.peers, &peer->node);
	return peer;
}

/* ---- their ends ---- */

static struct peer *
find_child(struct master *m, pid_t pid)
{
	struct list_node *n;
	struct peer *peer;

	LIST_FOREACH (n, &m->upgrade.peers) {
		peer = LIST_ENTRY(n, struct peer, node);
		if (peer->is_child && peer->pid == pid)
			return peer;
	}
	return NULL;
}

bool
upgrade_ended(struct master *m, pid_t pid, int status)
{
	struct peer *peer = find_child(m, pid);
	char how[CHILD_TEXT_SIZE], text[CHILD_TEXT_SIZE + 40];

	if (peer == NULL)
		return false;
	peer->is_child = false;
	snprintf(text, sizeof(text), "master %ld %s", (long)pid,
	    child_text(how, status));
	if (peer == m->upgrade.next && m->upgrade.state == UPGRADE_GIVEN) {
		/* Another may have its end of the channel by now. */
		report(REPORT_INFO, "master", "%s", text);
		return true;
	}
	peer->gone = true;
	mailbox_drain(&peer->mailbox);
	mailbox_close(&peer->mailbox);
	loop_timer_stop(&peer->timer);
	if (peer == m->upgrade.next)
		upgrade_next_ended(m, text);
	else
		report(REPORT_NOTICE, "master", "%s", text);
	return true;
}

void
upgrade_collect(struct master *m)
{
	struct list_node *n, *after;
	struct peer *peer;

	LIST_FOREACH_SAFE (n, after, &m->upgrade.peers) {
		peer = LIST_ENTRY(n, struct peer, node);
		if (!peer->gone || peer->is_child)
			continue;
		list_remove(&peer->node);
		free(peer);
	}
}

void
upgrade_release(struct master *m)
{
	struct list_node *n;
	struct peer *peer;

	while ((n = list_first(&m->upgrade.peers)) != NULL) {
		peer = LIST_ENTRY(n, struct peer, node);
		loop_timer_stop(&peer->timer);
		mailbox_close(&peer->mailbox);
		list_remove(&peer->node);
		free(peer);
	}
	loop_timer_stop(&m->upgrade.timer);
}

/* ---- all that drain ---- */

/* The one before does, too, once this one is the server. */
static bool
drains(const struct master *m, const struct peer *peer)
{
	return peer != m->upgrade.next &&
	       (peer != m->upgrade.before || m->serving) &&
	       (!peer->gone || peer->is_child);
}

unsigned
upgrade_draining(const struct master *m)
{
	const struct list_node *n;
	unsigned count = 0;

	LIST_FOREACH (n, &m->upgrade.peers)
		count += drains(m, LIST_ENTRY(n, struct peer, node));
	return count;
}

void
upgrade_stop_peers(struct master *m)
{
	struct list_node *n;
	struct peer *peer;

	LIST_FOREACH (n, &m->upgrade.peers) {
		peer = LIST_ENTRY(n, struct peer, node);
		if (!drains(m, peer))
			continue;
		/* A child is one that was given up. */
		if (peer->is_child)
			kill(peer->pid, SIGKILL);
		(void)mailbox_say(&peer->mailbox, SUCCESSION_END, 0);
		peer_end_within(peer, END_MS);
	}
}

bool
upgrade_may_end(const struct master *m)
{
	const struct peer *next = m->upgrade.next;

	if (upgrade_draining(m) > 0 ||
	    (m->relay.abroad != NULL && m->relay.count > 0))
		return false;
	/* What it was told has arrived, and that it is the server, which the
	 * service manager takes from us alone.  At once is at once. */
	return next == NULL || m->stop.state != STOP_DRAINING ||
	       (m->upgrade.taken && !notify_waits());
}

void
upgrade_hold(struct master *m, bool hold)
{
	struct list_node *n;
	struct peer *peer;

	LIST_FOREACH (n, &m->upgrade.peers) {
		peer = LIST_ENTRY(n, struct peer, node);
		if (!hold || drains(m, peer))
			mailbox_pause(&peer->mailbox, hold);
	}
}
