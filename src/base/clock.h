/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time.  Durations and deadlines use the monotonic clock in milliseconds;
 * dates use the real one.  clock_now_ms() is read once per turn of the event
 * loop (clock_refresh) and is then a plain variable: a request costs no call.
 */
#ifndef DROVER_BASE_CLOCK_H
#define DROVER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Reads the machine's clocks into the cached ones. */
void clock_refresh(void);

/* Cached: CLOCK_MONOTONIC in milliseconds; never 0 after a refresh. */
int64_t clock_now_ms(void);
/* Cached: CLOCK_REALTIME in seconds and in microseconds. */
time_t clock_real(void);
int64_t clock_real_us(void);

/* Read now, not cached: CLOCK_MONOTONIC in microseconds. */
int64_t clock_exact_us(void);

#endif
