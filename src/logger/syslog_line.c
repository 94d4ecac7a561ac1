/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "<PRI>Nov 20 08:26:27 tag[pid]: text".  The pid is the logger's: which
 * process spoke stands in the text.  No hostname: a local daemon puts in its
 * own.
 */
#include "config.h"

#include "logger/syslog_line.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "ipc/log_dest.h"

void
syslog_form_init(struct syslog_form *form, const char *target)
{
	struct span tag;

	form->facility = log_dest_syslog(span_str(target), &tag);
	if (form->facility == -1)
		form->facility = LOG_LOCAL7;
	if (tag.len >= sizeof(form->tag))
		tag.len = sizeof(form->tag) - 1;
	memcpy(form->tag, tag.ptr, tag.len);
	form->tag[tag.len] = '\0';
}

/* Takes "<d>" off the front: the severity, or notice where there is none. */
static int
take_severity(struct span *line)
{
	int severity;

	if (line->len < 3 || line->ptr[0] != '<' || line->ptr[1] < '0' ||
	    line->ptr[1] > '7' || line->ptr[2] != '>')
		return LOG_NOTICE;
	severity = line->ptr[1] - '0';
	*line = span_skip(*line, 3);
	return severity;
}

size_t
syslog_line_print(const struct syslog_form *form, struct span line, time_t now,
    char to[SYSLOG_LINE_MAX])
{
	int severity = take_severity(&line);
	struct tm tm = { .tm_mday = 1 };
	size_t used, room;

	(void)localtime_r(&now, &tm);
	used = (size_t)snprintf(to, 256,
	    "<%d>%.3s %2d %02d:%02d:%02d %s[%d]: ", form->facility | severity,
	    &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * tm.tm_mon], tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec, form->tag, (int)getpid());
	room = SYSLOG_LINE_MAX - used;
	if (line.len < room)
		room = line.len;
	if (room > 0)
		memcpy(to + used, line.ptr, room);
	return used + room;
}
