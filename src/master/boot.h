/* SPDX-License-Identifier: BSD-2-Clause */
/* The order in which a server comes to be, and in which it goes. */
#ifndef DROVER_MASTER_BOOT_H
#define DROVER_MASTER_BOOT_H

#include "master/master.h"

/*
 * Everything up to the forked logger; workers follow when that is ready.
 * A configuration that was taken over is NULL then.  -1 with err.
 */
int boot_start(struct master *, struct server_conf **, struct err *);
/* All workers serve for the first time; -1 with err. */
int boot_serving(struct master *, struct err *);
/* The same, after the master before this one let go of all. */
void boot_taken_over(struct master *);
/* Releases what is left, however far it came. */
void boot_end(struct master *);

#endif
