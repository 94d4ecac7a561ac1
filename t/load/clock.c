/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For LD_PRELOAD, by tests of a clock that is set: CLOCK_REALTIME is as many
 * seconds ahead as the file says that DROVER_TEST_CLOCK names, at any time
 * anew.  The server asks for the time by clock_gettime() alone.
 */
#include "config.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int (*real_gettime)(clockid_t, struct timespec *);
static const volatile int64_t *ahead;

__attribute__((constructor)) static void
prepare(void)
{
	const char *path = getenv("DROVER_TEST_CLOCK");
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	void *page;

	*(void **)&real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	if (fd < 0)
		return;
	page = mmap(NULL, sizeof(*ahead), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (page != MAP_FAILED)
		ahead = page;
}

int
clock_gettime(clockid_t id, struct timespec *time_r)
{
	int result = real_gettime(id, time_r);

	if (result == 0 && id == CLOCK_REALTIME && ahead != NULL)
		time_r->tv_sec += *ahead;
	return result;
}
