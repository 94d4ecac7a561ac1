/* SPDX-License-Identifier: BSD-2-Clause */
/* PidFile over changes of the configuration. */
#ifndef DROVER_MASTER_PID_PATH_H
#define DROVER_MASTER_PID_PATH_H

#include "master/master.h"

/*
 * Makes and locks the configuration's pid file beside the one that there is,
 * unless that is the same and still in its place.  -1 with err.
 */
int pid_path_open(struct master *, const struct server_conf *, struct err *);
/* It takes the place of the other, which is removed. */
void pid_path_take(struct master *);
/* It is removed: the configuration was given up. */
void pid_path_undo(struct master *);

#endif
