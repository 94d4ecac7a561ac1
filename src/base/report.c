/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one log call.  This file formats a message and hands it to the sink; it
 * knows no file, no date and no format of the error log.  Its own sink serves
 * before a higher room plugs one in: a line on standard error.
 */
#include "config.h"

#include "base/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is longer is cut: a message is a line, not a document. */
#define TEXT_SIZE 4096

static void stderr_sink(const struct report_message *);

static report_sink *current_sink = stderr_sink;
static enum report_level least_urgent = REPORT_WARN;

static const char *const level_names[] = {
	[REPORT_EMERG] = "emerg",
	[REPORT_ALERT] = "alert",
	[REPORT_CRIT] = "crit",
	[REPORT_ERROR] = "error",
	[REPORT_WARN] = "warn",
	[REPORT_NOTICE] = "notice",
	[REPORT_INFO] = "info",
	[REPORT_DEBUG] = "debug",
	[REPORT_TRACE1] = "trace1",
	[REPORT_TRACE1 + 1] = "trace2",
	[REPORT_TRACE1 + 2] = "trace3",
	[REPORT_TRACE1 + 3] = "trace4",
	[REPORT_TRACE1 + 4] = "trace5",
	[REPORT_TRACE1 + 5] = "trace6",
	[REPORT_TRACE1 + 6] = "trace7",
	[REPORT_TRACE8] = "trace8",
};

/*
 * Control characters as \xhh, so that no message moves a terminal's cursor or
 * fakes a second line; bytes of UTF-8 pass.  Returns the bytes written.
 */
static size_t
escape_controls(const char *text, size_t len, char *to, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	size_t i, used = 0;

	for (i = 0; i < len && used + 4 <= size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c != 0x7f) {
			to[used++] = text[i];
			continue;
		}
		to[used++] = '\\';
		to[used++] = 'x';
		to[used++] = hex[c >> 4];
		to[used++] = hex[c & 15];
	}
	return used;
}

/* One write per line: several processes may share the terminal. */
static void
stderr_sink(const struct report_message *m)
{
	char line[TEXT_SIZE + 256];
	size_t used;

	used = (size_t)snprintf(
	    line, 128, "[%.64s:%s] ", m->room, report_level_name(m->level));
	used += escape_controls(
	    m->text, m->len, line + used, sizeof(line) - used - 1);
	line[used++] = '\n';
	/* Nobody is left to be told of a failure. */
	while (write(STDERR_FILENO, line, used) < 0 && errno == EINTR)
		;
}

void
report_set_sink(report_sink *sink)
{
	current_sink = sink == NULL ? stderr_sink : sink;
}

void
report_set_level(enum report_level level)
{
	least_urgent = level;
}

bool
report_wants(enum report_level level)
{
	return level <= least_urgent;
}

const char *
report_level_name(enum report_level level)
{
	if ((size_t)level >= sizeof(level_names) / sizeof(level_names[0]))
		return "unknown";
	return level_names[level];
}

static void
send_text(enum report_level level, const char *room, const char *format,
    va_list args, int error)
{
	char text[TEXT_SIZE];
	struct report_message m = {
		.level = level, .room = room, .text = text, .error = error
	};

	if (vsnprintf(text, sizeof(text), format, args) < 0)
		text[0] = '\0';
	m.len = strlen(text);
	if (error != 0) {
		snprintf(text + m.len, sizeof(text) - m.len, ": %s",
		    strerror(error));
		m.reason_len = strlen(text + m.len);
		m.len += m.reason_len;
	}
	current_sink(&m);
}

void
report(enum report_level level, const char *room, const char *format, ...)
{
	int saved = errno;
	va_list args;

	if (!report_wants(level))
		return;
	va_start(args, format);
	send_text(level, room, format, args, 0);
	va_end(args);
	errno = saved;
}

void
report_errno(enum report_level level, const char *room, const char *format, ...)
{
	int saved = errno;
	va_list args;

	if (!report_wants(level))
		return;
	va_start(args, format);
	send_text(level, room, format, args, saved);
	va_end(args);
	errno = saved;
}
