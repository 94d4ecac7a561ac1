/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spawning, reaping and retiring workers.  What a generation's fate means for
 * the server (a reload that succeeded, a stop that is complete) is decided by
 * the functions that the owner gave.
 */
#include "config.h"

#include "master/children.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "master/child_life.h"
#include "master/children_private.h"
#include "master/crash_report.h"
#include "os/sandbox.h"

/* A worker that does not serve after that time will not. */
#define START_MS 30000
/* A worker that was told to end at once gets this time for it; it may itself
 * wait a tenth of a second for the log to take its last lines. */
#define STOP_MS 250

static struct child *
of_mailbox(struct mailbox *m)
{
	return LIST_ENTRY(m, struct child, mailbox);
}

static void
start_timer(struct child *child, int64_t ms)
{
	loop_timer_start(
	    loop_queue(child->generation->owner->loop, ms), &child->timer);
}

void
child_kill(struct child *child, const char *why)
{
	if (child->killed_for == NULL)
		child->killed_for = why;
	kill(child->pid, SIGKILL);
}

void
child_abort(struct child *child, const char *why)
{
	child->killed_for = why;
	kill(child->pid, SIGABRT);
}

static void
took_too_long(struct loop_timer *timer)
{
	struct child *child = LIST_ENTRY(timer, struct child, timer);

	if (child->state == CHILD_STARTING)
		child_kill(child, "it did not begin to serve");
	else
		child_kill(child, "it did not end when told to");
}

void
child_drain(struct child *child, enum drain_mode mode)
{
	/* One that still starts keeps the timer that bounds it. */
	if (child->state != CHILD_STARTING)
		loop_timer_stop(&child->timer);
	child->state = CHILD_DRAINING;
	(void)mailbox_say(&child->mailbox, MESSAGE_DRAIN, mode);
}

void
child_stop(struct child *child)
{
	if (child->state == CHILD_STOPPING)
		return;
	child->state = CHILD_STOPPING;
	(void)mailbox_say(&child->mailbox, MESSAGE_STOP, 0);
	start_timer(child, STOP_MS);
}

static void
child_ready(struct child *child)
{
	struct generation *g = child->generation;
	struct seat *seat = child->seat;

	if (child->state == CHILD_DRAINING)
		loop_timer_stop(&child->timer);
	if (child->state != CHILD_STARTING)
		return;
	loop_timer_stop(&child->timer);
	child->state = CHILD_SERVING;
	g->serving++;
	if (seat->retiring != NULL)
		child_drain(seat->retiring, DRAIN_HANDOVER);
	seat->retiring = NULL;
	if (g->state == GENERATION_STARTING && g->serving == g->seat_count) {
		g->state = GENERATION_SERVING;
		g->owner->generation_ready(g);
	}
	g->owner->may_adopt(g);
}

/* It has served as many connections as it was to: another takes its seat and
 * then its connections. */
static void
child_retires(struct child *child)
{
	struct seat *seat = child->seat;

	if (child->state != CHILD_SERVING || seat == NULL)
		return;
	child->state = CHILD_RETIRING;
	child->seat = NULL;
	seat->child = NULL;
	seat->retiring = child;
	child->generation->serving--;
	seat_fill(seat);
}

static void
tell_if_quiet(struct generation *g)
{
	if (generation_is_quiet(g))
		g->owner->generation_quiet(g);
}

static void
received(struct mailbox *mailbox, struct message *m)
{
	struct child *child = of_mailbox(mailbox);

	/* Only who is to end has something to give away. */
	if (m->type == MESSAGE_HANDOVER && m->fd >= 0 &&
	    child->state == CHILD_DRAINING) {
		child->generation->owner->handed_over(child->generation, m);
		return;
	}
	if (m->fd >= 0)
		close(m->fd);
	/* It was told to end at once before it had given all away. */
	if (m->type == MESSAGE_HANDOVER && child->state == CHILD_STOPPING)
		return;
	switch (m->type) {
	case MESSAGE_READY:
		child_ready(child);
		break;
	case MESSAGE_RETIRE:
		child_retires(child);
		break;
	case MESSAGE_DRAINING:
		child->accepts = false;
		tell_if_quiet(child->generation);
		break;
	case MESSAGE_LOG_LEVEL_DONE:
		child->levels_taken = m->value;
		break;
	default:
		report(REPORT_ERROR, "master",
		    "worker %u (pid %ld) sent a message of type %" PRIu32,
		    child->number, (long)child->pid, m->type);
		/* It may have a million more. */
		mailbox_close(mailbox);
		child_kill(child, "it sent nonsense");
	}
}

/* It ended, and will be reaped now; or it is mad. */
static void
channel_closed(struct mailbox *mailbox)
{
	struct child *child = of_mailbox(mailbox);

	if (child->state != CHILD_DRAINING && child->state != CHILD_STOPPING) {
		loop_timer_stop(&child->timer);
		start_timer(child, STOP_MS);
	}
}

static void
channel_writable(struct mailbox *mailbox)
{
	struct generation *g = of_mailbox(mailbox)->generation;

	g->owner->may_adopt(g);
}

static const struct child_handlers handlers = {
	.received = received,
	.closed = channel_closed,
	.writable = channel_writable,
	.took_too_long = took_too_long,
};

static void
spawn_later(struct seat *seat, int64_t delay_ms)
{
	loop_timer_start(
	    loop_queue(seat->generation->owner->loop, delay_ms), &seat->timer);
}

void
seat_fill(struct seat *seat)
{
	struct generation *g = seat->generation;

	seat->child = child_fork(seat, &handlers);
	if (seat->child != NULL) {
		start_timer(seat->child, START_MS);
		return;
	}
	report_errno(
	    REPORT_ALERT, "master", "cannot start worker %u", seat->number);
	if (g->state == GENERATION_STARTING)
		g->owner->generation_failed(g);
	else
		spawn_later(
		    seat, respawn_delay(&seat->respawn, RESPAWN_STARTING));
}

static void
seat_is_due(struct loop_timer *timer)
{
	seat_fill(LIST_ENTRY(timer, struct seat, timer));
}

void
seat_init(struct seat *seat, struct generation *g, unsigned number)
{
	*seat = (struct seat){ .generation = g, .number = number };
	loop_timer_init(&seat->timer, seat_is_due);
}

/* ---- reaping ---- */

static struct child *
find_child(struct children *c, pid_t pid)
{
	struct list_node *g, *n;
	struct generation *generation;
	struct child *child;

	LIST_FOREACH (g, &c->generations) {
		generation = LIST_ENTRY(g, struct generation, node);
		LIST_FOREACH (n, &generation->children) {
			child = LIST_ENTRY(n, struct child, node);
			if (child->pid == pid)
				return child;
		}
	}
	return NULL;
}

static void
report_death(const struct child *child, int status)
{
	struct children *c = child->generation->owner;
	const struct worker_slot *slot =
	    scoreboard_slot(&c->scoreboard, child->slot);
	bool expected = status == 0 || child->state == CHILD_STOPPING;
	char how[CHILD_TEXT_SIZE], work[CRASH_WORK_SIZE] = "", who[64];
	bool at_length;

	if (!expected)
		crash_work(work, slot);
	snprintf(who, sizeof(who), "worker %u (pid %ld)", child->number,
	    (long)child->pid);
	report(expected ? REPORT_INFO : REPORT_ERROR, "master",
	    "%s %s after %.3f s%s%s%s%s", who, child_text(how, status),
	    (double)(clock_now_ms() - child->started_ms) / 1000,
	    child->state == CHILD_STARTING ? ", before it served" : "", work,
	    child->killed_for == NULL ? "" : ": ",
	    child->killed_for == NULL ? "" : child->killed_for);
	if (status == 0)
		return;
	at_length = !expected && crash_reports_next(&c->crash_reports);
	crash_report(who, &slot->crash, at_length);
	sandbox_tell_refused_to(who, slot->crash.refused);
	if (at_length)
		crash_report_requests(who, slot);
}

/* Somebody, or the kernel that has no memory, killed it: that says nothing of
 * whether another one can begin. */
static bool
was_killed(const struct child *child, int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
	       child->killed_for == NULL;
}

static enum respawn_cause
cause_of_death(const struct child *child, int status)
{
	const struct worker_slot *slot =
	    scoreboard_slot(&child->generation->owner->scoreboard, child->slot);

	if (child->state == CHILD_STARTING && !was_killed(child, status))
		return RESPAWN_STARTING;
	if (atomic_load(&slot->requests) == 0)
		return RESPAWN_UNUSED;
	return clock_now_ms() - child->started_ms < RESPAWN_SHORT_MS
		   ? RESPAWN_SHORT
		   : RESPAWN_USED;
}

/* The seat of a dead worker is filled again, now or later. */
static void
refill(struct seat *seat, bool served, enum respawn_cause cause)
{
	struct generation *g = seat->generation;
	int64_t delay;

	seat->child = NULL;
	if (served)
		g->serving--;
	if (g->state == GENERATION_STARTING) {
		g->owner->generation_failed(g);
		return;
	}
	delay = respawn_delay(&seat->respawn, cause);
	if (delay == 0)
		seat_fill(seat);
	else
		spawn_later(seat, delay);
}

void
children_poke(struct children *c)
{
	struct list_node *g, *n;
	struct child *child;

	CHILDREN_FOREACH (g, n, c) {
		child = LIST_ENTRY(n, struct child, node);
		if (child->accepts && child->state != CHILD_STOPPING)
			(void)mailbox_say(&child->mailbox, MESSAGE_POKE, 0);
	}
}

static void
forget_retiring(struct generation *g, const struct child *child)
{
	unsigned i;

	for (i = 0; i < g->seat_count; i++)
		if (g->seats[i].retiring == child)
			g->seats[i].retiring = NULL;
}

static void
child_died(struct child *child, int status)
{
	struct generation *g = child->generation;
	struct seat *seat = child->seat;
	enum respawn_cause cause = cause_of_death(child, status);
	bool served = child->state == CHILD_SERVING;
	bool accepted = child->accepts;

	report_death(child, status);
	child_give_back(child);
	forget_retiring(g, child);
	loop_timer_stop(&child->timer);
	list_remove(&child->node);
	free(child);
	if (accepted)
		children_poke(g->owner);
	if (seat != NULL)
		refill(seat, served, cause);
	tell_if_quiet(g);
	if (g->state == GENERATION_RETIRED && list_empty(&g->children))
		g->owner->generation_empty(g);
}

bool
children_ended(struct children *c, pid_t pid, int status)
{
	struct child *child = find_child(c, pid);

	if (child == NULL)
		return false;
	mailbox_drain(&child->mailbox);
	mailbox_close(&child->mailbox);
	child_died(child, status);
	return true;
}

void
children_hold(struct children *c, bool hold)
{
	struct list_node *g, *n;
	struct child *child;

	CHILDREN_FOREACH (g, n, c) {
		child = LIST_ENTRY(n, struct child, node);
		if (!hold || child->state == CHILD_DRAINING)
			mailbox_pause(&child->mailbox, hold);
	}
}

void
children_stopped(struct children *c, pid_t pid, bool stopped)
{
	struct child *child = find_child(c, pid);

	if (child != NULL)
		child->stopped_ms = stopped ? clock_now_ms() : 0;
}
