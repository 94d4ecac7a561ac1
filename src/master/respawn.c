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
	[RESPAWN_USED] = { 0, 0 },
};

int64_t
respawn_delay(struct respawn *r, enum respawn_cause cause)
{
	if (r->delay_ms == 0 || r->cause != cause)
		r->delay_ms = limits[cause].first_ms;
	else
		r->delay_ms *= 2;
	if (r->delay_ms > limits[cause].most_ms)
		r->delay_ms = limits[cause].most_ms;
	r->cause = cause;
	return r->delay_ms;
}
