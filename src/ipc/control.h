/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The talk over the control socket.  A client sends one line, a command and
 * perhaps its argument; the master answers with lines, each with a word in
 * front that says what it is, the last of them "done", "failed" or "moved".
 *
 *	graceful
 *			progress 2 workers start
 *			done serving with 2 workers, generation 7
 */
#ifndef DROVER_IPC_CONTROL_H
#define DROVER_IPC_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* Longer requests are refused. */
#define CONTROL_REQUEST_MAX 512

enum control_command {
	CONTROL_STOP,
	CONTROL_GRACEFUL_STOP,
	CONTROL_RESTART,
	CONTROL_GRACEFUL,
	CONTROL_UPGRADE,
	CONTROL_REOPEN,
	CONTROL_STATUS,	   /* argument: "json", or none */
	CONTROL_LOG_LEVEL, /* argument: as of LogLevel, or "reset" */
	CONTROL_COMMANDS
};

enum control_kind {
	CONTROL_TEXT,	  /* what was asked for */
	CONTROL_PROGRESS, /* what is waited for */
	CONTROL_ERROR,	  /* more about what is wrong */
	CONTROL_DONE,	  /* the last line; perhaps with what is the case */
	CONTROL_FAILED,	  /* the last line, and why */
	CONTROL_MOVED,	  /* the last line: another master is the server now,
			   * and is to be asked; this one has done nothing */
	CONTROL_KINDS
};

struct control_request {
	enum control_command command;
	struct span argument; /* borrowed from the bytes */
};

/* The words that stand for them on the socket and on a command line. */
const char *control_command_word(enum control_command);
const char *control_kind_word(enum control_kind);
bool control_command_find(struct span word, enum control_command *command_r);

/*
 * Takes a request off what came so far: n > 0 the bytes that it took, 0 more
 * are needed, -1 it is none, with why.  Nothing may follow the line.
 */
int control_request_parse(
    struct span bytes, struct control_request *request_r, const char **why_r);
/* The kind of a line of an answer (without its newline) and what follows the
 * word; false: it is none. */
bool control_answer_parse(
    struct span line, enum control_kind *kind_r, struct span *text_r);

#endif
