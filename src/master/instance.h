/* SPDX-License-Identifier: BSD-2-Clause */
/* The -k commands to an instance that runs. */
#ifndef DROVER_MASTER_INSTANCE_H
#define DROVER_MASTER_INSTANCE_H

#include <sys/types.h>

#include "base/err.h"
#include "conf/conf.h"
#include "master/options.h"

/*
 * The master that holds the configuration's pid file: its pid, 0 if none runs
 * (a file without a living owner is stale), -1 with err.
 */
pid_t instance_find(const struct server_conf *, struct err *);
/*
 * Sends the command's signal to that one process.  After OPTIONS_STOP it waits
 * until the process is gone, 15 seconds at most.  -1 with err.
 */
int instance_signal(pid_t, enum options_command, struct err *);

#endif
