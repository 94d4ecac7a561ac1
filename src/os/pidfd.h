/* SPDX-License-Identifier: BSD-2-Clause */
/* A process by a descriptor: it names that one, even when it has ended and
 * its number is another's. */
#ifndef DROVER_OS_PIDFD_H
#define DROVER_OS_PIDFD_H

#include <sys/types.h>

/* Readable once the process has ended; -1 with errno (ENOSYS, ESRCH). */
int pidfd_of(pid_t);
/* As kill(2). */
int pidfd_kill(int fd, int signal);

#endif
