/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of time-outs: CLOCK_MONOTONIC without the moments in which this
 * process got no processor.  Who looks at it often sees it go as ever, but a
 * machine that is busy elsewhere makes nothing time out.
 */
#include "config.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Between two looks no more time passes. */
#define STEP_MAX_NS 10000000

int
clock_gettime(clockid_t id, struct timespec *time_r)
{
	static long long last, steady;
	long long now;

	if (syscall(SYS_clock_gettime, id, time_r) != 0)
		return -1;
	if (id != CLOCK_MONOTONIC)
		return 0;
	now = time_r->tv_sec * 1000000000LL + time_r->tv_nsec;
	if (last == 0)
		steady = now;
	else
		steady += now - last < STEP_MAX_NS ? now - last : STEP_MAX_NS;
	last = now;
	time_r->tv_sec = steady / 1000000000;
	time_r->tv_nsec = steady % 1000000000;
	return 0;
}
