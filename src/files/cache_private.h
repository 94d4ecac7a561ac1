/* SPDX-License-Identifier: BSD-2-Clause */
/* What the cache's table and the making of its entries share. */
#ifndef DROVER_FILES_CACHE_PRIVATE_H
#define DROVER_FILES_CACHE_PRIVATE_H

#include "base/list.h"
#include "files/cache.h"

struct entry {
	struct cached_file file;
	struct cache *cache;		/* NULL: it is not kept */
	struct entry *next;		/* of the same bucket */
	struct list_node unused;	/* while it is kept and nobody uses it */
	unsigned users;

	uint64_t hash;			/* of path */
	struct span path;
	size_t root_len;		/* what of path is the root's */
	/* Under what it was found; NULL: no link is on the way, so it would be
	 * found under any. */
	const struct link_policy *policy;
	unsigned etag_parts;
	enum coding coding;
	bool beside;

	struct stat stat;		/* what it was when it was opened */
	int64_t checked_ms;		/* when a stat found it unchanged */
	int64_t resolved_ms;		/* when its path was looked up */
	int64_t unused_ms;		/* when its last user left */
	size_t bytes;			/* all that it occupies */
	bool lasting;			/* may be kept */
};

/* entry.c: opens and reads; one user, not kept, no hash.  NULL with errno. */
struct entry *entry_create(struct root_set *, const struct file_key *);
void entry_destroy(struct entry *);
/* Whether the path still leads to what the entry has; asks the machine. */
bool entry_is_current(struct entry *, struct root_set *, bool resolve);
/* siblings.c: notes those of a file, if it was asked for with them. */
void entry_look_beside(
    struct entry *, struct root_set *, const struct link_policy *);

#endif
