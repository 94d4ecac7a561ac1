/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The error log's side: plugs into base/report and exchange_report, writes
 * Apache's line format, [Fri Nov 20 08:26:27.123456 2026] [net:error] [pid 12]
 * [client 192.0.2.1:4711] text, into this process's ring; before there is one,
 * to standard error.  What is said of a request goes to its host's ErrorLog, a
 * line each time; of the server's own messages identical ones in a row are
 * counted, not repeated.  A flood is limited and counted.
 */
#ifndef DROVER_LOG_ERROR_LOG_H
#define DROVER_LOG_ERROR_LOG_H

#include "base/report.h"
#include "conf/conf.h"
#include "http/exchange.h"
#include "ipc/log_board.h"
#include "ipc/log_ring.h"

/* From now on lines go to the main server's ErrorLog by this ring. */
void error_log_attach(struct log_ring *, struct log_board *,
    const struct server_conf *);
/* Level and destination follow a new configuration (the master's reload).
 * Before error_log_attach: the level alone.  The old one still exists. */
void error_log_configure(const struct server_conf *);
/*
 * Other levels than the configuration's, in the words of LogLevel, or "reset":
 * for the whole server, until error_log_configure has another configuration.
 * -1 with err: nothing has changed.
 */
struct err;
int error_log_override(struct span words, struct err *);
/* Back to standard error. */
void error_log_detach(void);
/* Once a second: writes pending counts of repeated and limited lines. */
void error_log_tick(void);
/* The id of the connection in the error log: its length, 0 if that has told
 * nothing of it.  The exchange's own is log_id. */
#define ERROR_LOG_ID_MAX 12
size_t error_log_connection_id(
    const struct exchange *, char to[ERROR_LOG_ID_MAX]);
/* No line is staged any more: what had to wait behind one goes now. */
void error_log_unstaged(void);

#endif
