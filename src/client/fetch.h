/* SPDX-License-Identifier: BSD-2-Clause */
/* One URL of the command line: with its redirects, to its output. */
#ifndef DROVER_CLIENT_FETCH_H
#define DROVER_CLIENT_FETCH_H

#include "client/conn.h"
#include "client/options.h"

/* What lasts from one URL to the next. */
struct client {
	const struct options *options;
	struct conn conn;
	struct trace trace;
};

void client_init(struct client *, const struct options *);
void client_release(struct client *);

/* Fetches options->urls.items[index]. */
enum outcome fetch(struct client *, size_t index, struct err *);

#endif
