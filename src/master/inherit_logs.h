/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pipes of log programs, as a master tells the one that replaces it of
 * them: descriptors stay open over exec and are told by number in a variable.
 * One that knows nothing of it starts programs of its own.
 */
#ifndef DROVER_MASTER_INHERIT_LOGS_H
#define DROVER_MASTER_INHERIT_LOGS_H

#include <stddef.h>

#include "base/err.h"
#include "base/span.h"
#include "ipc/log_dest.h"

#define INHERIT_LOGS_VARIABLE "DROVER_UPGRADE_LOGS"

struct inherit_pipe {
	unsigned number; /* of the destination, in the master before */
	enum log_dest_kind kind;
	char *command; /* owned */
	int ends[2];   /* to read, to write; owned; -1: taken */
};

struct inherit_logs {
	int messages[2]; /* the pipe for what programs say; owned; -1: none, or
			  * taken */
	struct inherit_pipe *pipes; /* owned */
	size_t count;
};

/* An empty one. */
#define INHERIT_LOGS_NONE              \
	{                              \
		.messages = { -1, -1 } \
	}

/*
 * "1 READ WRITE", of the pipe for messages, 0 0 for none; then of each other
 * pipe " NUMBER READ WRITE KIND LEN COMMAND", where KIND is "direct" or
 * "shell" and LEN the length of COMMAND.  -1 with err.  Nothing is looked at
 * but the text.
 */
int inherit_logs_parse(struct inherit_logs *, struct span, struct err *);
/* Takes the variable out of the environment and adopts what it tells of; if
 * not wanted it is left alone.  -1 with err: it makes no sense. */
int inherit_logs_take(struct inherit_logs *, bool wanted, struct err *);
/* The pipe of that program, or NULL. */
struct inherit_pipe *inherit_logs_find(
    struct inherit_logs *, enum log_dest_kind, const char *command);
/* All that was not taken. */
void inherit_logs_release(struct inherit_logs *);

/* In a child that will execute a new master: puts the variable into the
 * environment and lets descriptors outlive that.  -1 with errno. */
int inherit_logs_give(const struct inherit_logs *);

#endif
