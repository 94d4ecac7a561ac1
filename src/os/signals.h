/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals as events of a loop.  A handler only sets a flag and wakes the loop
 * through a pipe; what a signal means is decided in one switch elsewhere.
 */
#ifndef DROVER_OS_SIGNALS_H
#define DROVER_OS_SIGNALS_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Holds each signal of the 0-terminated list off until signals_catch is called
 * for it: for those whose default action would kill a process that is not yet
 * ready to catch them.
 */
void signals_hold(const int *signals);
/*
 * Catches and unblocks each signal of the 0-terminated list, in addition to
 * what was caught before; system calls are restarted.  Returns a descriptor
 * that turns readable when one came (non-blocking, CLOEXEC, owned by this
 * file), or -1 with errno.
 */
int signals_catch(const int *signals);
/* The next signal that came since (each once, however often), or 0. */
int signals_next(void);
/* True if that signal is one of those that signals_next still has to return:
 * for work that takes long and can be given up. */
bool signals_came(int signal);
/* Ignores each signal of the 0-terminated list. */
void signals_ignore(const int *signals);
/*
 * For a new child: forgets the pipe of signals_catch (closes it), gives all
 * caught signals their default action and unblocks everything.
 */
void signals_reset(void);
/*
 * fork, with all signals held off until the child has done signals_reset and
 * ignores those of the 0-terminated list (NULL: none), so that none is lost
 * in the parent's handler or kills a child that is to ignore it.
 */
pid_t signals_fork(const int *ignored);

#endif
