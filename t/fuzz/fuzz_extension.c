/* SPDX-License-Identifier: BSD-2-Clause */
/* A path, and extensions to know: found in the order of the name, as one who
 * goes through all of them finds them. */
#include "config.h"

#include "fuzz.h"
#include "http/extension.h"

enum {
	KNOWN_MAX = 100
};

static struct {
	struct span text;
	const void *value;
} known[KNOWN_MAX];
static size_t count;

static const void *
find(struct span text)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal_nocase(known[i].text, text))
			return known[i].value;
	return NULL;
}

static void
add(struct extension_map *map, struct arena *arena, struct span text)
{
	struct extension e = extension_of(text);
	const void *before = find(text);

	if (text.len == 0 || e.text.len < text.len || count == KNOWN_MAX)
		return;
	known[count].text = text;
	known[count].value = extension_put(map, arena, &e, 1);
	CHECK(known[count].value != NULL);
	CHECK(before == NULL || before == known[count].value);
	count++;
}

/* Each part between dots but the name itself. */
static void
check(const struct extension_map *map, struct span path)
{
	struct span list = extension_list(path), name = path, part;
	struct extension e;

	while (span_find(name, '/') < name.len)
		span_cut(&name, '/');
	while (name.len > 0 && *name.ptr == '.')
		name = span_skip(name, 1);
	CHECK(span_equal(name, extension_name(path)));
	span_cut(&name, '.');
	while (name.len > 0) {
		part = span_cut(&name, '.');
		if (part.len == 0)
			continue;
		CHECK(extension_next(&list, &e) && span_equal(e.text, part));
		/* One that names none is passed over. */
		CHECK(map->entries == NULL ||
		      extension_find(map, &e) == find(part));
	}
	CHECK(!extension_next(&list, &e));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size };
	struct span path = span_cut(&rest, '\n');
	struct extension_map map = { 0 };
	struct arena arena;

	arena_init(&arena, NULL, 0, 0);
	count = 0;
	while (rest.len > 0)
		add(&map, &arena, span_cut(&rest, '\n'));
	check(&map, path);
	arena_release(&arena);
	return 0;
}
