/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In which order sections merge.  It is Apache's, as its answers show it: in
 * one thing its manual says otherwise, that regular expressions of directories
 * were taken in the order of the file.
 */
#include "config.h"

#include <stdlib.h>

#include "conf/section_order.h"

/*
 * Directory, those with a regular expression last; then Files outside of a
 * Directory, then Files inside (in the order of their Directories), then
 * Location.
 */
enum {
	RANK_DIRECTORY,
	RANK_DIRECTORY_REGEX,
	RANK_FILES,
	RANK_FILES_INSIDE,
	RANK_LOCATION
};

static int
rank(const struct section *s)
{
	if (s->kind == SECTION_DIRECTORY)
		return s->regex ? RANK_DIRECTORY_REGEX : RANK_DIRECTORY;
	if (s->kind == SECTION_FILES)
		return s->parent ? RANK_FILES_INSIDE : RANK_FILES;
	return RANK_LOCATION;
}

/* Shortest first, whosever they are; then the main server's before a host's,
 * then as read. */
static int
compare_directories(const struct section *a, const struct section *b)
{
	int order = rank(a) - rank(b);

	if (order == 0)
		order = (a->components > b->components) -
			(a->components < b->components);
	return order;
}

static int
compare_places(const struct section *a, const struct section *b)
{
	if (a->of_host != b->of_host)
		return a->of_host - b->of_host;
	return (a->index > b->index) - (a->index < b->index);
}

static int
compare(const void *x, const void *y)
{
	const struct section *a = *(const struct section *const *)x;
	const struct section *b = *(const struct section *const *)y;
	int order = rank(a) - rank(b);

	if (order == 0 && a->parent) {
		order = compare_directories(a->parent, b->parent);
		if (order == 0)
			order = compare_places(a->parent, b->parent);
	} else if (order == 0 && a->kind == SECTION_DIRECTORY) {
		order = compare_directories(a, b);
	}
	return order != 0 ? order : compare_places(a, b);
}

void
section_order_sort(const struct section **sections, size_t count)
{
	if (count > 1)
		qsort(sections, count, sizeof(*sections), compare);
}
