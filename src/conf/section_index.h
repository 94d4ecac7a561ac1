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

/*
 * A set of the sections of one host: bit i of word i/64 is sections[i].  The
 * words are the caller's.
 */
struct section_set {
	uint64_t *words;
	size_t count;		/* of words */
};

/* Room of the caller, kept between calls. */
struct section_scratch {
	char *text;
	size_t size;
	const struct section *gave_up;	/* of the latest call, or NULL */
};

/* The index over sections in merge order; NULL without memory. */
struct section_index *section_index_create(
    const struct section *const *sections, size_t count, struct arena *);
/* What is not the arena's. */
void section_index_release(struct section_index *);

/*
 * Sets the bits of what matches; the set is cleared before.  False without
 * memory, or if a regular expression gave up.
 */
bool section_index_match(const struct section_index *,
    const struct lookup_subject *, struct section_scratch *,
    struct section_set *);

#endif
