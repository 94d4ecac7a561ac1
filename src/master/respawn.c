/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Delays of respawning: a row of deaths of one kind doubles the delay, any
 * other death begins anew.  Knows neither processes nor clocks.
 */
#include "config.h"

#include "master/respawn.h"

static const struct {
	int64_t first_ms, most_ms;
} limits[] = {
	[RESPAWN_STARTING] = { 1000, 60000 },
	[RESPAWN_UNUSED] = { 50, 500 },
	[RESPAWN_SHORT] = { 50, 500 },
	[RESPAWN_USED] = { 0, 0 },
};

/* Both are young deaths: a storm of them is one row. */
static bool
is_same_row(enum respawn_cause one, enum respawn_cause other)
{
	bool young = one == RESPAWN_UNUSED || one == RESPAWN_SHORT;

	if (young)
		return other == RESPAWN_UNUSED || other == RESPAWN_SHORT;
	return one == other;
}

int64_t
respawn_delay(struct respawn *r, enum respawn_cause cause)
{
	bool begins = !r->begun || !is_same_row(r->cause, cause);

	r->begun = true;
	r->cause = cause;
	if (begins && cause == RESPAWN_SHORT)
		r->delay_ms = 0;
	else if (begins || r->delay_ms == 0)
		r->delay_ms = limits[cause].first_ms;
	else
		r->delay_ms *= 2;
	if (r->delay_ms > limits[cause].most_ms)
		r->delay_ms = limits[cause].most_ms;
	return r->delay_ms;
}
