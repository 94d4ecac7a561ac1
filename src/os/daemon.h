/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Becoming a daemon in two steps, so that the command that starts it returns
 * only when it serves, with the exit status and messages of a failed start.
 */
#ifndef DROVER_OS_DAEMON_H
#define DROVER_OS_DAEMON_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Opens /dev/null on whichever of descriptors 0, 1, 2 is closed, so that no
 * listener or log is ever mistaken for a standard stream.
 */
void daemon_guard_stdio(void);
/*
 * Forks; the parent waits until the child calls daemon_ready() or dies and
 * exits with 0 or the child's status (1 if it was killed).  In the child: a
 * new session, and 0 is returned.  -1 with err if there can be no child.
 */
int daemon_fork(struct err *);
/*
 * Points the standard streams to /dev/null (with keep_stderr not stderr, which
 * may be a log by now) and releases the waiting parent.  Nothing happens if
 * daemon_fork was not called.
 */
void daemon_ready(bool keep_stderr);
/* The first half of it: nobody may be waiting. */
void daemon_leave_streams(bool keep_stderr);
/* For a forked child of the daemon: closes its copy of what daemon_ready is
 * told through.  The waiting parent does not depend on it. */
void daemon_forget(void);

#endif
