/* SPDX-License-Identifier: BSD-2-Clause */
/* The end: workers first, then the logger, then its programs. */
#ifndef DROVER_MASTER_STOP_H
#define DROVER_MASTER_STOP_H

#include <stdbool.h>

#include "master/master.h"

void stop_init(struct master *);
/* A second request may hurry the first. */
void stop_request(struct master *, bool graceful);
/* A worker, the logger or a program ended: it may go on. */
void stop_advance(struct master *);

/* All workers drain, however long that takes; then the server ends. */
void stop_draining(struct master *, enum drain_mode);

#endif
