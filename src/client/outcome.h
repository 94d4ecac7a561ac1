/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a request ended.  The values are the exit codes of the program, and
 * those of curl where it has one for the case; the manual lists them.
 */
#ifndef DROVER_CLIENT_OUTCOME_H
#define DROVER_CLIENT_OUTCOME_H

#include "base/err.h"

enum outcome {
	OUTCOME_OK = 0,
	OUTCOME_PROTOCOL = 1, /* a URL that is not http:// */
	OUTCOME_USAGE = 2,
	OUTCOME_URL = 3,
	OUTCOME_RESOLVE = 6,
	OUTCOME_CONNECT = 7,
	OUTCOME_WEIRD = 8,    /* what came is no answer in HTTP/1 */
	OUTCOME_PARTIAL = 18, /* the body ended early */
	OUTCOME_STATUS = 22,  /* --fail, and a status of 400 or more */
	OUTCOME_WRITE = 23,
	OUTCOME_READ = 26, /* of a file that was to be sent */
	OUTCOME_MEMORY = 27,
	OUTCOME_TIMEOUT = 28,
	OUTCOME_REDIRECTS = 47, /* too many */
	OUTCOME_EMPTY = 52,	/* closed without an answer */
	OUTCOME_SEND = 55,
	OUTCOME_RECEIVE = 56,
	OUTCOME_REWIND = 65, /* the body cannot be sent once more */
};

/* Writes the text and returns the outcome, to `return outcome_set(…)`. */
enum outcome outcome_set(struct err *, enum outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
