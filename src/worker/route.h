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

/*
 * Carries the exchange to its finished response.  False: a hook waits for a
 * backend; after exchange_ready() call route() again, it goes on there.
 * A response that the framing made already is only decorated and finished.
 */
bool route(struct exchange *, struct lookup_cache *);

#endif
