/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting a program.  Between fork and exec the child tells its errno
 * through a pipe that a successful exec closes, so that the caller learns at
 * once of a program that is not there.
 */
#include "config.h"

#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/signals.h"

#define ARGS_MAX 128

/* Where the child keeps the pipe's end; what is above is closed. */
#define REPORT_FD 3

/*
 * Takes one word off *at, unquoting it in place; NULL with *at NULL if a
 * quote is not closed.
 */
static char *
next_word(char **at)
{
	char *from = *at, *to = *at, *word = *at;
	char quote = '\0';

	for (; *from != '\0'; from++) {
		if (quote == '\0' && (*from == ' ' || *from == '\t'))
			break;
		if (quote == '\0' && (*from == '"' || *from == '\''))
			quote = *from;
		else if (quote != '\0' && *from == quote)
			quote = '\0';
		else if (quote != '\'' && *from == '\\' && from[1] != '\0')
			*to++ = *++from;
		else
			*to++ = *from;
	}
	*at = from + (*from != '\0');
	*to = '\0';
	if (quote != '\0')
		*at = word = NULL;
	return word;
}

/* Fills argv with the words of command, which is changed. */
static int
split(char *command, char *argv[ARGS_MAX + 1], struct err *err)
{
	int count = 0;

	for (;;) {
		command += strspn(command, " \t");
		if (*command == '\0')
			break;
		if (count == ARGS_MAX)
			return err_set(
			    err, "more than %d words in a command", ARGS_MAX);
		argv[count] = next_word(&command);
		if (argv[count] == NULL)
			return err_set(err, "a quote is not closed");
		count++;
	}
	if (count == 0)
		return err_set(err, "no command");
	argv[count] = NULL;
	return 0;
}

/* A copy of fd, or of /dev/null for -1, above all that will be replaced. */
static int
copy_fd(int fd)
{
	int null_fd, copy;

	if (fd >= 0)
		return fcntl(fd, F_DUPFD_CLOEXEC, REPORT_FD + 1);
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (null_fd < 0)
		return -1;
	copy = fcntl(null_fd, F_DUPFD_CLOEXEC, REPORT_FD + 1);
	close(null_fd);
	return copy;
}

/*
 * Makes 0 to 2 what was asked for and closes the rest.  All are copied before
 * the first is replaced, since they may be each other.
 */
static int
arrange_fds(const struct spawn *s, int *report_fd)
{
	const int wanted[3] = { s->stdin_fd, s->stdout_fd, s->stderr_fd };
	int copies[3], copy, i;

	copy = fcntl(*report_fd, F_DUPFD_CLOEXEC, REPORT_FD + 1);
	if (copy < 0)
		return -1;
	*report_fd = copy;
	for (i = 0; i < 3; i++) {
		copies[i] = -1;
		if (wanted[i] < 0 && i != STDIN_FILENO)
			continue;
		copies[i] = copy_fd(wanted[i]);
		if (copies[i] < 0)
			return -1;
	}
	for (i = 0; i < 3; i++)
		if (copies[i] >= 0 && dup2(copies[i], i) < 0)
			return -1;
	if (dup3(*report_fd, REPORT_FD, O_CLOEXEC) < 0)
		return -1;
	*report_fd = REPORT_FD;
	closefrom(REPORT_FD + 1);
	return 0;
}

/* Those that the parent ignores would be ignored after exec as well. */
static void
default_signals(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	int signal;

	sigemptyset(&action.sa_mask);
	for (signal = 1; signal < NSIG; signal++)
		(void)sigaction(signal, &action, NULL);
}

static _Noreturn void
run_child(const struct spawn *s, char **argv, int report_fd)
{
	int reason;
	ssize_t n;

	default_signals();
	(void)setpgid(0, 0);
	if (arrange_fds(s, &report_fd) == 0)
		execvp(argv[0], argv);
	reason = errno;
	do
		n = write(report_fd, &reason, sizeof(reason));
	while (n < 0 && errno == EINTR);
	_exit(127);
}

/* 0, or the errno with which the child failed to exec. */
static int
read_reason(int fd)
{
	int reason;
	ssize_t n;

	do
		n = read(fd, &reason, sizeof(reason));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(reason) ? reason : 0;
}

static pid_t
start(const struct spawn *s, char **argv, struct err *err)
{
	int fds[2], reason;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set_errno(err, "cannot make a pipe");
	pid = signals_fork(NULL);
	if (pid == 0)
		run_child(s, argv, fds[1]);
	if (pid < 0)
		err_set_errno(err, "cannot fork");
	close(fds[1]);
	reason = pid < 0 ? 0 : read_reason(fds[0]);
	close(fds[0]);
	if (reason == 0)
		return pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	errno = reason;
	return err_set_errno(err, "cannot run it");
}

pid_t
spawn_start(const struct spawn *s, struct err *err)
{
	static char shell[] = "/bin/sh", shell_option[] = "-c";
	char *argv[ARGS_MAX + 1];
	char *command = strdup(s->command);
	pid_t pid = -1;

	if (command == NULL)
		return err_set_errno(err, "program \"%s\"", s->command);
	if (s->shell) {
		argv[0] = shell;
		argv[1] = shell_option;
		argv[2] = command;
		argv[3] = NULL;
		pid = start(s, argv, err);
	} else if (split(command, argv, err) == 0) {
		pid = start(s, argv, err);
	}
	if (pid < 0)
		err_prefix(err, "program \"%s\"", s->command);
	free(command);
	return pid;
}
