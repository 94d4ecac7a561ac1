/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The extensions of a file's name, and what directives say of them.  All that
 * stands between the dots of the last segment of a path counts, in any case
 * and wherever it stands: "a.php.txt" has "php" and "txt".
 */
#ifndef DROVER_HTTP_EXTENSION_H
#define DROVER_HTTP_EXTENSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

struct directive_use;
struct extension_entry;

/*
 * What the extensions that one scope names have there, and behind it what
 * those outside of it say.  Begins as zero; a field of settings is one, with
 * extension_merge.
 */
struct extension_map {
	struct extension_entry *entries;	/* NULL: it names none */
	size_t size, count;
	const struct extension_map *outer;	/* has entries, or is NULL */
};

/* The last segment of the path, without the dots in front of it, which hide a
 * file and do not count. */
struct span extension_name(struct span path);
/* What of that is behind its first dot.  Empty: it has no extensions. */
struct span extension_list(struct span path);
/* Takes the next one from the left off the list; false: there is none. */
bool extension_next(struct span *list, struct span *extension_r);

/* Of any case of it (FNV-1a). */
static inline uint32_t
extension_hash(struct span extension)
{
	uint32_t hash = 2166136261;

	for (size_t i = 0; i < extension.len; i++)
		hash = (hash ^ span_fold(extension.ptr[i])) * 16777619;
	return hash;
}

/* What this map alone has; hash is the extension's. */
const void *extension_find(const struct extension_map *, struct span extension,
    uint32_t hash);
/* The same for it to be changed, of that many bytes, zero at first; NULL
 * without memory. */
void *extension_put(struct extension_map *, struct arena *,
    struct span extension, size_t size);

/* The map to begin with: itself, or those outside if it names none; NULL:
 * nothing is said of any extension. */
static inline const struct extension_map *
extension_map_first(const struct extension_map *map)
{
	return map->entries != NULL ? map : map->outer;
}

/* For rows: merge, and an argument, whose dot may be left out; ptr NULL after
 * an error or without memory. */
int extension_merge(struct arena *, void *field, const void *outer);
struct span extension_argument(const struct directive_use *, int arg);

#endif
