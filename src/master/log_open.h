/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening a log file with root's rights, where others may have a say. */
#ifndef DROVER_MASTER_LOG_OPEN_H
#define DROVER_MASTER_LOG_OPEN_H

#include "base/err.h"
#include "os/privs.h"

/*
 * Opens path (absolute) for appending, made with mode 0644 less the umask, as
 * Apache's, if missing; a directory that is missing is named.  If
 * user is another than who opens (user->change), no symbolic link is followed
 * in a directory that he may write or replace (one of another's below a sticky
 * one, /tmp say, he may not), and what lies there must be a plain file with
 * one name: else he could have root write anywhere.  A descriptor (non-blocking, CLOEXEC), or -1 with err.
 */
int log_open(const char *path, const struct privs *user, struct err *);

#endif
