/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing: the log line of an answer goes in front of its last byte. */
#ifndef DROVER_WORKER_CONN_OUTPUT_H
#define DROVER_WORKER_CONN_OUTPUT_H

#include <stddef.h>

#include "worker/conn.h"

enum conn_output_result {
	CONN_OUTPUT_NOTHING, /* there is nothing to write */
	CONN_OUTPUT_WROTE,   /* something went; ask again */
	CONN_OUTPUT_BLOCKED, /* the peer takes no more now */
	CONN_OUTPUT_PARKED,  /* the log takes no line now: nothing of the
			      * answers that end may be sent */
	CONN_OUTPUT_FAILED,  /* the connection is of no use any more */
};

/*
 * Writes one batch of at most limit bytes; *written_r is set unless there was
 * nothing.  The lines of answers that it completed are published.
 */
enum conn_output_result conn_output(
    struct conn *, size_t limit, size_t *written_r);

#endif
