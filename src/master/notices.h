/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's page of the scoreboard: what it says of itself there. */
#ifndef DROVER_MASTER_NOTICES_H
#define DROVER_MASTER_NOTICES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "ipc/master_board.h"

struct master;

struct change_notice {
	uint32_t begun, failed; /* so many, the last included */
	int64_t begun_ms;	/* when the last was */
	struct master_change last;
};

struct notices {
	struct master_board *page;
	int64_t started_ms, started_us;
	struct change_notice reload, upgrade;
};

/* The scoreboard is there. */
void notices_begin(struct master *);
/* After whatever may have changed. */
void notices_update(struct master *);
/* Once a second. */
void notices_tick(struct master *);

/* One of the two; graceful: a reload is. */
void notices_begins(struct master *, struct change_notice *, bool graceful);
/* why: NULL, it succeeded. */
void notices_ends(struct master *, struct change_notice *, const char *why);
/* More about its failure: lines, as many as there is room for. */
void notices_says(struct master *, struct change_notice *, struct span lines);
/* This master takes the place of another. */
void notices_upgraded(struct master *);

#endif
