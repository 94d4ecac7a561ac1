/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's page, and the ring of its samples. */
#include "config.h"

#include "ipc/master_board.h"

#include <string.h>

_Static_assert(sizeof(struct master_status) <= SEQLOCK_SIZE_MAX &&
		   sizeof(struct master_reload) <= SEQLOCK_SIZE_MAX,
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
    const struct master_board *board, struct master_reload *reload_r)
{
	memset(reload_r, 0, sizeof(*reload_r));
	return seqlock_read(board->reload, reload_r, sizeof(*reload_r));
}

bool
master_board_sample(const struct master_board *board, int64_t now_ms,
    int64_t age_ms, struct load_sample *sample_r)
{
	uint32_t newest =
	    atomic_load_explicit(&board->newest, memory_order_acquire);
	struct load_sample sample;
	bool found = false;
	unsigned i;

	/* The oldest may be under the master's pen: it is not looked at. */
	for (i = 0; i < LOAD_SAMPLES - 1; i++) {
		unsigned at = (newest + LOAD_SAMPLES - i) % LOAD_SAMPLES;

		if (!seqlock_read(
			board->samples[at], &sample, sizeof(sample)) ||
		    sample.at_ms == 0)
			break;
		*sample_r = sample;
		found = true;
		if (now_ms - sample.at_ms >= age_ms)
			break;
	}
	return found;
}
