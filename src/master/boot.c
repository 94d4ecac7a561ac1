/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Start-up.  What most often fails (another instance, a port in use, a log
 * that cannot be opened) comes before the first child, so that such a start
 * ends as if nothing had been tried, with its reason on the terminal.
 *
 * A master that replaces another (upgrade.h) has its listeners already and is
 * no daemon to be: its parent is.  Until all its workers serve it touches
 * nothing that is the other's.
 *
 * Places of what is to come: the process that runs CGI programs is forked
 * behind the logger, before the workers.
 */
#include "config.h"

#include "master/boot.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/report.h"
#include "log/error_log.h"
#include "master/descriptors.h"
#include "master/master_conf.h"
#include "master/notify.h"
#include "master/reload.h"
#include "master/stop.h"
#include "master/upgrade.h"
#include "os/crash.h"
#include "os/daemon.h"
#include "os/proctitle.h"

/* Each connection is a descriptor: as many as the administrator allows. */
static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int
catch_signals(struct master *m, struct err *err)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGQUIT, SIGWINCH,
		SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, 0 };
	/* Writing fails then, with a reason that can be told. */
	static const int ignored[] = { SIGPIPE, SIGXFSZ, 0 };

	signals_ignore(ignored);
	m->signals.fd = signals_catch(caught);
	if (m->signals.fd < 0 || loop_add(m->loop, &m->signals, EPOLLIN) < 0)
		return err_set_errno(err, "cannot catch signals");
	return 0;
}

static int
make_shared_memory(struct master *m, struct err *err)
{
	if (log_board_create(&m->board) < 0 ||
	    scoreboard_create(&m->children.scoreboard) < 0)
		return err_set_errno(err, "cannot make shared memory");
	notices_begin(m);
	return 0;
}

/* A worker that was taken over could shut it down for all. */
static bool
stderr_is_socket(void)
{
	struct stat st;

	return fstat(STDERR_FILENO, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* Programs that the master before has started have that one's. */
static int
make_program_pipe(struct master *m)
{
	int *inherited =
	    m->logs.inherited == NULL ? NULL : m->logs.inherited->messages;

	if (inherited == NULL || inherited[0] < 0)
		return pipe2(m->logger.program_pipe, O_CLOEXEC);
	memcpy(m->logger.program_pipe, inherited, 2 * sizeof(int));
	inherited[0] = inherited[1] = -1;
	return 0;
}

/* Once daemonized, what others say on standard error is read by the logger. */
static int
make_stderr(struct master *m, struct err *err)
{
	m->logs.stderr_fd = -1;
	m->logs.has_streams = m->setup->foreground;
	if (m->setup->foreground && !stderr_is_socket())
		return 0;
	if (pipe2(m->logger.stderr_pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_set_errno(err, "cannot make a pipe");
	if (m->setup->foreground)
		return 0;
	if (make_program_pipe(m) < 0)
		return err_set_errno(err, "cannot make a pipe");
	m->logs.stderr_fd = m->logger.program_pipe[1];
	return 0;
}

/* The master's own lines take the way of all lines. */
static int
make_ring(struct master *m, struct err *err)
{
	int ring = logger_process_ring(&m->logger, 0);

	if (ring < 0 ||
	    log_ring_map(&m->ring, m->logger.rings.rings[ring].fd) < 0)
		return err_set_errno(err, "cannot make a log ring");
	/* No worker is to write in the master's name. */
	log_ring_keep_from_children(&m->ring);
	return 0;
}

static int
make_loop(struct master *m, struct err *err)
{
	/* All durations that the master ever asks for are less than
	 * LOOP_QUEUES: timers work without memory. */
	m->loop = loop_create();
	if (m->loop == NULL)
		return err_set_errno(err, "cannot make an event loop");
	m->children.loop = m->logger.loop = m->loop;
	return 0;
}

/* A daemon outlives whom it has descriptors of.  In the foreground they may be
 * meant for it: a log file /dev/fd/3. */
static int
close_foreign(const struct inherit *in)
{
	size_t count = 0;
	int *keep = NULL;

	if (in != NULL) {
		keep = inherit_descriptors(in, &count);
		if (keep == NULL)
			return -1;
	}
	descriptors_keep(keep, count);
	free(keep);
	return 0;
}

static int
detach(struct master *m, struct err *err)
{
	if (m->setup->foreground)
		return 0;
	if (!upgrade_stands_by(m) && daemon_fork(err) < 0)
		return -1;
	if (chdir("/") < 0)
		return err_set_errno(err, "cannot go to /");
	return 0;
}

/* Before all that two instances would fight for. */
static int
lock_pid_file(struct master *m, const char *path, struct err *err)
{
	int joined = 0;

	if (path == NULL)
		return 0;
	if (upgrade_stands_by(m))
		joined = pidfile_join(
		    &m->pidfile, path, m->setup->inherit->giver, err);
	if (joined == 0)
		return pidfile_lock(&m->pidfile, path, err);
	return joined < 0 ? -1 : 0;
}

int
boot_start(struct master *m, struct server_conf **conf_p, struct err *err)
{
	const char *pid_file = master_conf_get(*conf_p)->pid_file;
	struct server_conf *conf;

	if (!m->setup->foreground && close_foreign(m->setup->inherit) < 0)
		return err_set(err, "out of memory");
	raise_descriptor_limit();
	/* For children that will not be let at files: they use localtime_r
	 * alone, which looks no further than this. */
	tzset();
	crash_prepare();
	notify_init();
	/* Before anything that belongs to one process: locks, epoll, the
	 * children's parent. */
	if (detach(m, err) < 0)
		return -1;
	proctitle_set("drover: master");
	if (lock_pid_file(m, pid_file, err) < 0)
		return -1;
	/* Before the first child, whose end must not be missed. */
	if (make_loop(m, err) < 0 || catch_signals(m, err) < 0 ||
	    make_shared_memory(m, err) < 0 || make_stderr(m, err) < 0 ||
	    make_ring(m, err) < 0)
		return -1;
	if (upgrade_stands_by(m) && upgrade_join(m, err) < 0)
		return -1;
	/* Listeners, logs, and then the first children. */
	conf = *conf_p;
	*conf_p = NULL;
	return reload_first(m, conf, err);
}

static void
begin_to_serve(struct master *m)
{
	error_log_attach(&m->ring, &m->board, m->current->conf);
	service_begin(m);
	m->serving = true;
}

int
boot_serving(struct master *m, struct err *err)
{
	/* Who reads a number there finds a server that serves. */
	if (pidfile_write(&m->pidfile, err) < 0)
		return -1;
	begin_to_serve(m);
	daemon_ready(false);
	return 0;
}

void
boot_taken_over(struct master *m)
{
	struct err err;

	begin_to_serve(m);
	/* There is no way back: a disk that is full does not end it. */
	if (pidfile_inherit(&m->pidfile, &err) < 0 ||
	    pidfile_write(&m->pidfile, &err) < 0)
		report(REPORT_ERROR, "master", "%s", err.text);
	if (!m->setup->foreground)
		daemon_leave_streams(false);
}

void
boot_end(struct master *m)
{
	/* Whoever asks twice does not kill what is ending already. */
	static const int ending[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1,
		SIGUSR2, 0 };
	struct list_node *n;
	struct generation *g;

	error_log_detach();
	if (m->ring.header != NULL)
		log_ring_unmap(&m->ring);
	while ((n = list_first(&m->children.generations)) != NULL) {
		g = LIST_ENTRY(n, struct generation, node);
		generation_destroy(&g);
	}
	logs_release(&m->logs);
	logger_process_release(&m->logger);
	scoreboard_release(&m->children.scoreboard);
	log_board_release(&m->board);
	/* The master that waits for the end of this one waits for that. */
	upgrade_release(m);
	loop_destroy(&m->loop);
	signals_ignore(ending);
	/* At the very end: who waits for this instance to be gone waits for
	 * the lock, and who finds no socket is not to find that.  But first the
	 * socket: it belongs to whom the pid file belongs to. */
	control_close(m);
	pidfile_remove(&m->pidfile);
	control_end(m);
}
