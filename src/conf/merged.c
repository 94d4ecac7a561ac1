/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sets that are remembered stand in a list.  When there are too many the
 * first one goes, unless it was asked for: then it is moved to the end, and
 * has to be asked for again until it is the first one once more.
 */
#include "config.h"

#include <stdalign.h>
#include <stdlib.h>

#include "conf/merged.h"
#include "conf/scope.h"

/* Most sets take no more: some parts, and where each of their settings was
 * made. */
#define STORAGE_SIZE 2048

struct merged_storage {
	struct merged merged;
	alignas(max_align_t) char first[STORAGE_SIZE];
};

void
merged_store_init(struct merged_store *s, size_t max)
{
	*s = (struct merged_store){ .max = max };
	table_init(&s->table, false);
	list_init(&s->list);
}

void
merged_hold(struct merged *m)
{
	m->users++;
}

void
merged_drop(struct merged *m)
{
	if (--m->users > 0)
		return;
	arena_release(&m->arena);
	free(m);
}

static void
forget(struct merged_store *s, struct merged *m)
{
	list_remove(&m->node);
	table_remove(&s->table, m->key);
	s->bytes -= m->bytes;
	merged_drop(m);
}

void
merged_store_release(struct merged_store *s)
{
	while (!list_empty(&s->list))
		forget(s,
		    LIST_ENTRY(list_first(&s->list), struct merged, node));
	table_release(&s->table);
}

struct merged *
merged_find(struct merged_store *s, struct span key)
{
	struct merged *m = table_get(&s->table, key);

	if (m)
		m->asked = true;
	return m;
}

static struct merged *
merge(struct span key, const struct scope *outer,
    const struct section *const *sections, size_t count)
{
	struct merged_storage *storage = malloc(sizeof(*storage));
	struct merged *m = &storage->merged;
	const struct scope *scope;

	if (!storage)
		return NULL;
	*m = (struct merged){ .users = 1 };
	arena_init(&m->arena, storage->first, sizeof(storage->first), 0);
	m->key = arena_span(&m->arena, key);
	scope = scope_merge_sections(outer, sections, count, &m->arena);
	if (scope)
		m->settings = scope_settings(scope, &m->arena);
	for (size_t i = 0; i < count; i++)
		m->captures = m->captures || sections[i]->group_count > 0;
	m->bytes = sizeof(*storage) + m->arena.used;
	if (m->settings && m->key.ptr)
		return m;
	merged_drop(m);
	return NULL;
}

/* Each is passed over once at most: then it is no longer asked for. */
static void
make_room(struct merged_store *s, size_t bytes)
{
	while (s->bytes + bytes > s->max && !list_empty(&s->list)) {
		struct merged *m =
		    LIST_ENTRY(list_first(&s->list), struct merged, node);

		if (!m->asked) {
			forget(s, m);
			continue;
		}
		m->asked = false;
		list_remove(&m->node);
		list_append(&s->list, &m->node);
	}
}

struct merged *
merged_add(struct merged_store *s, struct span key, const struct scope *outer,
    const struct section *const *sections, size_t count)
{
	struct merged *m = merge(key, outer, sections, count);

	if (!m)
		return NULL;
	s->merges++;
	make_room(s, m->bytes);
	if (table_put(&s->table, m->key, m) == -1) {
		merged_drop(m);
		return NULL;
	}
	list_append(&s->list, &m->node);
	s->bytes += m->bytes;
	return m;
}
