/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The supervise loop: wait, then one arm per duty.  It does no work of its
 * own; it knows who has to hear of what.
 */
#include "config.h"

#include "master/master.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "log/error_log.h"
#include "master/boot.h"
#include "master/reload.h"
#include "master/stop.h"
#include "master/upgrade.h"

#define TICK_MS 1000

/* ---- what others tell ---- */

static struct master *
of_children(struct children *c)
{
	return LIST_ENTRY(c, struct master, children);
}

static struct master *
of_logger(struct logger_process *l)
{
	return LIST_ENTRY(l, struct master, logger);
}

static void
generation_ready(struct generation *g)
{
	reload_workers_ready(of_children(g->owner), g);
}

static void
generation_failed(struct generation *g)
{
	reload_workers_failed(of_children(g->owner), g);
}

static void
generation_empty(struct generation *g)
{
	stop_advance(of_children(g->owner));
}

static void
generation_quiet(struct generation *g)
{
	reload_old_quiet(of_children(g->owner), g);
	upgrade_look_quiet(of_children(g->owner));
}

static void
handed_over(struct generation *g, struct message *m)
{
	relay_take(&of_children(g->owner)->relay, m);
}

static void
may_adopt(struct generation *g)
{
	relay_pump(&of_children(g->owner)->relay);
}

static void
hold_back(struct relay *r, bool hold)
{
	struct master *m = LIST_ENTRY(r, struct master, relay);

	children_hold(&m->children, hold);
	upgrade_hold(m, hold);
}

/* Lines are all that the logger has to do with workers. */
static void
logger_forked(struct logger_process *l)
{
	scoreboard_release(&of_logger(l)->children.scoreboard);
}

static void
send_dests(struct logger_process *l)
{
	logs_send(&of_logger(l)->logs);
}

static void
dests_done(struct logger_process *l, uint64_t serial)
{
	logs_done(&of_logger(l)->logs, serial);
	reload_logger_done(of_logger(l), serial);
}

static void
dest_broken(struct logger_process *l, unsigned dest)
{
	logs_broken(&of_logger(l)->logs, dest);
}

static void
ring_done(struct logger_process *l, uint64_t number)
{
	struct list_node *n;
	struct generation *g;

	LIST_FOREACH (n, &of_logger(l)->children.generations) {
		g = LIST_ENTRY(n, struct generation, node);
		if (g->number == number)
			g->rings--;
	}
}

/* ---- duties ---- */

static void
ended(struct master *m, pid_t pid, int status)
{
	if (pid == m->logger.pid) {
		logs_logger_died(&m->logs);
		logger_process_died(&m->logger, status);
		reload_logger_failed(m);
	} else if (!children_ended(&m->children, pid, status) &&
		   !upgrade_ended(m, pid, status)) {
		(void)logs_program_ended(&m->logs, pid, status);
	}
}

static void
stopped(struct master *m, pid_t pid, bool is_stopped)
{
	if (pid == m->logger.pid)
		logger_process_stopped(&m->logger, is_stopped);
	else
		children_stopped(&m->children, pid, is_stopped);
}

static void
reap(struct master *m)
{
	const int options = WNOHANG | WUNTRACED | WCONTINUED;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, options)) > 0)
		if (WIFSTOPPED(status) || WIFCONTINUED(status))
			stopped(m, pid, WIFSTOPPED(status));
		else
			ended(m, pid, status);
	stop_advance(m);
}

static void
resized(struct master *m)
{
	/* To a process on a terminal it means that the window has. */
	if (isatty(STDIN_FILENO))
		return;
	report(REPORT_NOTICE, "master", "SIGWINCH: stopping gracefully");
	stop_request(m, true);
}

static void
replace_binary(struct master *m)
{
	struct err err;

	report(REPORT_NOTICE, "master", "SIGUSR2: replacing the binary");
	if (upgrade_request(m, &err) < 0)
		report(REPORT_ERROR, "master", "no upgrade: %s", err.text);
}

static void
handle_signal(struct master *m, int signal)
{
	switch (signal) {
	case SIGCHLD:
		reap(m);
		break;
	case SIGTERM:
	case SIGINT:
		report(REPORT_NOTICE, "master", "SIG%s: stopping",
		    sigabbrev_np(signal));
		stop_request(m, false);
		break;
	case SIGQUIT:
		report(REPORT_NOTICE, "master", "SIGQUIT: stopping gracefully");
		stop_request(m, true);
		break;
	case SIGWINCH:
		resized(m);
		break;
	case SIGHUP:
		report(REPORT_NOTICE, "master", "SIGHUP: restarting");
		reload_request(m, RELOAD_AT_ONCE);
		break;
	case SIGUSR1:
		report(
		    REPORT_NOTICE, "master", "SIGUSR1: restarting gracefully");
		reload_request(m, RELOAD_GRACEFUL);
		break;
	case SIGUSR2:
		replace_binary(m);
		break;
	}
}

static void
signals_ready(struct loop_source *source, uint32_t events)
{
	struct master *m = LIST_ENTRY(source, struct master, signals);
	int signal;

	(void)events;
	while ((signal = signals_next()) != 0)
		handle_signal(m, signal);
}

/* In a change of who serves some may be about to close, and refuse. */
static void
mend_listeners(const struct master *m)
{
	const struct generation *g = m->current;

	if (g != NULL && m->stop.state == STOP_NOT &&
	    m->reload.state == RELOAD_IDLE && !upgrade_is_under_way(m))
		listener_set_mend(&g->listeners, g->conf);
}

static void
ticked(struct loop_timer *timer)
{
	struct master *m = LIST_ENTRY(timer, struct master, tick);

	loop_timer_start(loop_queue(m->loop, TICK_MS), timer);
	control_tick(m);
	heartbeat_tick(&m->heartbeat, &m->children);
	mend_listeners(m);
	notices_tick(m);
	logs_tick(&m->logs);
	relay_tick(&m->relay);
	reload_tick(m);
	service_tick(m);
	error_log_tick();
}

/* Generations of which nothing is left. */
static void
collect(struct master *m)
{
	struct list_node *n, *next;
	struct generation *g;

	LIST_FOREACH_SAFE (n, next, &m->children.generations) {
		g = LIST_ENTRY(n, struct generation, node);
		if (!generation_is_over(g) || g == m->current)
			continue;
		if (g->logs_open)
			logs_leave(&m->logs, g->conf);
		generation_destroy(&g);
	}
}

static void
supervise(struct master *m)
{
	ticked(&m->tick);
	while (m->stop.state != STOP_DONE) {
		if (loop_turn(m->loop, -1) < 0) {
			/* Nothing that waiting would mend. */
			report_errno(REPORT_EMERG, "master", "event loop");
			m->status = 1;
			return;
		}
		collect(m);
		upgrade_collect(m);
		stop_advance(m);
		/* Who waits for a reload sees its end before the next begins,
		 * and one that fails as it begins. */
		control_advance(m);
		upgrade_resume(m);
		reload_resume(m);
		control_advance(m);
		notices_update(m);
	}
}

/* ---- the whole ---- */

static void
init(struct master *m, const struct master_setup *setup)
{
	*m = (struct master){
		.setup = setup,
		.signals = { .fd = -1, .ready = signals_ready },
		.board = { .dest_shm.fd = -1,
		    .wake_shm.fd = -1,
		    .wake_fd = -1 },
		.pidfile = { .fd = -1 },
		.next_pidfile = { .fd = -1 },
		.logger = { .board = &m->board,
		    .run = setup->run_logger,
		    .error_dest = -1,
		    .forked = logger_forked,
		    .send_dests = send_dests,
		    .dests_done = dests_done,
		    .dest_broken = dest_broken,
		    .ring_done = ring_done },
		.logs = { .logger = &m->logger,
		    .board = &m->board,
		    .inherited =
			setup->inherit == NULL ? NULL : &setup->inherit->logs,
		    .stderr_fd = -1 },
		.children = { .logger = &m->logger,
		    .scoreboard.shm.fd = -1,
		    .run = setup->run_worker,
		    .generation_ready = generation_ready,
		    .generation_failed = generation_failed,
		    .generation_empty = generation_empty,
		    .generation_quiet = generation_quiet,
		    .handed_over = handed_over,
		    .may_adopt = may_adopt },
	};
	list_init(&m->children.generations);
	logger_process_init(&m->logger);
	loop_timer_init(&m->tick, ticked);
	relay_init(&m->relay, hold_back);
	service_init(m);
	reload_init(m);
	stop_init(m);
	control_init(m);
	upgrade_init(m);
}

int
master_run(
    const struct master_setup *setup, struct server_conf *conf, struct err *err)
{
	struct master m;

	init(&m, setup);
	err->text[0] = '\0';
	if (boot_start(&m, &conf, &m.err) < 0)
		m.status = 1;
	else
		supervise(&m);
	conf_destroy(&conf);
	if (m.status == 0 && !m.serving)
		m.status = -err_set(&m.err, "stopped before it served");
	*err = m.err;
	boot_end(&m);
	return m.status;
}
