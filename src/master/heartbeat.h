/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers that are stuck: busy with one turn of their loop, or stopped, for
 * longer than WorkerTimeout.  They are killed, and so replaced; so is a logger
 * that is stopped.
 */
#ifndef DROVER_MASTER_HEARTBEAT_H
#define DROVER_MASTER_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "master/children.h"

struct heartbeat {
	int64_t last_ms;	  /* of the last look */
	int64_t floor_ms;	  /* no clock started before */
	int64_t logger_traced_ms; /* when it was last seen in a debugger */
};

/* Once a second. */
void heartbeat_tick(struct heartbeat *, struct children *);
/* True if a worker serves, or drains, and none of its turns takes that long. */
bool heartbeat_is_fresh(
    const struct heartbeat *, const struct children *, int64_t max_age_ms);

#endif
