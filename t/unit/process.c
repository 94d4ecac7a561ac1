/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Children, pipes and directories.  A child leaves by _exit, so that it does
 * not run cmocka's end or a leak check over what it inherited.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

static char directory[] = "/tmp/drover-unit-XXXXXX";

static void
need(bool good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

pid_t
process_start(int (*run)(void *), void *argument)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	need(pid >= 0, "fork");
	if (pid == 0)
		_exit(run(argument));
	return pid;
}

int
process_end(pid_t pid)
{
	int status;
	pid_t ended;

	do
		ended = waitpid(pid, &status, 0);
	while (ended < 0 && errno == EINTR);
	need(ended == pid, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
process_run(int (*run)(void *), void *argument)
{
	return process_end(process_start(run, argument));
}

void
process_pipe(int fds[2])
{
	need(pipe2(fds, O_CLOEXEC) == 0, "pipe2");
}

void
process_tell(int fd)
{
	need(write(fd, "", 1) == 1, "write");
}

bool
process_wait(int fd)
{
	char byte;
	ssize_t n;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

size_t
process_read(int fd, char *to, size_t size)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, to + len, size - 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	to[len] = '\0';
	return len;
}

void
process_enter_directory(void)
{
	/* A second group of the program starts from the pattern again. */
	memcpy(directory + strlen(directory) - 6, "XXXXXX", 6);
	need(mkdtemp(directory) != NULL, "mkdtemp");
	need(chdir(directory) == 0, "chdir");
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	/* A process that has not ended yet may have been faster. */
	return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

void
process_leave_directory(void)
{
	need(chdir("/") == 0, "chdir");
	need(nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0,
	    "remove");
}

int
process_setup(void **state)
{
	(void)state;
	process_enter_directory();
	return 0;
}

int
process_teardown(void **state)
{
	(void)state;
	process_leave_directory();
	return 0;
}
