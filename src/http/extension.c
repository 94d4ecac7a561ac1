/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Extensions of names.  A map is an open-addressed array, half empty or more.
 * Its keys are the administrator's, so the hash needs no secret: what a client
 * asks for can collide, but never lengthen a run.
 */
#include "config.h"

#include "http/extension.h"

#include <string.h>

#include "conf/directive.h"

struct extension_entry {
	struct extension extension; /* without text: free */
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

/* Where the extension is, or the free entry where it would be. */
static struct extension_entry *
place_of(const struct extension_map *map, const struct extension *extension)
{
	size_t mask = map->size - 1;
	size_t i = extension->hash & mask;

	for (; map->entries[i].extension.text.len > 0; i = (i + 1) & mask)
		if (map->entries[i].extension.hash == extension->hash &&
		    span_equal_nocase(
			map->entries[i].extension.text, extension->text))
			break;
	return &map->entries[i];
}

const void *
extension_find(
    const struct extension_map *map, const struct extension *extension)
{
	return place_of(map, extension)->value;
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

		if (e->extension.text.len > 0)
			*place_of(&larger, &e->extension) = *e;
	}
	*map = larger;
	return true;
}

void *
extension_put(struct extension_map *map, struct arena *arena,
    const struct extension *extension, size_t size)
{
	struct extension_entry *e;

	if (2 * (map->count + 1) > map->size && !grow(map, arena))
		return NULL;
	e = place_of(map, extension);
	if (e->value != NULL)
		return e->value;
	e->value = arena_calloc(arena, 1, size);
	if (e->value == NULL)
		return NULL;
	e->extension = *extension;
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

void *
extension_argument(const struct directive_use *use, int arg,
    struct extension_map *map, size_t size)
{
	struct span text = span_str(use->args[arg]);
	struct extension extension;

	if (span_starts(text, "."))
		text = span_skip(text, 1);
	if (text.len == 0) {
		directive_error(use, arg, "no file extension");
		return NULL;
	}
	extension = extension_of(text);
	if (extension.text.len < text.len || span_find(text, '/') < text.len)
		directive_warn(use, arg,
		    "never met: no extension has a dot or a slash in it");
	extension.text = text;
	return extension_put(map, use->arena, &extension, size);
}

int
extension_add(const struct directive_use *use, int first,
    struct extension_map *map, const struct extension_said *said, size_t size)
{
	for (int i = first; i < use->arg_count; i++) {
		struct extension_said *entry =
		    extension_argument(use, i, map, size);

		if (entry == NULL)
			return -1;
		if (!entry->removed)
			memcpy(entry, said, size);
	}
	return 0;
}

int
extension_remove(
    const struct directive_use *use, struct extension_map *map, size_t size)
{
	for (int i = 0; i < use->arg_count; i++) {
		struct extension_said *entry =
		    extension_argument(use, i, map, size);

		if (entry == NULL)
			return -1;
		memset(entry, 0, size);
		entry->removed = true;
	}
	return 0;
}
