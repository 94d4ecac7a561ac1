/* SPDX-License-Identifier: BSD-2-Clause */
/* From a host to addresses: literals, --resolve, the system's names. */
#ifndef DROVER_CLIENT_RESOLVE_H
#define DROVER_CLIENT_RESOLVE_H

#include "base/addr.h"
#include "client/options.h"
#include "client/url.h"

/* More addresses of one name are not tried. */
#define RESOLVE_MAX 16

struct addr_list {
	struct addr items[RESOLVE_MAX];
	size_t count; /* at least 1 on success */
};

/*
 * In the order in which they are to be tried.  OUTCOME_RESOLVE, or
 * OUTCOME_TIMEOUT once the deadline has passed, with err.
 */
enum outcome resolve(struct addr_list *, const struct url *,
    const struct options *, int64_t deadline, struct err *);

#endif
