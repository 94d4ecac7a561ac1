/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RequestReadTimeout: for how long a client may take to send the head of a
 * request, or its body, all in all.  Whoever sends fast enough gets more time
 * (Apache's mod_reqtimeout).  Pure: the clock and the timers are conn_wait.c's.
 */
#ifndef DROVER_WORKER_READ_BOUND_H
#define DROVER_WORKER_READ_BOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/directive.h"

struct read_bound {
	int64_t first_ms; /* for the first bytes; 0: no bound */
	int64_t most_ms;  /* whatever comes; 0: no such bound */
	uint64_t rate;	  /* bytes that bring a second more; 0: none do */
	bool set;
};

struct read_bounds {
	struct read_bound handshake; /* for when there is TLS */
	struct read_bound header, body;
};

#define READ_BOUND_NEVER INT64_MAX

/* So long it may take since it began, bytes of it being there. */
int64_t read_bound_ms(const struct read_bound *, uint64_t bytes);

/* For the row; what is not named is inherited. */
directive_parse read_bounds_parse;
directive_merge read_bounds_merge;

#endif
