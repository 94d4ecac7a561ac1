/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of fields, and the list of a response's fields.  The look-up of a name
 * is on the way of every field of every request: a small hash of its length
 * and two letters leads to the only name that it could be.
 */
#include "config.h"

#include <stdbool.h>

#include "http/field.h"

static const struct span names[FIELD_COUNT] = {
#define X(id, text) [FIELD_##id] = SPAN(text),
	FIELD_NAMES(X)
#undef X
};

enum {
	SLOTS = 256
}; /* power of two, well above FIELD_COUNT */

/* Ids by the hash of their name, the next free slot on collision. */
static unsigned char slots[SLOTS];

/* Without collisions for the names as they are.  name is not empty. */
static unsigned
hash(struct span name)
{
	unsigned first = (unsigned char)name.ptr[0] | 0x20;
	unsigned last = (unsigned char)name.ptr[name.len - 1] | 0x20;

	return ((unsigned)name.len + first * 3 + last * 30) % SLOTS;
}

static void
fill_slots(void)
{
	for (unsigned id = FIELD_OTHER + 1; id < FIELD_COUNT; id++) {
		unsigned slot = hash(names[id]);

		while (slots[slot] != FIELD_OTHER)
			slot = (slot + 1) % SLOTS;
		slots[slot] = (unsigned char)id;
	}
}

enum field_id
field_find(struct span name)
{
	static bool filled;
	unsigned slot;

	if (!filled) {
		fill_slots();
		filled = true;
	}
	if (name.len == 0)
		return FIELD_OTHER;
	for (slot = hash(name); slots[slot] != FIELD_OTHER;
	     slot = (slot + 1) % SLOTS)
		if (span_equal_nocase(names[slots[slot]], name))
			return (enum field_id)slots[slot];
	return FIELD_OTHER;
}

struct span
field_name(enum field_id id)
{
	return id == FIELD_OTHER ? (struct span)SPAN("") : names[id];
}

/* Room for one field more; 0, or -1 without memory. */
static int
grow(struct field_list *list, struct arena *arena)
{
	size_t room = list->room == 0 ? 16 : list->room * 2;
	struct field *fields;

	if (list->count < list->room)
		return 0;
	fields = arena_calloc(arena, room, sizeof(*fields));
	if (fields == NULL)
		return -1;
	if (list->count > 0)
		memcpy(fields, list->fields, list->count * sizeof(*fields));
	list->fields = fields;
	list->room = room;
	return 0;
}

static int
append(struct field_list *list, struct arena *arena, struct field field)
{
	if (grow(list, arena) != 0)
		return -1;
	list->fields[list->count++] = field;
	return 0;
}

int
field_add(struct field_list *list, struct arena *arena, enum field_id id,
    struct span value)
{
	return append(list, arena, (struct field){ field_name(id), value, id });
}

int
field_add_named(struct field_list *list, struct arena *arena, struct span name,
    struct span value)
{
	return append(
	    list, arena, (struct field){ name, value, field_find(name) });
}

int
field_set(struct field_list *list, struct arena *arena, enum field_id id,
    struct span value)
{
	if (grow(list, arena) != 0) /* or the old one would be lost */
		return -1;
	field_remove(list, id);
	return field_add(list, arena, id, value);
}

void
field_remove(struct field_list *list, enum field_id id)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->fields[i].id != id)
			list->fields[kept++] = list->fields[i];
	list->count = kept;
}

const struct field *
field_get(const struct field_list *list, enum field_id id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->fields[i].id == id)
			return &list->fields[i];
	return NULL;
}
