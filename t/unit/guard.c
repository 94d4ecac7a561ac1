/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies that end at an inaccessible page.  A parser that reads past its span
 * crashes here even in a build without sanitizers, and also where the byte
 * behind would belong to the same buffer and so look harmless.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guard.h"

/* The accessible part: whole pages, at least one so that len 0 works. */
static size_t
guard_pages(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return len == 0 ? page : (len + page - 1) / page * page;
}

void *
guard_copy(const void *data, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = guard_pages(len);
	char *map, *copy;

	map = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED || mprotect(map + room, page, PROT_NONE) == -1) {
		perror("guard_copy");
		exit(1);
	}
	copy = map + room - len;
	if (len > 0)
		memcpy(copy, data, len);
	return copy;
}

void
guard_free(void *copy, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = guard_pages(len);

	if (copy != NULL)
		munmap((char *)copy + len - room, room + page);
}

void
guard_feed(const char *data, size_t len, struct guard_cut cut, guard_take *take,
    void *to)
{
	size_t from = 0, end = cut.first < len ? cut.first : len;

	for (;;) {
		char *copy = guard_copy(data + from, end - from);
		bool more = take(to, copy, end - from);

		guard_free(copy, end - from);
		if (!more || end == len)
			return;
		if (!cut.from_start)
			from = end;
		end = len - end > cut.step ? end + cut.step : len;
	}
}
