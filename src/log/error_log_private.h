/* SPDX-License-Identifier: BSD-2-Clause */
/* What error_log.c and error_exchange.c share. */
#ifndef DROVER_LOG_ERROR_LOG_PRIVATE_H
#define DROVER_LOG_ERROR_LOG_PRIVATE_H

#include <stdbool.h>

#include "http/exchange.h"
#include "ipc/error_line.h"
#include "ipc/log_dest.h"

/* ---- error_log.c ---- */

/*
 * Whether this process has a ring.  A child that has none of its own yet must
 * not write into its parent's: it speaks to standard error.
 */
bool error_log_ready(void);
/* Whether a message about a request may be written, or is only counted. */
bool error_log_admits(enum report_level);
/* Time, pid and severity are filled in. */
void error_log_emit(const struct log_dest *, struct error_line *);

/* ---- error_exchange.c ---- */

extern const struct exchange_reporter error_exchange_reporter;
/* For messages of the server itself; valid until the next call. */
const struct error_subject *error_subject_server(const struct server_conf *);

#endif
