/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a service manager hears from time to time: a line for people about how
 * the server does, and, where it watches the server (WatchdogSec= of systemd),
 * that workers have a pulse.  What changes is told at once, by others.
 */
#ifndef DROVER_MASTER_SERVICE_H
#define DROVER_MASTER_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "os/loop.h"

struct master;

struct service {
	struct loop_timer watchdog;
	unsigned ticks;	   /* since the last status */
	uint64_t requests; /* in that */
	bool starves;	   /* the watchdog is not fed */
};

void service_init(struct master *);
/* It serves: the watchdog is fed from now on. */
void service_begin(struct master *);
/* Once a second. */
void service_tick(struct master *);

#endif
