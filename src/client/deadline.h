/* SPDX-License-Identifier: BSD-2-Clause */
/* Moments until which something is waited for, in milliseconds. */
#ifndef DROVER_CLIENT_DEADLINE_H
#define DROVER_CLIENT_DEADLINE_H

#include <limits.h>
#include <stdint.h>

#include "base/clock.h"

#define DEADLINE_NEVER INT64_MAX

static inline int64_t
deadline_now(void)
{
	return clock_exact_us() / 1000;
}

/* ms from now; 0: never. */
static inline int64_t
deadline_in(int64_t ms)
{
	return ms == 0 ? DEADLINE_NEVER : deadline_now() + ms;
}

static inline int64_t
deadline_earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What poll() takes: never negative but for "for ever". */
static inline int
deadline_left(int64_t deadline)
{
	int64_t left;

	if (deadline == DEADLINE_NEVER)
		return -1;
	left = deadline - deadline_now();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

static inline int
deadline_passed(int64_t deadline)
{
	return deadline_left(deadline) == 0;
}

#endif
