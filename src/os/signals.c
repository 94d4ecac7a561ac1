/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals as flags and one pipe.  The flags say what came, the pipe only that
 * something did, so a full pipe loses nothing.  One instance per process,
 * for so are signals.
 */
#include "config.h"

#include "os/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t came[NSIG];
static bool caught[NSIG];
static int pipe_read = -1;
static int pipe_write = -1;

static void
handle(int signal)
{
	int saved = errno;

	came[signal] = 1;
	/* EAGAIN: the pipe is full, so the loop wakes anyway. */
	(void)!write(pipe_write, "", 1);
	errno = saved;
}

static int
open_pipe(void)
{
	int fds[2];

	if (pipe_read >= 0)
		return 0;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	pipe_read = fds[0];
	pipe_write = fds[1];
	return 0;
}

void
signals_hold(const int *signals)
{
	sigset_t listed;

	sigemptyset(&listed);
	for (; *signals != 0; signals++)
		sigaddset(&listed, *signals);
	sigprocmask(SIG_BLOCK, &listed, NULL);
}

int
signals_catch(const int *signals)
{
	struct sigaction action = {
		.sa_handler = handle,
		.sa_flags = SA_RESTART,
	};
	sigset_t listed;

	if (open_pipe() < 0)
		return -1;
	/* Handlers do not interrupt each other. */
	sigfillset(&action.sa_mask);
	sigemptyset(&listed);
	for (; *signals != 0; signals++) {
		if (sigaction(*signals, &action, NULL) < 0)
			return -1;
		caught[*signals] = true;
		sigaddset(&listed, *signals);
	}
	/* Whoever started this process may have left them blocked. */
	if (sigprocmask(SIG_UNBLOCK, &listed, NULL) < 0)
		return -1;
	return pipe_read;
}

int
signals_next(void)
{
	char bytes[64];
	int signal;

	/* Before the flags are read: what comes after wakes the loop again. */
	while (pipe_read >= 0 && read(pipe_read, bytes, sizeof(bytes)) > 0)
		;
	for (signal = 1; signal < NSIG; signal++) {
		if (came[signal]) {
			came[signal] = 0;
			return signal;
		}
	}
	return 0;
}

bool
signals_came(int signal)
{
	return came[signal] != 0;
}

void
signals_ignore(const int *signals)
{
	struct sigaction action = { .sa_handler = SIG_IGN };

	sigemptyset(&action.sa_mask);
	for (; *signals != 0; signals++)
		if (sigaction(*signals, &action, NULL) == 0)
			caught[*signals] = false;
}

/* All but the unblocking. */
static void
forget_caught(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	int signal;

	sigemptyset(&action.sa_mask);
	for (signal = 1; signal < NSIG; signal++) {
		if (caught[signal])
			sigaction(signal, &action, NULL);
		caught[signal] = false;
		came[signal] = 0;
	}
	/* No handler is left that would write to it. */
	if (pipe_read >= 0) {
		close(pipe_read);
		close(pipe_write);
	}
	pipe_read = pipe_write = -1;
}

static void
unblock_all(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void
signals_reset(void)
{
	forget_caught();
	unblock_all();
}

pid_t
signals_fork(const int *ignored)
{
	sigset_t all, before;
	pid_t pid;
	int saved;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	saved = errno;
	if (pid == 0) {
		forget_caught();
		if (ignored != NULL)
			signals_ignore(ignored);
		unblock_all();
	} else {
		sigprocmask(SIG_SETMASK, &before, NULL);
	}
	errno = saved;
	return pid;
}
