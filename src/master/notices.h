/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's page of the scoreboard: what it says of itself there. */
#ifndef DROVER_MASTER_NOTICES_H
#define DROVER_MASTER_NOTICES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "ipc/master_board.h"

struct master;

struct notices {
	struct master_board *page;
	int64_t started_ms, started_us;
	uint32_t reloads, reloads_failed;
	int64_t reload_ms; /* when the last began */
	struct master_reload reload;
	int64_t upgrade_ms; /* when the last began */
	struct master_upgrade upgrade;
};

/* The scoreboard is there. */
void notices_begin(struct master *);
/* After whatever may have changed. */
void notices_update(struct master *);
/* Once a second. */
void notices_tick(struct master *);

void notices_reload_begins(struct master *, bool graceful);
/* why: NULL, it succeeded. */
void notices_reload_ends(struct master *, const char *why);
/* More about the last one's failure: lines, cut where there is no room. */
void notices_reload_says(struct master *, struct span lines);

void notices_upgrade_begins(struct master *);
/* why: NULL, it succeeded. */
void notices_upgrade_ends(struct master *, const char *why);
/* This master takes the place of another. */
void notices_upgraded(struct master *);

#endif
