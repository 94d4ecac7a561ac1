/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting a program (piped logs) from the master. */
#ifndef DROVER_OS_SPAWN_H
#define DROVER_OS_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct spawn {
	const char *command;	/* run by /bin/sh -c when shell, else split at
				 * blanks with simple quoting and exec'd */
	bool shell;
	int stdin_fd;		/* becomes 0; -1: /dev/null */
	int stdout_fd;		/* becomes 1; -1: as inherited */
	int stderr_fd;		/* becomes 2; -1: as inherited */
};

/*
 * fork and exec with default signals, in a process group of its own (so that
 * Ctrl-C does not reach it), with no other descriptor than 0 to 2.  Programs
 * without a slash are looked for in PATH.  Quoting is by '', "" and \.
 * Returns the pid; a failed exec (reported through a CLOEXEC pipe) gives -1
 * with err.  The caller's descriptors stay open.
 */
pid_t spawn_start(const struct spawn *, struct err *);

#endif
