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

struct error_line {
	int64_t time_us;	/* CLOCK_REALTIME */
	bool syslog;		/* "<severity>" before it and no time: a
				 * LOG_DEST_SYSLOG, see log_dest.h */
	enum report_level level;
	const char *room;
	pid_t pid;
	const char *client;	/* "address:port", or NULL */
	struct span referer;	/* of its request; empty: none */
	struct span text;	/* control characters and broken UTF-8 are
				 * escaped as \xhh */
};

/* No line is longer. */
#define ERROR_LINE_MAX (8 * 1024)

/* Returns the length; there is no newline and no NUL. */
size_t error_line_print(const struct error_line *, char to[ERROR_LINE_MAX]);

#endif
