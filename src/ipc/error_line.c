/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints error lines.  Times are local, as everything that people read beside
 * them is; the text of a second is made once.  Text of a peer can neither
 * begin a second line nor speak to the terminal of who reads.
 */
#include "config.h"

#include "ipc/error_line.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

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

/*
 * The length of the well-formed UTF-8 sequence at p (RFC 3629, 4) that is no
 * C1 control character; 0 if there is none.
 */
static size_t
utf8_length(const unsigned char *p, const unsigned char *end)
{
	size_t len = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	unsigned low = 0x80, high = 0xbf;
	size_t i;

	if (len == 0 || p[0] > 0xf4 || (size_t)(end - p) < len)
		return 0;
	if (p[0] == 0xc2 || p[0] == 0xe0)
		low = 0xa0; /* C1 controls; overlong */
	else if (p[0] == 0xed)
		high = 0x9f; /* surrogates */
	else if (p[0] == 0xf0)
		low = 0x90; /* overlong */
	else if (p[0] == 0xf4)
		high = 0x8f; /* beyond U+10FFFF */
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

static size_t
add_escaped(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	to[0] = '\\';
	if (c == '\n' || c == '\r' || c == '\t') {
		to[1] = c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
		return 2;
	}
	to[1] = 'x';
	to[2] = hex[c >> 4];
	to[3] = hex[c & 15];
	return 4;
}

static size_t
add_text(char *to, size_t room, struct span text)
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	const unsigned char *end = p + text.len;
	size_t used = 0, len;

	while (p < end && used + 4 <= room) {
		if (*p >= 0x20 && *p < 0x7f)
			len = 1;
		else
			len = *p < 0x80 ? 0 : utf8_length(p, end);
		if (len == 0) {
			used += add_escaped(to + used, *p++);
			continue;
		}
		memcpy(to + used, p, len);
		used += len;
		p += len;
	}
	return used;
}

/* syslog's severities are Apache's first eight levels. */
static int
severity(enum report_level level)
{
	return level > REPORT_DEBUG ? REPORT_DEBUG : (int)level;
}

size_t
error_line_print(const struct error_line *line, char to[ERROR_LINE_MAX])
{
	static const struct span before_referer = SPAN(", referer: ");
	const struct second_text *t;
	size_t len;
	int used;

	if (line->syslog) {
		used = snprintf(to, 64, "<%d>", severity(line->level));
	} else {
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
	len += add_text(to + len, ERROR_LINE_MAX - len, line->text);
	if (line->referer.len > 0) {
		len += add_text(to + len, ERROR_LINE_MAX - len, before_referer);
		len += add_text(to + len, ERROR_LINE_MAX - len, line->referer);
	}
	return len;
}
