/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting, feeding and replacing the logger.  Everything it is told can be
 * told again, for all of it (rings, destinations, pipes) is kept here or by
 * the owner; so messages to a logger that just died need no care.
 */
#include "config.h"

#include "master/logger_process.h"

#include <errno.h>
#include <fcntl.h>
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
#include "master/crash_report.h"
#include "os/proctitle.h"
#include "os/sandbox.h"
#include "os/signals.h"

static struct logger_process *
of_mailbox(struct mailbox *m)
{
	return LIST_ENTRY(m, struct logger_process, mailbox);
}

static void
ring_done(struct logger_process *l, unsigned number)
{
	uint64_t generation;

	if (number >= l->rings.count ||
	    l->rings.rings[number].state != RING_DEAD)
		return;
	generation = l->rings.rings[number].generation;
	rings_free(&l->rings, number);
	l->ring_done(l, generation);
}

static void
received(struct mailbox *mailbox, struct message *m)
{
	struct logger_process *l = of_mailbox(mailbox);

	if (m->fd >= 0)
		close(m->fd);
	switch (m->type) {
	case MESSAGE_RING_DONE:
		ring_done(l, m->arg);
		break;
	case MESSAGE_DEST_DONE:
		l->served = true;
		l->dests_done(l, m->value);
		break;
	case MESSAGE_DEST_BROKEN:
		l->dest_broken(l, m->arg);
		break;
	default:
		report(REPORT_ERROR, "master",
		    "logger sent a message of type %" PRIu32, m->type);
	}
}

/* A logger without a channel is of no use: it is reaped, then replaced. */
static void
closed(struct mailbox *mailbox)
{
	struct logger_process *l = of_mailbox(mailbox);

	if (l->pid > 0 && !l->finishing)
		kill(l->pid, SIGKILL);
}

static void
start_after(struct logger_process *l, int64_t delay_ms)
{
	loop_timer_start(loop_queue(l->loop, delay_ms), &l->respawn_timer);
}

static void
respawn(struct loop_timer *timer)
{
	struct logger_process *l =
	    LIST_ENTRY(timer, struct logger_process, respawn_timer);
	struct err err;

	if (logger_process_start(l, &err) == 0)
		return;
	report(REPORT_ALERT, "master", "%s", err.text);
	/* As if it had died in start-up. */
	start_after(l, respawn_delay(&l->respawn, RESPAWN_STARTING));
}

void
logger_process_init(struct logger_process *l)
{
	l->mailbox.source.fd = -1;
	l->mailbox.received = received;
	l->mailbox.closed = closed;
	l->stderr_pipe[0] = l->stderr_pipe[1] = -1;
	l->program_pipe[0] = l->program_pipe[1] = -1;
	loop_timer_init(&l->respawn_timer, respawn);
}

static _Noreturn void
child(struct logger_process *l, int channel, pid_t master)
{
	int keep[] = { channel, l->board->dest_shm.fd, l->board->wake_shm.fd,
		l->board->wake_fd, l->board->store.text_fd };
	struct logger_setup setup = {
		.channel = channel,
		.board = l->board,
		.privs = &l->privs,
		.sandbox = l->sandbox,
		.master = master,
		.error_dest = l->error_dest,
	};

	l->forked(l);
	child_begin(l->stderr_pipe[1], keep, sizeof(keep) / sizeof(*keep));
	proctitle_set("drover: logger");
	exit(l->run(&setup));
}

static void
send_ring(struct logger_process *l, unsigned number)
{
	struct message m;

	message_init(&m, MESSAGE_RING, number);
	m.fd = l->rings.rings[number].fd;
	(void)mailbox_send(&l->mailbox, &m);
	if (l->rings.rings[number].state == RING_DEAD)
		(void)mailbox_say(&l->mailbox, MESSAGE_RING_DEAD, number);
}

static void
send_stderr(struct logger_process *l, int pipe_read)
{
	struct message m;

	if (pipe_read < 0)
		return;
	message_init(&m, MESSAGE_STDERR, MESSAGE_OWN_DEST);
	m.fd = pipe_read;
	(void)mailbox_send(&l->mailbox, &m);
}

static void
send_all(struct logger_process *l)
{
	unsigned i;

	/* The commit says that these are all: nothing is read before it. */
	for (i = 0; i < l->rings.count; i++)
		if (l->rings.rings[i].state != RING_FREE)
			send_ring(l, i);
	l->send_dests(l);
	logger_process_commit(l);
	send_stderr(l, l->stderr_pipe[0]);
	send_stderr(l, l->program_pipe[0]);
	if (l->finishing)
		logger_process_finish(l, l->patience_ms);
}

/* It was forked and cannot be talked to. */
static void
take_back(struct logger_process *l)
{
	if (l->pid > 0) {
		kill(l->pid, SIGKILL);
		while (waitpid(l->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	l->pid = 0;
}

int
logger_process_start(struct logger_process *l, struct err *err)
{
	pid_t master = getpid();
	int fds[2];

	if (channel_pair(fds) < 0)
		return err_set_errno(err, "cannot make a channel");
	fflush(NULL);
	l->pid = signals_fork(child_ignored_signals);
	if (l->pid == 0)
		child(l, fds[1], master);
	close(fds[1]);
	if (l->pid < 0 || mailbox_open(&l->mailbox, l->loop, fds[0]) < 0) {
		err_set_errno(err, "cannot start the logger");
		close(fds[0]);
		take_back(l);
		return -1;
	}
	l->started_ms = clock_now_ms();
	l->stopped_ms = 0;
	l->served = false;
	send_all(l);
	return 0;
}

uint64_t
logger_process_commit(struct logger_process *l)
{
	size_t len = l->error_format == NULL ? 0 : strlen(l->error_format);
	struct message m;

	message_init(&m, MESSAGE_DEST_COMMIT, (uint32_t)(l->error_dest + 1));
	if (len > 0 && len < sizeof(m.data)) {
		m.data[0] = l->error_json;
		memcpy(m.data + 1, l->error_format, len);
		m.len = (uint32_t)len + 1;
	}
	m.value = ++l->serial;
	(void)mailbox_send(&l->mailbox, &m);
	return l->serial;
}

void
logger_process_dest(struct logger_process *l, unsigned dest,
    enum log_dest_kind kind, const char *name, int fd)
{
	struct log_dest_message data = { .kind = (uint32_t)kind };
	struct message m;

	snprintf(data.name, sizeof(data.name), "%s", name);
	message_init(&m, MESSAGE_DEST, dest);
	m.len = sizeof(data);
	memcpy(m.data, &data, sizeof(data));
	m.fd = fd;
	(void)mailbox_send(&l->mailbox, &m);
}

int
logger_process_ring(struct logger_process *l, uint64_t generation)
{
	int number = rings_take(&l->rings, generation);

	if (number >= 0)
		send_ring(l, (unsigned)number);
	return number;
}

void
logger_process_ring_dead(struct logger_process *l, unsigned ring)
{
	l->rings.rings[ring].state = RING_DEAD;
	(void)mailbox_say(&l->mailbox, MESSAGE_RING_DEAD, ring);
}

static enum respawn_cause
cause_of_death(const struct logger_process *l)
{
	if (!l->served)
		return RESPAWN_STARTING;
	/* One that dies of what it reads would do so again at once. */
	return clock_now_ms() - l->started_ms < RESPAWN_SHORT_MS
		   ? RESPAWN_UNUSED
		   : RESPAWN_USED;
}

void
logger_process_stopped(struct logger_process *l, bool stopped)
{
	l->stopped_ms = stopped ? clock_now_ms() : 0;
}

void
logger_process_kill(struct logger_process *l, const char *why)
{
	report(
	    REPORT_ALERT, "master", "logger (pid %ld): %s", (long)l->pid, why);
	kill(l->pid, SIGKILL);
}

void
logger_process_died(struct logger_process *l, int status)
{
	bool done = l->finishing && (status == 0 || l->given_up);
	char how[CHILD_TEXT_SIZE], who[64];

	snprintf(who, sizeof(who), "logger (pid %ld)", (long)l->pid);
	report(done ? REPORT_DEBUG : REPORT_ALERT, "master",
	    "%s %s after %.3f s", who, child_text(how, status),
	    (double)(clock_now_ms() - l->started_ms) / 1000);
	crash_report(
	    who, l->board->crash, crash_reports_next(&l->crash_reports));
	sandbox_tell_refused_to(who, l->board->crash->refused);
	memset(l->board->crash, 0, sizeof(*l->board->crash));
	mailbox_drain(&l->mailbox);
	mailbox_close(&l->mailbox);
	l->pid = 0;
	if (!done)
		start_after(l, respawn_delay(&l->respawn, cause_of_death(l)));
}

void
logger_process_finish(struct logger_process *l, unsigned patience_ms)
{
	l->finishing = true;
	l->patience_ms = patience_ms;
	/* The last lines are not to wait for who stopped it. */
	if (l->stopped_ms != 0)
		kill(l->pid, SIGCONT);
	/* If there is none now, the next one is told when it starts. */
	(void)mailbox_say(&l->mailbox, MESSAGE_FINISH, l->patience_ms);
}

void
logger_process_give_up(struct logger_process *l)
{
	l->finishing = l->given_up = true;
	loop_timer_stop(&l->respawn_timer);
	if (l->pid > 0)
		kill(l->pid, SIGKILL);
}

static void
close_pipe(const int ends[2])
{
	int i;

	for (i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

void
logger_process_release(struct logger_process *l)
{
	loop_timer_stop(&l->respawn_timer);
	mailbox_close(&l->mailbox);
	rings_release(&l->rings);
	close_pipe(l->stderr_pipe);
	close_pipe(l->program_pipe);
}
