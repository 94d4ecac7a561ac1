/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints error lines.  Times are local, as everything that people read beside
 * them is; the text of a second is made once.  Text of a peer can neither
 * begin a second line nor speak to the terminal of who reads.
 */
#include "config.h"

#include "ipc/error_line.h"

#include <stdio.h>
#include <time.h>

#include "ipc/error_format.h"
#include "ipc/error_text.h"

/* "Fri Nov 20 08:26:27" and "2026", with room for any int. */
struct second_text {
	time_t second;
	char before[64], year[16];
};

static const struct second_text *
text_of_second(time_t second)
{
	static struct second_text cached = { .second = -1 };
	struct tm tm;

	if (second == cached.second || localtime_r(&second, &tm) == NULL)
		return &cached;
	/* Not by locale: %a of strftime would be, if ever one was set. */
	snprintf(cached.before, sizeof(cached.before),
	    "%.3s %.3s %02d %02d:%02d:%02d",
	    &"SunMonTueWedThuFriSat"[3 * tm.tm_wday],
	    &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * tm.tm_mon], tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
	snprintf(cached.year, sizeof(cached.year), "%d", tm.tm_year + 1900);
	cached.second = second;
	return &cached;
}

/* syslog's severities are Apache's first eight levels. */
static int
severity(enum report_level level)
{
	return level > REPORT_DEBUG ? REPORT_DEBUG : (int)level;
}

/* The default of ErrorLogFormat. */
static size_t
print_default(const struct error_line *line, char *to, size_t room)
{
	static const struct span before_referer = SPAN(", referer: ");
	const struct second_text *t;
	size_t len;
	int used = 0;

	if (!line->severity) {
		t = text_of_second((time_t)(line->time_us / 1000000));
		used = snprintf(to, 128, "[%s.%06d %s] ", t->before,
		    (int)(line->time_us % 1000000), t->year);
	}
	used += snprintf(to + used, 128, "[%.32s:%s] [pid %d] ", line->room,
	    report_level_name(line->level), (int)line->pid);
	if (line->client != NULL)
		used +=
		    snprintf(to + used, 128, "[client %.100s] ", line->client);
	len = (size_t)used;
	len += error_text(to + len, room - len, line->text, false);
	if (line->referer.len > 0) {
		len += error_text(to + len, room - len, before_referer, false);
		len += error_text(to + len, room - len, line->referer, false);
	}
	return len;
}

size_t
error_line_print(const struct error_line *line, char to[ERROR_LINE_MAX])
{
	size_t before = 0, room = ERROR_LINE_MAX, len;

	if (line->severity)
		before =
		    (size_t)snprintf(to, 64, "<%d>", severity(line->level));
	room -= before;
	if (line->format == NULL)
		return before + print_default(line, to + before, room);
	len = error_format_print(line->format, line, to + before, room);
	return len == 0 ? 0 : before + len;
}
