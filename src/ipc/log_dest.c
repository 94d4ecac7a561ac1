/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of syslog's facilities: who configures a destination and who writes
 * to it read the same list.
 */
#include "config.h"

#include "ipc/log_dest.h"

#include <syslog.h>

static const struct {
	const char *name;
	int facility;
} facilities[] = {
	{ "auth", LOG_AUTH },
	{ "authpriv", LOG_AUTHPRIV },
	{ "cron", LOG_CRON },
	{ "daemon", LOG_DAEMON },
	{ "ftp", LOG_FTP },
	{ "kern", LOG_KERN },
	{ "local0", LOG_LOCAL0 },
	{ "local1", LOG_LOCAL1 },
	{ "local2", LOG_LOCAL2 },
	{ "local3", LOG_LOCAL3 },
	{ "local4", LOG_LOCAL4 },
	{ "local5", LOG_LOCAL5 },
	{ "local6", LOG_LOCAL6 },
	{ "local7", LOG_LOCAL7 },
	{ "lpr", LOG_LPR },
	{ "mail", LOG_MAIL },
	{ "news", LOG_NEWS },
	{ "syslog", LOG_SYSLOG },
	{ "user", LOG_USER },
	{ "uucp", LOG_UUCP },
};

int
log_dest_syslog(struct span target, struct span *tag_r)
{
	size_t colon = span_find(target, ':'), i;
	struct span name = span_of(target.ptr, colon);

	*tag_r = span_skip(target, colon + 1);
	if (tag_r->len == 0)
		*tag_r = (struct span)SPAN("drover");
	if (name.len == 0)
		return LOG_LOCAL7;
	for (i = 0; i < sizeof(facilities) / sizeof(facilities[0]); i++)
		if (span_is_nocase(name, facilities[i].name))
			return facilities[i].facility;
	return -1;
}
