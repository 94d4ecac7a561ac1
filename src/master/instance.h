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
 * Tells that one process, over its control socket if it has one, else by a
 * signal.  -1 with err: it was not told, or could not do it.  After
 * OPTIONS_STOP it is gone, or err says that it still runs after 15 seconds.
 */
int instance_tell(const struct server_conf *, pid_t, enum options_command,
    struct err *);

#endif
