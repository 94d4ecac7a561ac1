/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In which order the sections of a host merge, decided once for each host.  It
 * is Apache's, as its answers show it: in one thing its manual says otherwise,
 * that regular expressions of directories were taken in the order of the file.
 */
#include "config.h"

#include <stdlib.h>

#include "conf/build.h"

/* The place of a <Directory> among others: shortest first, then as read. */
static int
compare_directories(const struct section *a, const struct section *b)
{
	if (a->components != b->components)
		return a->components < b->components ? -1 : 1;
	return 0;
}

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

/* Main server's before the host's: a section's host is known by its list. */
struct ordered {
	const struct section *section;
	bool of_host;
};

static int
compare_index(const struct section *a, const struct section *b)
{
	return (a->index > b->index) - (a->index < b->index);
}

static int
compare_sections(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;
	const struct section *parent_a = a->section->parent;
	const struct section *parent_b = b->section->parent;
	int order = rank(a->section) - rank(b->section);

	if (order == 0 && parent_a)
		order = rank(parent_a) - rank(parent_b);
	if (order == 0 && parent_a)
		order = compare_directories(parent_a, parent_b);
	else if (order == 0 && a->section->kind == SECTION_DIRECTORY)
		order = compare_directories(a->section, b->section);
	if (order == 0)
		order = a->of_host - b->of_host;
	if (order == 0 && parent_a)
		order = compare_index(parent_a, parent_b);
	return order != 0 ? order : compare_index(a->section, b->section);
}

static size_t
list_sections(const struct host_draft *h, bool of_host, struct ordered *to)
{
	size_t n = 0;

	for (const struct section_draft *d = h->sections; d; d = d->next)
		to[n++] = (struct ordered){ &d->section, of_host };
	return n;
}

int
build_order(struct conf_builder *b, struct host_draft *h)
{
	size_t max = b->main->section_count + h->section_count, n;
	const struct section **sections;
	struct ordered *all;

	/* Most hosts have none of their own: they share the main server's. */
	if (h != b->main && h->section_count == 0) {
		h->host.sections = b->main->host.sections;
		h->host.section_count = b->main->host.section_count;
		return 0;
	}
	all = calloc(max + 1, sizeof(*all));
	sections = arena_calloc(b->arena, max + 1, sizeof(*sections));
	if (!all || !sections) {
		free(all);
		return -1;
	}
	n = list_sections(b->main, false, all);
	if (h != b->main)
		n += list_sections(h, true, all + n);
	qsort(all, n, sizeof(*all), compare_sections);
	for (size_t i = 0; i < n; i++)
		sections[i] = all[i].section;
	free(all);
	h->host.sections = sections;
	h->host.section_count = n;
	return 0;
}
