/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a request: host (begin) -> redirects and map -> settings ->
 * check -> fixup -> handle -> decorate.  The decisions are recorded in exchange->route.
 */
#ifndef DROVER_WORKER_ROUTE_H
#define DROVER_WORKER_ROUTE_H

#include <stdbool.h>

#include "conf/lookup.h"
#include "http/exchange.h"

enum route_stage {
	ROUTE_HOST,	/* which virtual host */
	ROUTE_MAP,	/* redirected, or which file */
	ROUTE_SETTINGS, /* which sections hold */
	ROUTE_CHECK,	/* allowed */
	ROUTE_FIXUP,	/* what the answer may depend on */
	ROUTE_HANDLE,	/* answered */
	ROUTE_DECORATE, /* fields for any answer */
	ROUTE_END,
};

/*
 * Carries the exchange to its finished response.  False: a hook waits for a
 * backend; after exchange_ready() call route() again, it goes on there.
 * A response that the framing made already is only decorated and finished.
 */
bool route(struct exchange *, struct lookup_cache *);

/* Told of each stage that is done, before the next one. */
typedef void route_watch(
    void *data, struct exchange *, enum route_stage done);
/* The same code, looked on. */
bool route_watched(struct exchange *, struct lookup_cache *, route_watch *,
    void *data);

#endif
