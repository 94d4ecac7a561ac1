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

enum instance_outcome {
	INSTANCE_FAILED,    /* with err: it was not told, or could not do it */
	INSTANCE_DONE,	    /* after OPTIONS_STOP it is gone, of
			     * OPTIONS_GRACEFUL_STOP it is the beginning */
	INSTANCE_SIGNALLED, /* it has no control socket: what comes of it is not
			     * known, but after OPTIONS_STOP it is gone */
	INSTANCE_MOVED,	    /* with err: another process is the master now */
};

/* Tells that one process.  One that still runs 15 seconds after OPTIONS_STOP
 * is a failure. */
enum instance_outcome instance_tell(
    const struct server_conf *, pid_t, enum options_command, struct err *);

#endif
