/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of time-outs, which link it: CLOCK_MONOTONIC without the moments in
 * which this process got no processor.  Who looks at it often sees it go as
 * ever, but a machine that is busy elsewhere makes nothing time out.
 */
#ifndef UNIT_STEADY_CLOCK_H
#define UNIT_STEADY_CLOCK_H

#include <stdint.h>

/* Lets it go so many times as fast; between two looks not the more. */
void steady_clock_run(unsigned times);
/* Puts it forward. */
void steady_clock_forward(int64_t ms);

#endif
