/* SPDX-License-Identifier: BSD-2-Clause */
/* What dest.c, a destination's life, and dest_write.c, its writing, share. */
#ifndef DROVER_LOGGER_DEST_PRIVATE_H
#define DROVER_LOGGER_DEST_PRIVATE_H

#include "logger/dest.h"

/* ---- the ledger: this process is its only writer ---- */

static inline void
dest_count(_Atomic uint64_t *word, uint64_t n)
{
	atomic_store_explicit(word,
	    atomic_load_explicit(word, memory_order_relaxed) + n,
	    memory_order_release);
}

/* A queued line was written. */
static inline void
dest_count_written(struct dest *d, size_t lines)
{
	dest_count(&d->ledger->written, lines);
	dest_count(&d->ledger->queued, -(uint64_t)lines);
}

/* Writes all of the queue; false when the output takes no more now. */
bool dest_write_queue(struct dest *);
/*
 * Writes the line that says how many are missing.  It is one more line of the
 * ledger.  False when the output does not take it now.
 */
bool dest_write_loss(struct dest *);
/* What was changed outlives us: at once, or with the step from rings. */
void dest_keep(struct dest *);
void dest_stop_watching(struct dest *);
/* As messages name it. */
const char *dest_name(const struct dest *);

#endif
