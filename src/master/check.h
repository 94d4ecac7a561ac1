/* SPDX-License-Identifier: BSD-2-Clause */
/* What else must be right for a start, besides the configuration itself. */
#ifndef DROVER_MASTER_CHECK_H
#define DROVER_MASTER_CHECK_H

#include "base/buf.h"
#include "conf/conf.h"

/*
 * Looks for what would keep a server with this configuration from starting,
 * without changing anything: user and group, folders of logs and pid file, log
 * programs.  Appends a line for each fault and returns their number.
 */
unsigned check_start(const struct server_conf *, struct buf *text);

#endif
