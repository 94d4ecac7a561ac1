/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log programs over a change of masters.  The next one is given both ends of
 * their pipes when it is executed, and writes to those that it has a use for
 * as soon as it has lines; the loggers of the two take turns.  The programs
 * themselves (started again, ended when they hang) are the old one's until the
 * next is the server, so one that fails leaves nothing behind.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "ipc/succession.h"
#include "master/inherit_logs.h"
#include "master/logs_private.h"
#include "os/pidfd.h"

/* ---- programs that are no children ---- */

static void
ended(struct loop_source *source, uint32_t events)
{
	(void)events;
	logs_watched_ended(LIST_ENTRY(source, struct log_watch, source));
}

/* Takes pidfd over on success. */
static struct log_watch *
watch(struct logs *logs, pid_t pid, int pidfd)
{
	struct log_watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->source = (struct loop_source){ .fd = pidfd, .ready = ended };
	w->logs = logs;
	w->pid = pid;
	if (loop_add(logs->logger->loop, &w->source, EPOLLIN) == 0)
		return w;
	free(w);
	return NULL;
}

void
logs_unwatch(struct log_watch **watch_p)
{
	struct log_watch *w = *watch_p;

	*watch_p = NULL;
	if (w == NULL)
		return;
	loop_remove(w->logs->logger->loop, &w->source);
	close(w->source.fd);
	free(w);
}

/* ---- the old master ---- */

void
logs_offer(struct logs *logs)
{
	/* Nobody can watch a process that is not his child without these. */
	int pidfd = pidfd_of(getpid());
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t == NULL || t->outlet.share == LOG_LENT)
			continue;
		t->outlet.share =
		    pidfd >= 0 && t->closing == 0 && t->outlet.pipe_read >= 0
			? LOG_OFFERED
			: LOG_OURS;
	}
	if (pidfd >= 0)
		close(pidfd);
}

int
logs_give(const struct logs *logs)
{
	struct inherit_logs give = {
		.messages = { logs->logger->program_pipe[0],
		    logs->logger->program_pipe[1] },
		.pipes = calloc(logs->count, sizeof(*give.pipes)),
	};
	const struct log_slot *t;
	unsigned i;
	int result;

	if (give.pipes == NULL)
		return -1;
	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t == NULL || t->outlet.share != LOG_OFFERED)
			continue;
		give.pipes[give.count++] = (struct inherit_pipe){
			.number = t->number,
			.kind = t->kind,
			.command = t->text,
			.ends = { t->outlet.pipe_read, t->outlet.fd },
		};
	}
	result = inherit_logs_give(&give);
	free(give.pipes);
	return result;
}

void
logs_share(struct logs *logs, unsigned number)
{
	struct log_slot *t =
	    number < logs->count ? logs->targets[number] : NULL;

	if (t != NULL && t->outlet.share == LOG_OFFERED)
		t->outlet.share = LOG_SHARED;
}

static void
give_program(struct log_slot *t, struct mailbox *to)
{
	struct log_outlet *o = &t->outlet;
	int pidfd = -1;
	struct message m;

	message_init(&m, SUCCESSION_PROGRAM, t->number);
	m.value = (uint64_t)o->pid;
	if (o->watch != NULL)
		m.fd = o->watch->source.fd;
	else if (o->pid > 0)
		m.fd = pidfd = pidfd_of(o->pid);
	(void)mailbox_send(to, &m);
	if (pidfd >= 0)
		close(pidfd);
	logs_unwatch(&o->watch);
	o->pid = 0;
	o->share = LOG_LENT;
	t->restart_ms = 0;
}

void
logs_give_programs(struct logs *logs, struct mailbox *to)
{
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->outlet.share == LOG_SHARED)
			give_program(t, to);
	}
}

/* ---- the next master ---- */

bool
logs_inherit(struct logs *logs, struct log_slot *t)
{
	struct inherit_pipe *p;

	if (logs->inherited == NULL)
		return false;
	p = inherit_logs_find(logs->inherited, t->kind, t->text);
	if (p == NULL)
		return false;
	t->opened.pipe_read = p->ends[0];
	t->opened.fd = p->ends[1];
	t->opened.share = LOG_LENT;
	t->opened.theirs = p->number;
	p->ends[0] = p->ends[1] = -1;
	return true;
}

void
logs_tell_shared(const struct logs *logs, struct mailbox *to)
{
	const struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->outlet.share == LOG_LENT)
			(void)mailbox_say(
			    to, SUCCESSION_PIPE, t->outlet.theirs);
	}
}

static struct log_slot *
find_lent(const struct logs *logs, unsigned theirs)
{
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->outlet.share == LOG_LENT &&
		    t->outlet.theirs == theirs)
			return t;
	}
	return NULL;
}

void
logs_take_program(struct logs *logs, struct message *m)
{
	struct log_slot *t = find_lent(logs, m->arg);
	pid_t pid = (pid_t)m->value;

	if (t != NULL && pid > 0 && m->fd >= 0) {
		t->outlet.watch = watch(logs, pid, m->fd);
		if (t->outlet.watch != NULL) {
			t->outlet.pid = pid;
			t->outlet.share = LOG_OURS;
			t->started_ms = clock_now_ms();
			return;
		}
	}
	if (m->fd >= 0)
		close(m->fd);
	if (t == NULL || pid > 0)
		return;
	t->outlet.share = LOG_OURS;
	logs_restart_program(logs, t);
}

void
logs_take_over(struct logs *logs)
{
	struct log_slot *t;
	unsigned i;

	for (i = 0; i < logs->count; i++) {
		t = logs->targets[i];
		if (t != NULL && t->outlet.share == LOG_LENT)
			t->broken = true;
	}
}
