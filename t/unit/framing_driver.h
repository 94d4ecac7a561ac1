/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection for tests: moves bytes between a memory transport and a
 * framing as the worker does, has requests answered by a function of the
 * test, and checks with every batch what a framing promises of it.
 */
#ifndef UNIT_FRAMING_DRIVER_H
#define UNIT_FRAMING_DRIVER_H

#include "framing/framing.h"
#include "memory_transport.h"

struct driver {
	struct framed framed;
	struct exchange_peer peer;
	struct memory_transport *memory;
	size_t limit; /* of one batch */
	bool end_of_input;
	/*
	 * Fills the response, or sets a sink and leaves the status 0: then
	 * the test calls driver_answer once it has the body.
	 */
	void (*handle)(struct driver *, struct exchange *);
	/* True when something that waited may go on; NULL: nothing does. */
	bool (*again)(struct driver *);
	void *test;	     /* the test's own; NULL once an exchange of that
			      * handler_data has ended */
	struct list waiting; /* exchanges without a response so far */

	/* What happened. */
	struct buf log;	 /* a line for each exchange that ended */
	const char *end; /* "idle", "closed", "lingers", "cut", "gone",
			  * "waits" (for input or a handler) */
	unsigned batches, handled;
	uint64_t counted; /* bytes_sent of all exchanges */
};

void driver_init(struct driver *, struct memory_transport *,
    const struct server_conf *,
    void (*handle)(struct driver *, struct exchange *));
/* Goes on until nothing moves any more. */
void driver_run(struct driver *);
/* Finishes and answers what waited, or a request that is being handled. */
void driver_answer(struct driver *, struct exchange *);
/* Ends the connection; what had not ended is logged as aborted. */
void driver_close(struct driver *);
void driver_release(struct driver *);

#endif
