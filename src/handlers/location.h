/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a <Location> says about where its URLs lead (Alias, Redirect) is asked
 * before there is a file, so before the settings of a request are looked up.
 */
#ifndef DROVER_HANDLERS_LOCATION_H
#define DROVER_HANDLERS_LOCATION_H

#include "conf/lookup.h"
#include "http/exchange.h"

/* For one module; begins as zero. */
struct location_rules {
	const struct conf_section *section;
	struct lookup_cache *cache;	/* NULL: no <Location> says anything */
	bool *hosts;			/* by index: one of it does */
};

/* In each worker, for a start hook.  -1 without memory. */
int location_rules_start(struct location_rules *, const struct conf_section *,
    const struct server_conf *);
/* What the host and its <Location>s say for the request's path. */
const void *location_rules_find(struct location_rules *, struct exchange *);

#endif
