/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening destinations of logs, one function for each kind.  Who uses them
 * and when they are opened again is decided in logs.c.
 */
#include "config.h"

#include "master/log_outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/report.h"
#include "master/log_open.h"
#include "os/spawn.h"

/* What a program may be behind before the logger has to keep its lines. */
#define PIPE_SIZE (1024 * 1024)

const struct log_outlet log_outlet_none = { .fd = -1, .pipe_read = -1 };

static int
open_stream(struct log_outlet *o, int stream,
    const struct log_surroundings *around, struct err *err)
{
	/* A daemon's streams lead nowhere, and a copy of those that it was
	 * started with would keep a terminal from closing. */
	o->fd = around->has_streams
		    ? fcntl(stream, F_DUPFD_CLOEXEC, 3)
		    : open("/dev/null", O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (o->fd < 0)
		return err_set_errno(err, "cannot log to a standard stream");
	return 0;
}

/* Names for the standard streams that containers use for log files. */
static int
stream_of(const char *path)
{
	if (strcmp(path, "/dev/stdout") == 0 ||
	    strcmp(path, "/proc/self/fd/1") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0 ||
	    strcmp(path, "/proc/self/fd/2") == 0)
		return STDERR_FILENO;
	return -1;
}

static int
open_file(struct log_outlet *o, const char *path,
    const struct log_surroundings *around, struct err *err)
{
	struct stat st;

	if (stream_of(path) >= 0)
		return open_stream(o, stream_of(path), around, err);
	o->fd = log_open(path, around->user, err);
	if (o->fd < 0)
		return -1;
	if (fstat(o->fd, &st) == 0) {
		o->dev = st.st_dev;
		o->ino = st.st_ino;
	}
	return 0;
}

int
log_outlet_restart(struct log_outlet *o, enum log_dest_kind kind,
    const char *target, const struct log_surroundings *around, struct err *err)
{
	struct spawn program = {
		.command = target,
		.shell = kind == LOG_DEST_SHELL,
		.stdin_fd = o->pipe_read,
		/* A daemon's own may still be who starts it, and would be held
		 * for as long as the program lives. */
		.stdout_fd = around->has_streams ? -1 : around->stderr_fd,
		.stderr_fd = around->stderr_fd,
	};
	pid_t pid = spawn_start(&program, err);

	if (pid < 0)
		return -1;
	o->pid = pid;
	return 0;
}

static int
open_program(struct log_outlet *o, enum log_dest_kind kind, const char *target,
    const struct log_surroundings *around, struct err *err)
{
	int fds[2], flags;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set_errno(err, "cannot make a pipe");
	o->pipe_read = fds[0];
	o->fd = fds[1];
	/* Programs read as if from a file, the logger never waits.  A smaller
	 * pipe does as well, only less of it. */
	flags = fcntl(o->fd, F_GETFL);
	(void)fcntl(o->fd, F_SETFL, flags | O_NONBLOCK);
	(void)fcntl(o->fd, F_SETPIPE_SZ, PIPE_SIZE);
	return log_outlet_restart(o, kind, target, around, err);
}

/* A syslogd that is not there now does not keep a server from starting: the
 * outlet stays empty, and is tried again. */
static int
open_syslog(struct log_outlet *o)
{
	struct sockaddr_un addr = {
		.sun_family = AF_UNIX,
		.sun_path = "/dev/log",
	};

	o->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (o->fd >= 0 &&
	    connect(o->fd, (const struct sockaddr *)&addr, sizeof(addr)) < 0) {
		close(o->fd);
		o->fd = -1;
	}
	return 0;
}

static int
open_kind(struct log_outlet *o, enum log_dest_kind kind, const char *target,
    const struct log_surroundings *around, struct err *err)
{
	switch (kind) {
	case LOG_DEST_FILE:
		return open_file(o, target, around, err);
	case LOG_DEST_PROGRAM:
	case LOG_DEST_SHELL:
		return open_program(o, kind, target, around, err);
	case LOG_DEST_SYSLOG:
		return open_syslog(o);
	case LOG_DEST_STDOUT:
		return open_stream(o, STDOUT_FILENO, around, err);
	case LOG_DEST_STDERR:
	case LOG_DEST_JOURNAL:
		return open_stream(o, STDERR_FILENO, around, err);
	}
	return err_set(err, "log destination %s is of no known kind", target);
}

int
log_outlet_open(struct log_outlet *o, enum log_dest_kind kind,
    const char *target, const struct log_surroundings *around, struct err *err)
{
	*o = log_outlet_none;
	if (open_kind(o, kind, target, around, err) == 0)
		return 0;
	log_outlet_close(o);
	return -1;
}

void
log_outlet_close(struct log_outlet *o)
{
	if (o->fd >= 0)
		close(o->fd);
	if (o->pipe_read >= 0)
		close(o->pipe_read);
	*o = log_outlet_none;
}

bool
log_outlet_in_place(const struct log_outlet *o, const char *target)
{
	struct stat st;

	if (o->ino == 0)
		return true;
	return stat(target, &st) == 0 && st.st_dev == o->dev &&
	       st.st_ino == o->ino;
}
