/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands to a running instance.  Which process it is comes from the lock on
 * its pid file, not from the number in it: a number may be another process's
 * by now.  Without a pid file it is who listens on the control socket.  It is
 * told over its control socket, where it says what came of it, or by a signal,
 * which says nothing.
 */
#include "config.h"

#include "master/instance.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/list.h"
#include "ipc/control_client.h"
#include "master/master_conf.h"
#include "os/pidfd.h"
#include "os/pidfile.h"
#include "os/unix_socket.h"

/* A reload takes no longer, or somebody is to look why. */
#define DONE_MS 60000
/* So often, and so far apart, it is looked again who is who. */
#define TRIES 10
#define RETRY_MS 50

/* Without a pid file: who listens on the control socket. */
static pid_t
find_by_socket(const struct server_conf *conf, struct err *err)
{
	char path[MASTER_CONF_PATH_MAX];
	uid_t uid;
	pid_t pid;
	int fd;

	if (!master_conf_control_path(conf, path, sizeof(path)))
		return err_set(err,
		    "with \"PidFile none\" nobody knows which process it is, "
		    "unless there is a ControlSocket");
	fd = unix_socket_connect(path, DONE_MS);
	if (fd < 0 && (errno == ENOENT || errno == ECONNREFUSED))
		return 0;
	if (fd < 0)
		return err_set_errno(err, "cannot connect to %s", path);
	pid = unix_socket_peer(fd, &uid);
	close(fd);
	if (pid > 0)
		return pid;
	return err_set(
	    err, "a process outside of this container listens on %s", path);
}

pid_t
instance_find(const struct server_conf *conf, struct err *err)
{
	const char *path = master_conf_get(conf)->pid_file;
	pid_t pid;

	if (path == NULL)
		return find_by_socket(conf, err);
	pid = pidfile_owner(path);
	if (pid < 0 && errno == EREMOTE)
		return err_set(err,
		    "pid file %s is held by a process outside of this "
		    "container",
		    path);
	if (pid < 0)
		return err_set_errno(err, "cannot read pid file %s", path);
	return pid;
}

static const struct {
	enum control_command command;
	int signal;
} orders[] = {
	[OPTIONS_STOP] = { CONTROL_STOP, SIGTERM },
	[OPTIONS_GRACEFUL_STOP] = { CONTROL_GRACEFUL_STOP, SIGQUIT },
	[OPTIONS_RESTART] = { CONTROL_RESTART, SIGHUP },
	[OPTIONS_GRACEFUL] = { CONTROL_GRACEFUL, SIGUSR1 },
	[OPTIONS_UPGRADE] = { CONTROL_UPGRADE, SIGUSR2 },
};

/* ---- over its control socket ---- */

/* Of a graceful stop it is enough to hear that it has begun, as in Apache: it
 * may take long. */
struct instance_ear {
	struct control_ear ear;
	bool impatient;
};

static bool
hear(struct control_ear *ear, enum control_kind kind, struct span text)
{
	if (kind == CONTROL_ERROR)
		fprintf(stderr, "%.*s\n", SPAN_ARG(text));
	return kind != CONTROL_PROGRESS ||
	       !LIST_ENTRY(ear, struct instance_ear, ear)->impatient;
}

static enum instance_outcome
ask(int fd, enum control_command command, struct err *err)
{
	struct instance_ear ear = { .ear.hear = hear,
		.impatient = command == CONTROL_GRACEFUL_STOP };

	switch (control_ask(fd, command, NULL, DONE_MS, &ear.ear, err)) {
	case CONTROL_IS_DONE:
		return INSTANCE_DONE;
	case CONTROL_IS_MOVED:
		return INSTANCE_MOVED;
	case CONTROL_IS_LOST:
		/* Whether it is gone is seen next. */
		return command == CONTROL_STOP ? INSTANCE_DONE
					       : INSTANCE_FAILED;
	default:
		return INSTANCE_FAILED;
	}
}

/* Connected to that process and no other; -1: it cannot be. */
static int
connect_to(const char *path, pid_t pid, int64_t wait_ms)
{
	int fd = unix_socket_connect(path, wait_ms);
	uid_t uid;

	if (fd >= 0 && unix_socket_peer(fd, &uid) != pid) {
		close(fd);
		fd = -1;
		errno = ESRCH;
	}
	return fd;
}

/* While one master replaces another, who holds the pid file and who listens
 * may be two, for a moment. */
static enum instance_outcome
ask_process(const struct server_conf *conf, pid_t pid,
    enum control_command command, struct err *err)
{
	enum instance_outcome outcome = INSTANCE_SIGNALLED;
	char path[MASTER_CONF_PATH_MAX];
	int fd, tries = TRIES;

	if (!master_conf_control_path(conf, path, sizeof(path)))
		return INSTANCE_SIGNALLED;
	fd = connect_to(path, pid, DONE_MS);
	while (fd < 0 && errno == ESRCH && tries-- > 0) {
		if (instance_find(conf, err) != pid) {
			err_set(err, "another master is the server now");
			return INSTANCE_MOVED;
		}
		(void)poll(NULL, 0, RETRY_MS);
		fd = connect_to(path, pid, 0);
	}
	if (fd >= 0) {
		outcome = ask(fd, command, err);
		close(fd);
	}
	return outcome;
}

/* ---- both ways ---- */

static enum instance_outcome
ask_or_signal(const struct server_conf *conf, pid_t pid,
    enum options_command command, struct err *err)
{
	enum instance_outcome outcome =
	    ask_process(conf, pid, orders[command].command, err);

	if (outcome != INSTANCE_SIGNALLED ||
	    kill(pid, orders[command].signal) == 0)
		return outcome;
	err_set_errno(err, "cannot signal process %ld", (long)pid);
	return INSTANCE_FAILED;
}

enum instance_outcome
instance_tell(const struct server_conf *conf, pid_t pid,
    enum options_command command, struct err *err)
{
	enum instance_outcome outcome;
	int process;

	assert(command >= OPTIONS_STOP && command <= OPTIONS_UPGRADE);
	/* Opened first, so that it is the process that is told. */
	process = pidfd_of(pid);
	outcome = ask_or_signal(conf, pid, command, err);
	if (command == OPTIONS_STOP &&
	    (outcome == INSTANCE_DONE || outcome == INSTANCE_SIGNALLED) &&
	    control_await_end(pid, process, err) < 0)
		outcome = INSTANCE_FAILED;
	if (process >= 0)
		close(process);
	return outcome;
}
