/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files beside a file that hold the same in a content coding: its name and
 * ".zst", ".br" or ".gz".  What an entry notes here says when another may be
 * sent in its stead and is a little behind at times, so whoever sends one
 * looks again.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "files/cache_private.h"

static bool
is_older(struct timespec a, struct timespec b)
{
	/* Tools that copy the date of what they compress may cut it to whole
	 * seconds (pigz, tar) or microseconds. */
	if (a.tv_nsec == 0)
		b.tv_nsec = 0;
	else if (a.tv_nsec % 1000 == 0)
		b.tv_nsec -= b.tv_nsec % 1000;
	return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec
				    : a.tv_nsec < b.tv_nsec;
}

bool
cached_is_older(
    const struct cached_file *sibling, const struct cached_file *file)
{
	return is_older(sibling->modified, file->modified);
}

static bool
is_coded(struct span path)
{
	for (unsigned i = 1; i < CODING_COUNT; i++)
		if (span_ends_nocase(path, coding_suffix((enum coding)i).ptr))
			return true;
	return false;
}

/* Anything but that nothing is there may be otherwise under another policy. */
static bool
is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
}

static void
look(struct entry *e, struct root_set *roots, const struct link_policy *policy,
    enum coding coding)
{
	struct resolved found;
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%.*s%.*s", SPAN_ARG(e->path),
	    SPAN_ARG(coding_suffix(coding)));

	if (len < 0 || (size_t)len >= sizeof(path))
		return;
	if (resolve_open(
		roots, span_of(path, e->root_len), path, policy, &found) != 0) {
		if (!is_missing(errno))
			e->policy = policy;
		return;
	}
	close(found.fd);
	if (found.through_link)
		e->policy = policy;
	if (!S_ISREG(found.stat.st_mode) ||
	    is_older(found.stat.st_mtim, e->file.modified))
		return;
	e->file.siblings.there |= 1U << coding;
	e->file.siblings.size[coding] = (uint64_t)found.stat.st_size;
}

void
entry_look_beside(
    struct entry *e, struct root_set *roots, const struct link_policy *policy)
{
	e->file.siblings.there = 0;
	if (!e->beside || !S_ISREG(e->file.mode) || is_coded(e->path))
		return;
	for (unsigned i = 1; i < CODING_COUNT; i++)
		look(e, roots, policy, (enum coding)i);
}
