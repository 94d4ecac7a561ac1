/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one call by which any room says something in the error log.  Where the
 * line goes is decided by the sink that a higher room plugged in; before that
 * it goes to standard error.  A client's fault is never above info.
 */
#ifndef DROVER_BASE_REPORT_H
#define DROVER_BASE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

/* Apache's levels, the most urgent first. */
enum report_level {
	REPORT_EMERG,
	REPORT_ALERT,
	REPORT_CRIT,
	REPORT_ERROR,
	REPORT_WARN,
	REPORT_NOTICE,
	REPORT_INFO,
	REPORT_DEBUG,
	REPORT_TRACE1,
	REPORT_TRACE8 = REPORT_TRACE1 + 7,
};

/* One message, without newline; nothing is terminated. */
struct report_message {
	enum report_level level;
	const char *room;	/* that speaks: "net", "master" */
	const char *text;
	size_t len;
	int error;		/* errno, if it is told of; 0: none */
	size_t reason_len;	/* of the text: its last bytes, ": " and
				 * errno's words */
};

typedef void report_sink(const struct report_message *);

/* Plugs in the sink (NULL: standard error) and the least urgent level heard. */
void report_set_sink(report_sink *);
void report_set_level(enum report_level);
bool report_wants(enum report_level);
/* The level's name as Apache writes it: "emerg" … "trace8". */
const char *report_level_name(enum report_level);

/* printf-like; control characters in the text are escaped by the sink. */
void report(enum report_level, const char *room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with ": " and errno's words behind; errno is kept. */
void report_errno(enum report_level, const char *room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
