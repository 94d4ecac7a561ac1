/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual hosts by address and name. */
#ifndef DROVER_CONF_HOST_INDEX_H
#define DROVER_CONF_HOST_INDEX_H

#include "conf/conf.h"
#include "conf/diag.h"

struct host_index;

/* A name that two hosts of one address have is a warning.  NULL: no memory. */
struct host_index *host_index_create(const struct server_conf *,
    struct arena *, struct diag *);
/* What is not the arena's. */
void host_index_release(struct host_index *);
/* Remembers the latest answers, each process its own. */
const struct host *host_index_find(struct host_index *,
    const struct server_conf *, const struct addr *local, struct span name);
/* By ServerPath. */
const struct host *host_index_find_path(struct host_index *,
    const struct server_conf *, const struct addr *local,
    struct span raw_path);

#endif
