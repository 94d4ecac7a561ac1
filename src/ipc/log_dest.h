/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A log destination as configured: where lines go.  The rooms that have logs
 * (log/) make them while the configuration is built; the master opens each
 * distinct one once and numbers it; producers name it by that number.
 */
#ifndef DROVER_IPC_LOG_DEST_H
#define DROVER_IPC_LOG_DEST_H

#include <stddef.h>
#include <stdint.h>

enum log_dest_kind {
	LOG_DEST_FILE,		/* target: an absolute path */
	LOG_DEST_PROGRAM,	/* target: a command, run without a shell */
	LOG_DEST_SHELL,		/* target: a command for /bin/sh -c ("|$") */
	LOG_DEST_SYSLOG,	/* target: "facility:tag" as given, or "" */
	LOG_DEST_STDOUT,
	LOG_DEST_STDERR,
};

struct log_dest {
	enum log_dest_kind kind;
	const char *target;	/* borrowed from the conf's arena */
	int id;			/* by the master before the fork; -1: none */
	struct log_dest *next;	/* all of a configuration, each once */
};

/* Numbers of destinations stay below this. */
#define LOG_DEST_MAX 8192

/* data of MESSAGE_DEST */
struct log_dest_message {
	uint32_t kind;		/* enum log_dest_kind */
	char name[1024];	/* for messages, cut if longer */
};

#endif
