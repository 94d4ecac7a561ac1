/* SPDX-License-Identifier: BSD-2-Clause */
/* The asking side of the control socket. */
#ifndef DROVER_IPC_CONTROL_CLIENT_H
#define DROVER_IPC_CONTROL_CLIENT_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "ipc/control.h"

enum control_outcome {
	CONTROL_IS_DONE,    /* err->text: what is the case, or "" */
	CONTROL_HAS_FAILED, /* err->text: why */
	CONTROL_IS_MOVED,   /* who listens there now is to be asked */
	CONTROL_IS_LATE,    /* no last line in time; the server goes on */
	CONTROL_IS_LOST,    /* the server went away, or speaks nonsense */
};

/* A line that is not the last.  False: the asker has heard enough. */
struct control_ear {
	bool (*hear)(struct control_ear *, enum control_kind, struct span text);
};

/*
 * Sends one command over a connected socket and hears the answer to its end.
 * wait_ms 0: however long it takes.  CONTROL_IS_DONE, too, when the ear had
 * enough.
 */
enum control_outcome control_ask(int fd, enum control_command,
    const char *argument, int64_t wait_ms, struct control_ear *,
    struct err *err);

/*
 * Waits for the end of a process, which has 15 seconds for it.  fd is its
 * pidfd, opened while it was sure to be that process, or -1: then it is looked
 * for by its number.  -1 with err: it still runs.
 */
int control_await_end(pid_t, int fd, struct err *);

#endif
