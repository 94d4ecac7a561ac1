/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is logged where: the rows ErrorLog, LogLevel, LogFormat, CustomLog and
 * TransferLog, and the distinct destinations that they name.
 */
#ifndef DROVER_LOG_LOG_CONF_H
#define DROVER_LOG_LOG_CONF_H

#include "conf/conf.h"
#include "ipc/log_dest.h"

extern const struct conf_section log_section;

/*
 * The first of all destinations of a configuration, each distinct one once,
 * linked by next; the master opens them and writes their ids before it forks.
 */
struct log_dest *log_destinations(const struct server_conf *);
/* The destination of the main server's ErrorLog. */
struct log_dest *log_error_dest(const struct server_conf *);

#endif
