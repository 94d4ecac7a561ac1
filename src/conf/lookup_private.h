/* SPDX-License-Identifier: BSD-2-Clause */
/* What look-ups need of a configuration, made once when it is built. */
#ifndef DROVER_CONF_LOOKUP_PRIVATE_H
#define DROVER_CONF_LOOKUP_PRIVATE_H

#include "conf/conf.h"
#include "conf/diag.h"

/*
 * hosts are the conf's own, still to be written to.  False without memory;
 * names that two hosts share are warnings.
 */
bool lookup_prepare(struct server_conf *, struct host *hosts, struct diag *);
/* Also after lookup_prepare failed or never was. */
void lookup_release(struct server_conf *);

#endif
