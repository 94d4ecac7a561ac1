/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The logger process: its start, its loop and its end.  The loop alternates
 * between a pass over everything and a wait: a nap when the pass found lines
 * (nobody has to wake us then), a sleep with the flag up when it found none.
 */
#include "config.h"

#include "logger/logger.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "ipc/error_line.h"
#include "ipc/log_ring.h"
#include "logger/logger_private.h"
#include "logger/logger_sandbox.h"
#include "os/crash.h"
#include "os/proctitle.h"
#include "os/signals.h"

#define NAP_MS 2
#define SLEEP_MS 1000
/* How long the rest of what was queued may take once the master is gone, and
 * from when on its workers are taken to be gone as well. */
#define DYING_MS 200
#define PRODUCERS_DYING_MS 50

#define SOFT_LIMIT ((size_t)1024 * 1024)
/* A producer that sees the flag late, or waits for its turn, has at most a
 * ring of lines; many of them together have no more than this. */
#define HARD_LIMIT ((size_t)32 * 1024 * 1024)
#define STUCK_MS 5000
#define RETRY_MS 100

/* One per process, and needed by the sink of reports. */
static struct logger *self;

struct dest *
logger_dest(struct logger *l, uint32_t id)
{
	if (id >= LOG_DEST_MAX)
		return NULL;
	if (l->dests[id] == NULL)
		l->dests[id] = dest_create(&l->group, l->board, (int)id);
	return l->dests[id];
}

/*
 * A number that a ring claims makes no destination: of those that were never
 * given the lines are lost, and counted in one place for all.
 */
void
logger_add(struct logger *l, int dest, struct span line)
{
	struct dest *d = NULL;

	if (dest >= 0 && dest < LOG_DEST_NOBODY)
		d = l->dests[dest];
	if (d == NULL) {
		if (!l->nobody_told) {
			l->nobody_told = true;
			report(REPORT_ERROR, "logger",
			    "lines for destination %d, which there is not, "
			    "are lost",
			    dest);
		}
		d = logger_dest(l, LOG_DEST_NOBODY);
	}
	if (d != NULL)
		dest_add(d, line);
}

static void
own_message(const struct report_message *m)
{
	static char to[ERROR_LINE_MAX];
	struct dest *d = self->dests[self->group.error_dest];
	struct error_line line = { .time_us = clock_real_us(),
		.severity = log_dest_has_severity(d->kind),
		.level = m->level,
		.room = m->room,
		.pid = getpid(),
		.text = span_of(m->text, m->len),
		.error = m->error,
		.reason_len = m->reason_len,
		.format = self->group.error_format };

	dest_add(d, span_of(to, error_line_print(&line, to)));
	self->spoke = true;
}

/* Into the error log as soon as there is one. */
static void
follow_error_dest(const struct logger *l)
{
	bool usable = l->group.error_dest >= 0 &&
		      l->group.error_dest < LOG_DEST_MAX &&
		      l->dests[l->group.error_dest] != NULL &&
		      l->dests[l->group.error_dest]->name != NULL;

	report_set_sink(usable ? own_message : NULL);
}

/*
 * Lets every destination write; returns how long may be waited until one
 * must be looked at again.
 */
static int64_t
service_dests(struct logger *l)
{
	int64_t soonest = INT64_MAX, at;
	struct list_node *node, *after;

	l->spoke = false;
	LIST_FOREACH_SAFE (node, after, &l->group.busy) {
		at = dest_service(LIST_ENTRY(node, struct dest, node));
		if (at < soonest)
			soonest = at;
	}
	return l->spoke ? 0 : soonest;
}

bool
logger_pass(struct logger *l)
{
	bool found = rings_read(l);

	(void)service_dests(l);
	return found;
}

/*
 * The other half of log_board_wake.  Whoever published before our fence is
 * seen by the look after it; whoever publishes later sees the flag.
 */
static bool
fall_asleep(struct logger *l)
{
	atomic_store_explicit(l->board->asleep, 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	return !rings_have_lines(l);
}

static void
turn(struct logger *l)
{
	int64_t wait, next;

	follow_error_dest(l);
	stderr_pipe_resume(l);
	wait = rings_read(l) ? NAP_MS : SLEEP_MS;
	next = service_dests(l) - clock_now_ms();
	if (l->dying_since_ms != 0 || l->finishing)
		wait = NAP_MS;
	l->heard = false;
	if (wait == SLEEP_MS && !fall_asleep(l))
		wait = 0;
	if (next < wait)
		wait = next < 0 ? 0 : next;
	if (loop_turn(l->loop, (int)wait) == -1)
		report_errno(REPORT_CRIT, "logger", "epoll_wait");
	sandbox_tell_refused();
	atomic_store_explicit(l->board->asleep, 0, memory_order_relaxed);
}

static bool
all_idle(const struct logger *l)
{
	const struct list_node *node;

	if (l->heard)
		return false;
	LIST_FOREACH (node, &l->group.busy)
		if (!dest_is_idle(
			LIST_ENTRY((uintptr_t)node, const struct dest, node)))
			return false;
	return !rings_have_lines(l);
}

static bool
ended(struct logger *l)
{
	int64_t dying = clock_now_ms() - l->dying_since_ms;

	if (l->failed)
		return true;
	if (l->dying_since_ms == 0)
		return l->finishing && all_idle(l);
	if (dying < PRODUCERS_DYING_MS)
		return false;
	rings_end_all(l);
	return dying >= DYING_MS || all_idle(l);
}

/* ---- events ---- */

static void
woken(struct loop_source *source, uint32_t events)
{
	uint64_t count;

	(void)events;
	(void)!read(source->fd, &count, sizeof(count));
}

static void
signalled(struct loop_source *source, uint32_t events)
{
	(void)source;
	(void)events;
	while (signals_next() != 0)
		if (self->dying_since_ms == 0 && getppid() != self->master)
			self->dying_since_ms = clock_now_ms();
}

/* ---- start and end ---- */

/*
 * Who sends a service or a terminal's group these means the master, which
 * ends us when no line can come any more.
 */
static int
catch_signals(struct loop_source *source)
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
		SIGUSR1, SIGUSR2, SIGWINCH, SIGPIPE, SIGXFSZ, 0 };
	const int caught[] = { SIGRTMIN, 0 };

	signals_ignore(ignored);
	source->ready = signalled;
	source->fd = signals_catch(caught);
	return source->fd == -1 ? -1 : 0;
}

static int
become(const struct logger_setup *setup)
{
	struct err err;

	if (setup->privs != NULL && privs_drop(setup->privs, &err) == -1) {
		report(REPORT_CRIT, "logger", "%s", err.text);
		return -1;
	}
	/* SIGRTMIN, as the signals that people send are ignored. */
	if (privs_die_with_parent(setup->master, SIGRTMIN) == -1) {
		report_errno(REPORT_CRIT, "logger", "no life after the master");
		return -1;
	}
	return 0;
}

/* The last step: all that the logger needs is opened by others. */
static int
confine(const struct logger_setup *setup)
{
	const struct sandbox_setup sandbox = {
		.mode = setup->sandbox,
		.role = &logger_sandbox_role,
		.refused = &setup->board->crash->refused,
	};
	struct err err;

	if (sandbox_enter(&sandbox, &err) >= 0)
		return 0;
	report(REPORT_CRIT, "logger", "%s", err.text);
	return -1;
}

static void
dest_broken(struct dest *d)
{
	control_reply(self, MESSAGE_DEST_BROKEN, (uint32_t)d->id, 0);
}

/* What a logger before us was at; the rings are not here yet. */
static void
finish_step(struct log_store_control *c)
{
	if (atomic_load(&c->step) != LOG_STORE_ALL)
		return;
	log_store_apply(c);
	atomic_store(&c->step, LOG_STORE_TAILS);
}

static struct logger *
create(const struct logger_setup *setup)
{
	struct logger *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->board = setup->board;
	l->group.store = &setup->board->store;
	finish_step(l->group.store->control);
	l->group.error_dest = setup->error_dest;
	l->master = setup->master;
	list_init(&l->rings);
	list_init(&l->pipes);
	list_init(&l->group.busy);
	list_init(&l->group.touched);
	arena_init(&l->error_arena, NULL, 0, 0);
	l->group.soft = SOFT_LIMIT;
	l->group.hard = HARD_LIMIT;
	l->group.stuck_ms = setup->stuck_ms != 0 ? setup->stuck_ms : STUCK_MS;
	l->group.retry_ms = RETRY_MS;
	l->group.broken = dest_broken;
	l->loop = l->group.loop = loop_create();
	if (l->loop == NULL) {
		free(l);
		return NULL;
	}
	return l;
}

/* The sum of all destinations; those that lost something by themselves. */
static void
say_ledger(struct logger *l)
{
	uint64_t appended = 0, written = 0, lost = 0;
	size_t i;

	for (i = 0; i < LOG_DEST_MAX; i++)
		if (l->dests[i] != NULL)
			dest_end(l->dests[i]);
	for (i = 0; i < LOG_DEST_MAX; i++) {
		const struct log_board_dest *row = &l->board->dest[i];
		const struct dest *d = l->dests[i];
		uint64_t lost_here;

		if (d == NULL)
			continue;
		lost_here = atomic_load(&row->lost);
		appended += atomic_load(&row->appended);
		written += atomic_load(&row->written);
		lost += lost_here;
		if (lost_here > 0 && d->name != NULL)
			report(REPORT_WARN, "logger", "%s lost %llu lines",
			    d->name, (unsigned long long)lost_here);
	}
	report(REPORT_NOTICE, "logger",
	    "lines before this: appended %llu, written %llu, lost %llu",
	    (unsigned long long)appended, (unsigned long long)written,
	    (unsigned long long)lost);
	(void)service_dests(l);
}

int
logger_run(const struct logger_setup *setup)
{
	struct loop_source wake = { setup->board->wake_fd, woken };
	struct loop_source death;

	/* Not by the ring of the master, whose child this is. */
	report_set_sink(NULL);
	report_set_level(REPORT_NOTICE);
	proctitle_set("drover: logger");
	self = create(setup);
	if (self == NULL || crash_catch(setup->board->crash) == -1 ||
	    catch_signals(&death) == -1 || become(setup) == -1 ||
	    loop_add(self->loop, &wake, EPOLLIN) == -1 ||
	    loop_add(self->loop, &death, EPOLLIN) == -1 ||
	    control_start(self, setup->channel) == -1 || confine(setup) == -1) {
		report_errno(REPORT_CRIT, "logger", "cannot start");
		return 1;
	}
	while (!ended(self))
		turn(self);
	if (self->failed)
		return 1;
	if (self->finishing)
		say_ledger(self);
	return 0;
}
