/* SPDX-License-Identifier: BSD-2-Clause */
/* What else must be right for a start, besides the configuration itself. */
#ifndef DROVER_MASTER_CHECK_H
#define DROVER_MASTER_CHECK_H

#include "conf/conf.h"

/*
 * Looks for what would keep a server with this configuration from starting,
 * without changing anything: what the sandbox needs, folders of logs and pid
 * file, log programs.  An error for each, for conf_options.check.
 */
void check_start(const struct conf_check *);

#endif
