/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands to a running instance.  Which process it is comes from the lock on
 * its pid file, not from the number in it: a number may be another process's
 * by now.
 */
#include "config.h"

#include "master/instance.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "master/master_conf.h"
#include "os/pidfile.h"

/* A logger whose destinations are stuck is given ten seconds. */
#define GONE_MS 15000
/* Where the end of a process cannot be waited for, it is looked for. */
#define LOOK_MS 20

pid_t
instance_find(const struct server_conf *conf, struct err *err)
{
	const char *path = master_conf_get(conf)->pid_file;
	pid_t pid;

	if (path == NULL)
		return err_set(err,
		    "with \"PidFile none\" nobody knows which process it is");
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

static int
signal_of(enum options_command command)
{
	switch (command) {
	case OPTIONS_STOP:
		return SIGTERM;
	case OPTIONS_GRACEFUL_STOP:
		return SIGQUIT;
	case OPTIONS_RESTART:
		return SIGHUP;
	default:
		return SIGUSR1;
	}
}

static int
open_process(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	errno = ENOSYS;
	return -1;
#endif
}

static int
still_there(pid_t pid, struct err *err)
{
	return err_set(err, "process %ld still runs after %d seconds",
	    (long)pid, GONE_MS / 1000);
}

/* Its descriptor turns readable when it ends. */
static int
wait_by_fd(pid_t pid, int fd, struct err *err)
{
	struct pollfd process = { .fd = fd, .events = POLLIN };
	int64_t end = clock_exact_us() / 1000 + GONE_MS, left;

	while ((left = end - clock_exact_us() / 1000) > 0)
		if (poll(&process, 1, (int)left) > 0)
			return 0;
	return still_there(pid, err);
}

static int
wait_by_looking(pid_t pid, struct err *err)
{
	int64_t end = clock_exact_us() / 1000 + GONE_MS;

	while (kill(pid, 0) == 0 || errno != ESRCH) {
		if (clock_exact_us() / 1000 >= end)
			return still_there(pid, err);
		(void)poll(NULL, 0, LOOK_MS);
	}
	return 0;
}

int
instance_signal(pid_t pid, enum options_command command, struct err *err)
{
	/* Opened first, so that it is the process that gets the signal. */
	int fd = open_process(pid), result = 0;

	if (kill(pid, signal_of(command)) < 0)
		result =
		    err_set_errno(err, "cannot signal process %ld", (long)pid);
	else if (command == OPTIONS_STOP && fd >= 0)
		result = wait_by_fd(pid, fd, err);
	else if (command == OPTIONS_STOP)
		result = wait_by_looking(pid, err);
	if (fd >= 0)
		close(fd);
	return result;
}
