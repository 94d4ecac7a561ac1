/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The directives of the configuration itself, and what the server_conf takes
 * from them.
 */
#ifndef DROVER_CONF_CORE_H
#define DROVER_CONF_CORE_H

#include <stdbool.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/scope.h"

extern const struct conf_section core_section;
/* accepted.c: what has nothing to do here, and why. */
extern const struct conf_section accepted_section;

/* Name, aliases and path, which no host inherits, from the host's own scope. */
void core_fill_host(struct host *, const struct scope *);
/* The listeners; false without memory. */
bool core_fill_conf(struct server_conf *, struct arena *);
/* What only the whole shows: no listener, two on one address. */
void core_check(const struct server_conf *, struct diag *);

#endif
