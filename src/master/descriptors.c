/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Closing all but a list: the gaps between its numbers, each by close_range,
 * or where that is missing (old valgrind, some containers) by looking at
 * /proc/self/fd.
 */
#include "config.h"

#include "master/descriptors.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
compare(const void *a, const void *b)
{
	int left = *(const int *)a, right = *(const int *)b;

	return (left > right) - (left < right);
}

static bool
close_between(int first, unsigned last)
{
	if ((unsigned)first > last)
		return true;
#ifdef SYS_close_range
	return syscall(SYS_close_range, first, last, 0) == 0;
#else
	return false;
#endif
}

static bool
close_gaps(const int *keep, size_t count)
{
	int next = 3;
	size_t i;

	for (i = 0; i < count; i++) {
		if (keep[i] < next)
			continue;
		if (!close_between(next, (unsigned)keep[i] - 1))
			return false;
		next = keep[i] + 1;
	}
	return close_between(next, ~0U);
}

static bool
is_listed(const int *keep, size_t count, int fd)
{
	return count > 0 &&
	       bsearch(&fd, keep, count, sizeof(fd), compare) != NULL;
}

static void
close_listed(const int *keep, size_t count)
{
	struct dirent *entry;
	DIR *dir = opendir("/proc/self/fd");
	int fd;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		fd = atoi(entry->d_name);
		if (fd > 2 && fd != dirfd(dir) && !is_listed(keep, count, fd))
			close(fd);
	}
	closedir(dir);
}

void
descriptors_keep(int *keep, size_t count)
{
	if (count > 0)
		qsort(keep, count, sizeof(*keep), compare);
	if (!close_gaps(keep, count))
		close_listed(keep, count);
}
