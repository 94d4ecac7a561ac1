/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One destination of logs as the master holds it: an open file, a program
 * behind a pipe, a socket to syslog, or a standard stream.  The descriptor
 * that lines are written to goes to the logger; a copy stays here for the
 * next logger.
 */
#ifndef DROVER_MASTER_LOG_OUTLET_H
#define DROVER_MASTER_LOG_OUTLET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "ipc/log_dest.h"
#include "os/privs.h"

struct log_watch;

/* Whose a log program is, over a change of masters (logs_upgrade.c). */
enum log_share {
	LOG_OURS,
	LOG_OFFERED, /* its pipe is open in the next master as well, */
	LOG_SHARED,  /* which uses it */
	LOG_LENT,    /* the pipe is ours, the program the other master's */
};

/* What opening a destination gives. */
struct log_outlet {
	int fd;			 /* for lines; owned; -1: none */
	int pipe_read;		 /* a program's end of its pipe, kept so that
				  * what lies in it survives the program;
				  * owned; -1: none */
	pid_t pid;		 /* the program; 0: none lives */
	struct log_watch *watch; /* of a program that another master started;
				  * owned; NULL: it is our child */
	enum log_share share;
	unsigned theirs; /* LOG_LENT by the master before: its number there */
	dev_t dev;	 /* of a file, to see whether its path still */
	ino_t ino;	 /* leads to it; ino 0: not opened by a path */
};

extern const struct log_outlet log_outlet_none;

/* What outlets depend on besides their destination. */
struct log_surroundings {
	const struct privs *user; /* of the workers */
	int stderr_fd;		  /* for what programs say; -1: they have
				   * the master's own */
	bool has_streams;	  /* the master's stdout and stderr lead
				   * somewhere (it is in the foreground) */
};

/* Opens, or starts the program.  -1 with err: nothing is left behind. */
int log_outlet_open(struct log_outlet *, enum log_dest_kind, const char *target,
    const struct log_surroundings *, struct err *);
/* A program whose pipe is closed ends by itself once it has read all. */
void log_outlet_close(struct log_outlet *);
/* Starts the program again on the pipe that it had; -1 with err. */
int log_outlet_restart(struct log_outlet *, enum log_dest_kind,
    const char *target, const struct log_surroundings *, struct err *);
/* False when the file was moved or removed. */
bool log_outlet_in_place(const struct log_outlet *, const char *target);

#endif
