/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Becoming a daemon.  The parent waits for a byte or for SIGCHLD, not for the
 * end of the stream: children of the daemon hold it too, and would make the
 * parent wait for a daemon that died.  It is a socket, not a pipe, because
 * writing to a parent that was killed must not bring SIGPIPE.
 */
#include "config.h"

#include "os/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fatal.h"
#include "base/report.h"

static int ready_fd = -1;

static int
open_null(void)
{
	int fd = open("/dev/null", O_RDWR | O_NOCTTY);

	if (fd < 0)
		fatal("cannot open /dev/null");
	return fd;
}

void
daemon_guard_stdio(void)
{
	int fd;

	/* open() takes the lowest free number, which is the one tested. */
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open_null();
}

static void
do_nothing(int signal)
{
	(void)signal;
}

/* True if the child has said that it is ready; does not wait. */
static bool
said_ready(int fd)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

/* The exit status for that of the child. */
static int
status_of(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	report(REPORT_ERROR, "os", "the daemon was killed by signal %d",
	    WTERMSIG(status));
	return 1;
}

/*
 * Until the child is ready or dead.  SIGCHLD is blocked but while ppoll
 * waits, so none is missed; a child that dies after it was ready did start.
 */
static _Noreturn void
wait_for_child(pid_t pid, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	sigset_t none;
	int status;

	sigemptyset(&none);
	for (;;) {
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (said_ready(fd))
			_exit(0);
		if (ended == pid)
			_exit(status_of(status));
		if (ended < 0)
			fatal("waiting for the daemon");
		(void)ppoll(&poll_fd, 1, NULL, &none);
		/* Nobody is left who could say more; only SIGCHLD counts. */
		if ((poll_fd.revents & POLLHUP) != 0)
			poll_fd.fd = -1;
	}
}

/* The child goes on with the signals as they were before the fork. */
static int
start_session(struct err *err, const struct sigaction *action,
    const sigset_t *mask, int fd)
{
	sigaction(SIGCHLD, action, NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	ready_fd = fd;
	if (setsid() < 0)
		return err_set_errno(err, "cannot start a session");
	return 0;
}

int
daemon_fork(struct err *err)
{
	struct sigaction action = { .sa_handler = do_nothing }, old_action;
	sigset_t sigchld, old_mask;
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		fds) < 0)
		return err_set_errno(err, "cannot make a socket pair");
	sigemptyset(&action.sa_mask);
	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &sigchld, &old_mask);
	sigaction(SIGCHLD, &action, &old_action);
	/* What is buffered would be written by both. */
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		err_set_errno(err, "cannot fork");
		sigaction(SIGCHLD, &old_action, NULL);
		sigprocmask(SIG_SETMASK, &old_mask, NULL);
		close(fds[0]);
		close(fds[1]);
		return -1;
	}
	if (pid > 0) {
		close(fds[1]);
		wait_for_child(pid, fds[0]);
	}
	close(fds[0]);
	return start_session(err, &old_action, &old_mask, fds[1]);
}

void
daemon_leave_streams(bool keep_stderr)
{
	int null_fd = open_null();

	(void)dup2(null_fd, STDIN_FILENO);
	(void)dup2(null_fd, STDOUT_FILENO);
	if (!keep_stderr)
		(void)dup2(null_fd, STDERR_FILENO);
	if (null_fd > STDERR_FILENO)
		close(null_fd);
}

void
daemon_ready(bool keep_stderr)
{
	ssize_t n;

	if (ready_fd < 0)
		return;
	daemon_leave_streams(keep_stderr);
	do
		n = send(ready_fd, "", 1, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	daemon_forget();
}

void
daemon_forget(void)
{
	if (ready_fd >= 0)
		close(ready_fd);
	ready_fd = -1;
}
