/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extensions of names.  A map is an open-addressed array, half empty or more.
 * Its keys are the administrator's, so the hash needs no secret: what a client
 * asks for can collide, but never lengthen a run.
 */
#include "config.h"

#include "http/extension.h"

#include "conf/directive.h"

struct extension_entry {
	struct span extension; /* len 0: free */
	uint32_t hash;
	void *value;
};

struct span
extension_name(struct span path)
{
	size_t slash = span_find_last(path, '/');
	struct span name = slash < path.len ? span_skip(path, slash + 1) : path;

	while (name.len > 0 && name.ptr[0] == '.')
		name = span_skip(name, 1);
	return name;
}

struct span
extension_list(struct span path)
{
	struct span name = extension_name(path);

	return span_skip(name, span_find(name, '.') + 1);
}

bool
extension_next(struct span *list, struct span *extension_r)
{
	while (list->len > 0) {
		*extension_r = span_cut(list, '.');
		if (extension_r->len > 0)
			return true;
	}
	return false;
}

/* Where the extension is, or the free entry where it would be. */
static struct extension_entry *
place_of(const struct extension_map *map, struct span extension, uint32_t hash)
{
	size_t i = hash & (map->size - 1);

	for (; map->entries[i].extension.len > 0; i = (i + 1) & (map->size - 1))
		if (map->entries[i].hash == hash &&
		    span_equal_nocase(map->entries[i].extension, extension))
			break;
	return &map->entries[i];
}

const void *
extension_find(
    const struct extension_map *map, struct span extension, uint32_t hash)
{
	return place_of(map, extension, hash)->value;
}

/* False without memory. */
static bool
grow(struct extension_map *map, struct arena *arena)
{
	struct extension_map larger = {
		.size = map->size == 0 ? 16 : 2 * map->size,
		.count = map->count,
		.outer = map->outer,
	};

	larger.entries =
	    arena_calloc(arena, larger.size, sizeof(*larger.entries));
	if (larger.entries == NULL)
		return false;
	for (size_t i = 0; i < map->size; i++) {
		const struct extension_entry *e = &map->entries[i];

		if (e->extension.len > 0)
			*place_of(&larger, e->extension, e->hash) = *e;
	}
	*map = larger;
	return true;
}

void *
extension_put(struct extension_map *map, struct arena *arena,
    struct span extension, size_t size)
{
	uint32_t hash = extension_hash(extension);
	struct extension_entry *e;

	if (2 * (map->count + 1) > map->size && !grow(map, arena))
		return NULL;
	e = place_of(map, extension, hash);
	if (e->extension.len > 0)
		return e->value;
	e->value = arena_calloc(arena, 1, size);
	if (e->value == NULL)
		return NULL;
	e->extension = extension;
	e->hash = hash;
	map->count++;
	return e->value;
}

int
extension_merge(struct arena *arena, void *field, const void *outer)
{
	struct extension_map *map = field;

	(void)arena;
	map->outer = extension_map_first(outer);
	return 0;
}

struct span
extension_argument(const struct directive_use *use, int arg)
{
	struct span extension = span_str(use->args[arg]);

	if (span_starts(extension, "."))
		extension = span_skip(extension, 1);
	if (extension.len == 0) {
		directive_error(use, arg, "no file extension");
		return span_of(NULL, 0);
	}
	if (span_find(extension, '.') < extension.len ||
	    span_find(extension, '/') < extension.len)
		directive_warn(use, arg,
		    "never met: an extension has neither dots nor slashes in "
		    "it");
	return extension;
}
