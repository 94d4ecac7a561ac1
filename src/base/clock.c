/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cached clocks.  One refresh reads both kinds, so that what a turn of
 * the loop logs and what it times out agree on when it happened.
 */
#include "config.h"

#include "base/clock.h"

static int64_t now_ms;
static int64_t real_us;

static int64_t
read_us(clockid_t id)
{
	struct timespec ts;

	/* Cannot fail: both clocks always exist and &ts is valid. */
	(void)clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void
clock_refresh(void)
{
	now_ms = read_us(CLOCK_MONOTONIC) / 1000;
	if (now_ms == 0)
		now_ms = 1; /* in the first millisecond after boot */
	real_us = read_us(CLOCK_REALTIME);
}

int64_t
clock_now_ms(void)
{
	return now_ms;
}

time_t
clock_real(void)
{
	return (time_t)(real_us / 1000000);
}

int64_t
clock_real_us(void)
{
	return real_us;
}

int64_t
clock_exact_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}
