/* SPDX-License-Identifier: BSD-2-Clause */
/* The two calls, which older C libraries do not have. */
#include "config.h"

#include "os/pidfd.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

int
pidfd_of(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0);
#else
	(void)pid;
	errno = ENOSYS;
	return -1;
#endif
}

int
pidfd_kill(int fd, int signal)
{
#ifdef SYS_pidfd_send_signal
	return (int)syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
#else
	(void)fd;
	(void)signal;
	errno = ENOSYS;
	return -1;
#endif
}
