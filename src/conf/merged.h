/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What sets of sections come to, merged once and remembered under the host and
 * the set as long as there is room.  Whoever asks for new sets only makes those
 * go that nobody asks for: a set that was asked for since the last time stays
 * for another round.
 */
#ifndef DROVER_CONF_MERGED_H
#define DROVER_CONF_MERGED_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/table.h"
#include "conf/conf.h"

/* One set.  It lives until its last user has dropped it; the store, as long as
 * it remembers it, is one of them. */
struct merged {
	const struct settings *settings;
	bool captures;			/* some of them has named groups */
	unsigned users;
	/* Private to the store. */
	struct list_node node;
	struct span key;
	size_t bytes;
	bool asked;			/* since it came to the end of the
					 * list */
	struct arena arena;
};

struct merged_store {
	struct table table;		/* key -> struct merged */
	struct list list;		/* first: the next to be forgotten */
	size_t bytes, max;
	unsigned long merges;		/* how many were needed: for tests */
};

/* max bytes, and one set more, are what it remembers. */
void merged_store_init(struct merged_store *, size_t max);
void merged_store_release(struct merged_store *);

/* By a key that says the host and its sections; NULL: it is not there. */
struct merged *merged_find(struct merged_store *, struct span key);
/* What is not there yet: outer with the sections merged into it, in their
 * order.  NULL without memory. */
struct merged *merged_add(struct merged_store *, struct span key,
    const struct scope *outer, const struct section *const *sections,
    size_t count);

void merged_hold(struct merged *);
void merged_drop(struct merged *);

#endif
