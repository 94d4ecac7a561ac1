/* SPDX-License-Identifier: BSD-2-Clause */
/* The C library's clock_gettime, in front of which the linker puts this one. */
#include "config.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "steady_clock.h"

/* Between two looks no more time passes. */
#define STEP_MAX_NS 10000000

static long long steady;
static unsigned speed = 1;

void
steady_clock_run(unsigned times)
{
	speed = times;
}

void
steady_clock_forward(int64_t ms)
{
	steady += ms * 1000000;
}

int
clock_gettime(clockid_t id, struct timespec *time_r)
{
	static long long last;
	long long now, step;

	if (syscall(SYS_clock_gettime, id, time_r) != 0)
		return -1;
	if (id != CLOCK_MONOTONIC)
		return 0;
	now = time_r->tv_sec * 1000000000LL + time_r->tv_nsec;
	if (last == 0)
		steady += now;
	else {
		step = (now - last) * speed;
		steady += step < STEP_MAX_NS ? step : STEP_MAX_NS;
	}
	last = now;
	time_r->tv_sec = steady / 1000000000;
	time_r->tv_nsec = steady % 1000000000;
	return 0;
}
