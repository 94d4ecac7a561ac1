/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From one configuration to the next: build, check, open, start, and only
 * then retire what there was.  The first start is a reload from nothing.
 */
#ifndef DROVER_MASTER_RELOAD_H
#define DROVER_MASTER_RELOAD_H

#include "master/master.h"

void reload_init(struct master *);
/* Starts with a configuration that was read already; takes it over.  -1 with
 * err; a later failure stops the master and is in m->err. */
int reload_first(struct master *, struct server_conf *, struct err *);
/* The configuration is to be read and changed over to. */
void reload_request(struct master *, enum reload_mode);
/* After each turn: what was asked for begins if it can. */
void reload_resume(struct master *);
/* Once a second: a root that leads to another directory makes a request. */
void reload_tick(struct master *);
/* How many generations drain. */
unsigned reload_draining(const struct master *);
/* Says what serves, to the log and to the service manager. */
void reload_announce(struct master *);
/* The server stops: what is being built is given up. */
void reload_cancel(struct master *);

/* Events that it waits for. */
void reload_logger_done(struct master *, uint64_t serial);
void reload_logger_failed(struct master *);
void reload_workers_ready(struct master *, struct generation *);
void reload_old_quiet(struct master *, struct generation *);
void reload_workers_failed(struct master *, struct generation *);

#endif
