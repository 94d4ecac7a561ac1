/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines as a syslog daemon wants them (RFC 3164, as /dev/log takes it). */
#ifndef DROVER_LOGGER_SYSLOG_LINE_H
#define DROVER_LOGGER_SYSLOG_LINE_H

#include <stddef.h>
#include <time.h>

#include "base/span.h"

struct syslog_form {
	int facility;
	char tag[64];
};

/* target as of a LOG_DEST_SYSLOG; one that makes no sense gives defaults. */
void syslog_form_init(struct syslog_form *, const char *target);

/* Daemons take 8 KiB at most; what is longer is cut. */
#define SYSLOG_LINE_MAX (8 * 1024)

/* Returns the datagram's length. */
size_t syslog_line_print(const struct syslog_form *, struct span line,
    time_t now, char to[SYSLOG_LINE_MAX]);

#endif
