/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's page, and the ring of its samples. */
#include "config.h"

#include "ipc/master_board.h"

#include <string.h>

_Static_assert(sizeof(struct master_status) <= SEQLOCK_SIZE_MAX &&
		   sizeof(struct master_change) <= SEQLOCK_SIZE_MAX,
    "records are small");

void
master_board_add_sample(
    struct master_board *board, const struct load_sample *sample)
{
	uint32_t at =
	    (atomic_load_explicit(&board->newest, memory_order_relaxed) + 1) %
	    LOAD_SAMPLES;

	seqlock_write(board->samples[at], sample, sizeof(*sample));
	atomic_store_explicit(&board->newest, at, memory_order_release);
}

bool
master_board_status(
    const struct master_board *board, struct master_status *status_r)
{
	memset(status_r, 0, sizeof(*status_r));
	return seqlock_read(board->status, status_r, sizeof(*status_r));
}

bool
master_board_reload(
    const struct master_board *board, struct master_change *reload_r)
{
	memset(reload_r, 0, sizeof(*reload_r));
	return seqlock_read(board->reload, reload_r, sizeof(*reload_r));
}

bool
master_board_upgrade(
    const struct master_board *board, struct master_change *upgrade_r)
{
	memset(upgrade_r, 0, sizeof(*upgrade_r));
	return seqlock_read(board->upgrade, upgrade_r, sizeof(*upgrade_r));
}

unsigned
master_board_samples(const struct master_board *board,
    struct load_sample samples_r[LOAD_SAMPLES])
{
	uint32_t newest =
	    atomic_load_explicit(&board->newest, memory_order_acquire);
	unsigned i, at;

	/* The oldest may be under the master's pen: it is not looked at. */
	for (i = 0; i < LOAD_SAMPLES - 1; i++) {
		at = (newest + LOAD_SAMPLES - i) % LOAD_SAMPLES;
		if (!seqlock_read(board->samples[at], &samples_r[i],
			sizeof(samples_r[i])) ||
		    samples_r[i].at_ms == 0)
			break;
	}
	return i;
}
