/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sections of a host match a request.  Plain paths are found by name,
 * so the number of sections costs nothing; those with wildcards or regular
 * expressions are tried one by one, where the path begins as they do.
 */
#ifndef DROVER_CONF_SECTION_INDEX_H
#define DROVER_CONF_SECTION_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "conf/conf.h"
#include "conf/lookup.h"

struct section_index;
struct section_link;

/*
 * The sections that match.  The room is the caller's, for all that there are;
 * the same set is always found in the same order, which is not that of merging.
 */
struct section_set {
	const struct section_link **links;
	size_t count;
};

/* Room of the caller, kept between calls. */
struct section_scratch {
	char *text;
	size_t size;
	const struct section *gave_up;	/* of the latest call, or NULL */
};

/* The index over sections of the main server, or of a host, in merge order;
 * NULL without memory. */
struct section_index *section_index_create(
    const struct section *const *sections, size_t count, struct arena *);
/* What is not the arena's. */
void section_index_release(struct section_index *);

/*
 * What matches of the main server's sections and of the host's, whose index is
 * NULL if it has none.  False without memory, or if a regular expression gave
 * up.
 */
bool section_index_match(const struct section_index *main,
    const struct section_index *host, const struct lookup_subject *,
    struct section_scratch *, struct section_set *);
const struct section *section_of(const struct section_link *);

#endif
