/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A log destination as configured: where lines go.  The rooms that have logs
 * (log/) make them while the configuration is built; the master opens each
 * distinct one once and numbers it; producers name it by that number.
 */
#ifndef DROVER_IPC_LOG_DEST_H
#define DROVER_IPC_LOG_DEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum log_dest_kind {
	LOG_DEST_FILE,		/* target: an absolute path */
	LOG_DEST_PROGRAM,	/* target: a command, run without a shell */
	LOG_DEST_SHELL,		/* target: a command for /bin/sh -c ("|$") */
	LOG_DEST_SYSLOG,	/* target: "facility:tag" as given, or "".  Its
				 * lines may begin with "<0>" to "<7>", the
				 * severity, and have no time */
	LOG_DEST_STDOUT,
	LOG_DEST_STDERR,
	LOG_DEST_JOURNAL,	/* standard error, which journald reads: lines
				 * as of LOG_DEST_SYSLOG */
};

static inline bool
log_dest_has_severity(enum log_dest_kind kind)
{
	return kind == LOG_DEST_SYSLOG || kind == LOG_DEST_JOURNAL;
}

struct log_dest {
	enum log_dest_kind kind;
	const char *target;	/* borrowed from the conf's arena */
	int id;			/* by the master before the fork; -1: none */
	struct log_dest *next;	/* all of a configuration, each once */
};

/* Numbers of destinations stay below this. */
#define LOG_DEST_MAX 8192
/* Never given out: in the ledger it stands for all lines whose destination
 * was not one; they are lost. */
#define LOG_DEST_NOBODY (LOG_DEST_MAX - 1)

/* data of MESSAGE_DEST */
struct log_dest_message {
	uint32_t kind;		/* enum log_dest_kind */
	char name[1024];	/* target, for messages, cut if longer; of a
				 * LOG_DEST_SYSLOG it says how to write */
};

/*
 * Takes the target of a LOG_DEST_SYSLOG apart: the facility as <syslog.h>
 * counts them (none given: local7, as Apache), -1 if there is none of that
 * name; *tag_r borrows from target or is the default.
 */
int log_dest_syslog(struct span target, struct span *tag_r);

#endif
