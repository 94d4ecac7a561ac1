/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keeps the processes of a server within bounds: the sandbox that the
 * configuration asks for, and the capabilities that the master gives up.
 */
#ifndef DROVER_MASTER_CONFINEMENT_H
#define DROVER_MASTER_CONFINEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"

/* -1 with err: the sandbox is required, and cannot be had here. */
int confinement_check(const struct server_conf *, struct err *);
/* Says in the error log what the sandbox has to do without, once. */
void confinement_announce(const struct server_conf *, bool *said);
/*
 * The master keeps of root's power what later ports, logs, workers and log
 * programs need, for itself and for whatever it executes.  Who holds a port
 * that is taken can no longer be told.
 */
int confinement_limit_master(struct err *);

/* -S: what is permitted to whom, and what cannot be enforced. */
void confinement_print(const struct server_conf *, struct buf *);

#endif
