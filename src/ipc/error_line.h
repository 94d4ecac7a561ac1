/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of the error log in Apache's format,
 * [Fri Nov 20 08:26:27.123456 2026] [net:error] [pid 12] [client A:P] text, referer: URL
 * for whoever writes one: workers and the master through log/, the logger by
 * itself.
 */
#ifndef DROVER_IPC_ERROR_LINE_H
#define DROVER_IPC_ERROR_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/report.h"
#include "base/span.h"

/* For values that take some printing. */
#define ERROR_VALUE_SCRATCH 256

/* A request, for who can ask it; part of something that knows more. */
struct error_subject {
	/* A letter of an ErrorLogFormat (error_value.h); empty: it has none. */
	struct span (*value)(const struct error_subject *, char letter,
	    struct span argument, char scratch[ERROR_VALUE_SCRATCH]);
};

struct error_format;

struct error_line {
	int64_t time_us;	/* CLOCK_REALTIME */
	bool severity;		/* "<severity>" before it, and no time: who
				 * reads it has both */
	enum report_level level;
	const char *room;	/* NULL: no message, but what a connection or
				 * a request is */
	pid_t pid;
	const char *client;	/* "address:port", or NULL */
	struct span referer;	/* of its request; empty: none */
	struct span text;	/* control characters and broken UTF-8 are
				 * escaped as \xhh */
	int error;		/* errno, of which the last reason_len bytes */
	size_t reason_len;	/* of text tell; 0: none */
	const struct error_format *format;	/* NULL: Apache's default */
	const struct error_subject *subject;	/* NULL: about no request */
};

/* No line is longer. */
#define ERROR_LINE_MAX (8 * 1024)

/* Returns the length, 0 if there is nothing to say; no newline and no NUL
 * follow. */
size_t error_line_print(const struct error_line *, char to[ERROR_LINE_MAX]);

#endif
