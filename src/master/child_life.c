/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first steps of a forked child, worker or logger, and the words for its
 * end.  What the child is for is not known here.
 */
#include "config.h"

#include "master/child_life.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log/error_log.h"
#include "master/descriptors.h"
#include "os/daemon.h"

const int child_ignored_signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1,
	SIGUSR2, SIGPIPE, 0 };

static void
redirect(int stderr_fd)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (null_fd >= 0) {
		dup2(null_fd, STDIN_FILENO);
		dup2(null_fd, STDOUT_FILENO);
		close(null_fd);
	}
	if (stderr_fd >= 0)
		dup2(stderr_fd, STDERR_FILENO);
}

void
child_begin(int stderr_fd, int *keep, size_t count)
{
	/* The ring has one producer, and that is the master. */
	error_log_detach();
	daemon_forget();
	redirect(stderr_fd);
	descriptors_keep(keep, count);
}

const char *
child_text(char text[CHILD_TEXT_SIZE], int status)
{
	const char *name;

	if (WIFEXITED(status)) {
		snprintf(text, CHILD_TEXT_SIZE, "ended with status %d",
		    WEXITSTATUS(status));
		return text;
	}
	name = sigabbrev_np(WTERMSIG(status));
	if (name == NULL)
		snprintf(text, CHILD_TEXT_SIZE, "was killed by signal %d",
		    WTERMSIG(status));
	else
		snprintf(text, CHILD_TEXT_SIZE, "was killed by SIG%s", name);
	if (WCOREDUMP(status))
		strncat(
		    text, " (core dumped)", CHILD_TEXT_SIZE - strlen(text) - 1);
	return text;
}
