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
/* Its hash is of any case (FNV-1a). */
struct extension {
	struct span text;
	uint32_t hash;
};

/* What is in front of the first dot of text, or all of it. */
static inline struct extension
extension_of(struct span text)
{
	uint32_t hash = 2166136261;
	size_t n = 0;

	for (; n < text.len && text.ptr[n] != '.'; n++)
		hash = (hash ^ span_fold(text.ptr[n])) * 16777619;
	return (struct extension){ span_of(text.ptr, n), hash };
}

/* Takes the next one from the left off the list; false: there is none. */
static inline bool
extension_next(struct span *list, struct extension *extension_r)
{
	while (list->len > 0) {
		*extension_r = extension_of(*list);
		*list = span_skip(*list, extension_r->text.len + 1);
		if (extension_r->text.len > 0)
			return true;
	}
	return false;
}

/* What this map alone has. */
const void *extension_find(
    const struct extension_map *, const struct extension *);
/* The same to be changed, of that many bytes, zero at first; NULL without
 * memory. */
void *extension_put(struct extension_map *, struct arena *,
    const struct extension *, size_t size);

/* The map to begin with: itself, or those outside if it names none; NULL:
 * nothing is said of any extension. */
static inline const struct extension_map *
extension_map_first(const struct extension_map *map)
{
	return map->entries != NULL ? map : map->outer;
}

/* For rows: merge, and what the map has for an argument, whose dot may be left
 * out; NULL after an error or without memory. */
int extension_merge(struct arena *, void *field, const void *outer);
void *extension_argument(const struct directive_use *, int arg,
    struct extension_map *, size_t size);

/* What begins that which a scope says of an extension by an Add... and takes
 * back by a Remove..., which holds in the scope whatever the order. */
struct extension_said {
	bool removed;
};

/* All of size bytes for each extension among the arguments from first on; -1
 * after an error or without memory. */
int extension_add(const struct directive_use *, int first,
    struct extension_map *, const struct extension_said *, size_t size);
/* For all arguments. */
int extension_remove(
    const struct directive_use *, struct extension_map *, size_t size);

#endif
