/* SPDX-License-Identifier: BSD-2-Clause */
/* What all forked children have in common: how they begin and how they end. */
#ifndef DROVER_MASTER_CHILD_LIFE_H
#define DROVER_MASTER_CHILD_LIFE_H

#include <stddef.h>

/* Signals that children ignore (0-terminated): a terminal's Ctrl-C or a
 * service manager's stop reaches all processes of a group, and the master
 * alone decides what becomes of its children. */
extern const int child_ignored_signals[];

/*
 * First thing in the child: of the master's descriptors only those of the
 * list stay, its log is not this process's, and who waits for the daemon to
 * start does not wait for the child.  stderr_fd, unless -1, becomes standard
 * error; the other standard streams lead nowhere.
 */
void child_begin(int stderr_fd, int *keep, size_t count);

#define CHILD_TEXT_SIZE 80

/*
 * "was killed by SIGSEGV (core dumped)", "ended with status 1", from the
 * status of waitpid.  Returns text.
 */
const char *child_text(char text[CHILD_TEXT_SIZE], int status);

#endif
