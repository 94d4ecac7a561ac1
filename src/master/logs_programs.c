/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs that logs are piped to.  One that ends is started again on the
 * pipe that it had, one that takes nothing for long is ended for that, and one
 * that was replaced is remembered until it is gone.
 */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/report.h"
#include "master/child_life.h"
#include "master/logs_private.h"
#include "os/pidfd.h"

/*
 * The logger drops the lines of a program that has taken none for 5 s.  After
 * this much longer the program is asked to end, and later made to.
 */
#define STUCK_ASK_MS 5000
#define STUCK_KILL_MS 7000

void
logs_let_go(struct logs *logs, struct log_outlet *o)
{
	struct log_leaving *more;

	if (o->pid > 0) {
		more = reallocarray(
		    logs->leaving, logs->leaving_count + 1, sizeof(*more));
		if (more != NULL) {
			logs->leaving = more;
			more[logs->leaving_count++] =
			    (struct log_leaving){ o->pid, o->watch };
			o->watch = NULL;
		}
	}
	logs_unwatch(&o->watch);
	log_outlet_close(o);
}

int
logs_revive(struct logs *logs, struct log_slot *t, struct err *err)
{
	struct log_surroundings around = logs_surroundings(logs);

	if (log_outlet_restart(&t->outlet, t->kind, t->text, &around, err) < 0)
		return -1;
	t->started_ms = clock_now_ms();
	t->restart_ms = t->stuck_ms = 0;
	t->asked = false;
	return 0;
}

void
logs_restart_program(struct logs *logs, struct log_slot *t)
{
	struct err err;

	if (logs_revive(logs, t, &err) == 0)
		return;
	report(REPORT_ALERT, "master", "%s", err.text);
	t->restart_ms =
	    clock_now_ms() + respawn_delay(&t->respawn, RESPAWN_STARTING);
}

static void
send_signal(pid_t pid, const struct log_watch *watch, int signal)
{
	if (watch == NULL)
		kill(pid, signal);
	else
		(void)pidfd_kill(watch->source.fd, signal);
}

/*
 * It has the whole of a pipe to read and does not.  What it has not read is
 * there for the next one.  (Of a shell the pipe's reader may be a child, which
 * would not end with it.)
 */
static void
end_stuck(struct log_slot *t, int64_t stuck_ms)
{
	bool kills = stuck_ms >= STUCK_KILL_MS;

	if (stuck_ms < STUCK_ASK_MS || (t->asked && !kills))
		return;
	report(REPORT_ERROR, "master",
	    "log program \"%s\" (pid %ld) takes no lines, it is %s", t->text,
	    (long)t->outlet.pid, kills ? "killed" : "asked to end");
	t->asked = true;
	send_signal(t->outlet.pid, t->outlet.watch, kills ? SIGKILL : SIGTERM);
}

void
logs_tick_program(struct logs *logs, struct log_slot *t)
{
	const struct log_board_dest *row = &logs->board->dest[t->number];
	int64_t now = clock_now_ms();

	if (t->restart_ms != 0 && t->restart_ms <= now)
		logs_restart_program(logs, t);
	if (t->kind != LOG_DEST_PROGRAM || t->outlet.pid == 0 ||
	    atomic_load(&row->dropping) == 0) {
		t->stuck_ms = 0;
		return;
	}
	if (t->stuck_ms == 0)
		t->stuck_ms = now;
	end_stuck(t, now - t->stuck_ms);
}

static void
program_ended(struct logs *logs, struct log_slot *t, const char *how)
{
	bool short_life = clock_now_ms() - t->started_ms < RESPAWN_SHORT_MS;
	int64_t delay;

	report(REPORT_ERROR, "master", "log program \"%s\" (pid %ld) %s",
	    t->text, (long)t->outlet.pid, how);
	t->outlet.pid = 0;
	t->outlet.watch = NULL;
	delay = respawn_delay(
	    &t->respawn, short_life ? RESPAWN_STARTING : RESPAWN_USED);
	if (delay == 0)
		logs_restart_program(logs, t);
	else
		t->restart_ms = clock_now_ms() + delay;
}

static bool
has_left(struct logs *logs, pid_t pid, const struct log_watch *watch)
{
	unsigned i;

	for (i = 0; i < logs->leaving_count; i++) {
		if (logs->leaving[i].pid != pid ||
		    logs->leaving[i].watch != watch)
			continue;
		logs->leaving[i] = logs->leaving[--logs->leaving_count];
		return true;
	}
	return false;
}

/* watch: NULL for a child.  Its number may be another's by now. */
static bool
ended(struct logs *logs, pid_t pid, const struct log_watch *watch,
    const char *how)
{
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t == NULL || t->outlet.pid != pid ||
		    t->outlet.watch != watch)
			continue;
		program_ended(logs, t, how);
		return true;
	}
	return has_left(logs, pid, watch);
}

bool
logs_program_ended(struct logs *logs, pid_t pid, int status)
{
	char how[CHILD_TEXT_SIZE];

	return ended(logs, pid, NULL, child_text(how, status));
}

void
logs_watched_ended(struct log_watch *watch)
{
	(void)ended(watch->logs, watch->pid, watch, "has ended");
	logs_unwatch(&watch);
}

void
logs_close(struct logs *logs)
{
	struct log_slot *t;
	unsigned i;

	logs->ending = true;
	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t == NULL)
			continue;
		/* What it was not there to read is read now or never. */
		if (logs_is_dead_program(t))
			logs_restart_program(logs, t);
		logs_let_go(logs, &t->outlet);
	}
}

unsigned
logs_programs(const struct logs *logs)
{
	return logs->leaving_count;
}

void
logs_end_programs(const struct logs *logs, int signal)
{
	unsigned i;

	for (i = 0; i < logs->leaving_count; i++)
		send_signal(
		    logs->leaving[i].pid, logs->leaving[i].watch, signal);
}
