/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of directives in one place of the configuration - the server, a
 * host, a section - with the knowledge which of them were set there, and how
 * they inherit.  Generic: works by rows alone.
 */
#ifndef DROVER_CONF_SCOPE_H
#define DROVER_CONF_SCOPE_H

#include <stdbool.h>

#include "base/arena.h"
#include "conf/conf.h"

/*
 * What a schema says about rows, counted out once.  Rows that fill the same
 * field share a slot, the number of the first of them.
 */
struct layout {
	const struct conf_schema *schema;
	struct layout_section {
		unsigned row_count;
		const unsigned *slots;	/* of each row */
	} sections[64];
};

/* The values of one conf_section in one scope. */
struct scope_part {
	void *values;			/* its struct */
	bool *set;			/* by slot: set in this scope */
	struct conf_place *places;	/* by row; file NULL: not set */
};

struct scope {
	const struct layout *layout;
	struct scope_part **parts;	/* by section id; NULL: nothing set */
};

/* All return NULL without memory. */
const struct layout *layout_create(const struct conf_schema *,
    struct arena *);
struct scope *scope_create(const struct layout *, struct arena *);
/* The part, made empty at its first use. */
struct scope_part *scope_part(struct scope *, unsigned section,
    struct arena *);
/* The field of a row, marked as set. */
void *scope_field(struct scope_part *, const struct layout_section *,
    const struct directive *rows, unsigned row);

/*
 * What holds in inner, which stands inside outer; outer has all parts, and so
 * has the result.  What inner does not touch is shared with outer, but for
 * parts that a finish function will write to if copy is true.
 */
struct scope *scope_merge(const struct scope *outer, const struct scope *inner,
    bool copy, struct arena *);
/*
 * The same for sections, one behind the other, without copies.  What they touch
 * takes memory in proportion to what they say.
 */
struct scope *scope_merge_sections(const struct scope *outer,
    const struct section *const *sections, size_t count, struct arena *);
/* The view of a merged scope. */
struct settings *scope_settings(const struct scope *, struct arena *);

#endif
