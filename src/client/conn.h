/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection to a server, which is kept for the next request to the same
 * one if both allow it.
 */
#ifndef DROVER_CLIENT_CONN_H
#define DROVER_CLIENT_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "client/options.h"
#include "client/trace.h"
#include "client/url.h"
#include "net/transport.h"

struct conn {
	bool open;
	struct buf in; /* bytes received and not understood yet */
	struct transport transport;
	char *host; /* owned: whom it leads to */
	uint16_t port;
};

void conn_init(struct conn *);
/* Closes it if it is open; it may be opened again. */
void conn_close(struct conn *);

/*
 * Connects to one of the addresses of the URL's host, tried in turn.
 * OUTCOME_RESOLVE, OUTCOME_CONNECT or OUTCOME_TIMEOUT with err.
 */
enum outcome conn_open(struct conn *, const struct url *,
    const struct options *, int64_t deadline, struct trace *, struct err *);
/* True if it is open, leads there, and the server has said nothing more. */
bool conn_serves(const struct conn *, const struct url *);

#endif
