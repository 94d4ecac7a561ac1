/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scopes, and merging them: one loop over the rows.  Used at load for hosts
 * and in workers for the sections that match a request.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "conf/scope.h"

static unsigned
count_rows(const struct directive *rows)
{
	unsigned n = 0;

	while (rows[n].name)
		n++;
	return n;
}

static const unsigned *
make_slots(const struct directive *rows, unsigned count, struct arena *arena)
{
	unsigned *slots = arena_calloc(arena, count + 1, sizeof(*slots));

	for (unsigned i = 0; slots && i < count; i++) {
		while (rows[slots[i]].offset != rows[i].offset)
			slots[i]++;
	}
	return slots;
}

const struct layout *
layout_create(const struct conf_schema *schema, struct arena *arena)
{
	struct layout *l = arena_calloc(arena, 1, sizeof(*l));

	if (!l)
		return NULL;
	l->schema = schema;
	for (unsigned i = 0; i < schema->count; i++) {
		const struct directive *rows = schema->sections[i]->rows;
		struct layout_section *s = &l->sections[i];

		s->row_count = count_rows(rows);
		s->slots = make_slots(rows, s->row_count, arena);
		if (!s->slots)
			return NULL;
	}
	return l;
}

struct scope *
scope_create(const struct layout *layout, struct arena *arena)
{
	struct scope *s = arena_alloc(arena, sizeof(*s));

	if (!s)
		return NULL;
	s->layout = layout;
	s->parts = arena_calloc(
	    arena, layout->schema->count + 1, sizeof(struct scope_part *));
	return s->parts ? s : NULL;
}

struct scope_part *
scope_part(struct scope *s, unsigned section, struct arena *arena)
{
	size_t rows = s->layout->sections[section].row_count + 1;
	struct scope_part *p = s->parts[section];

	if (p)
		return p;
	p = arena_alloc(arena, sizeof(*p));
	if (!p)
		return NULL;
	p->values = arena_calloc(
	    arena, 1, s->layout->schema->sections[section]->size + 1);
	p->set = arena_calloc(arena, rows, sizeof(bool));
	p->places = arena_calloc(arena, rows, sizeof(struct conf_place));
	if (!p->values || !p->set || !p->places)
		return NULL;
	s->parts[section] = p;
	return p;
}

static void *
field(const struct scope_part *p, const struct directive *row)
{
	return (char *)p->values + row->offset;
}

void *
scope_field(struct scope_part *p, const struct layout_section *layout,
    const struct directive *rows, unsigned row)
{
	p->set[layout->slots[row]] = true;
	return field(p, &rows[row]);
}

/* Takes over what inner set; to begins as a copy of outer. */
static int
merge_values(const struct scope_part *outer, const struct scope_part *inner,
    const struct layout_section *layout, const struct directive *rows,
    struct scope_part *to, struct arena *arena)
{
	for (unsigned i = 0; i < layout->row_count; i++) {
		unsigned slot = layout->slots[i];

		if (!inner->set[slot])
			continue;
		to->set[slot] = true;
		if (inner->places[i].file || !rows[i].merge)
			to->places[i] = inner->places[i];
		if (slot != i)
			continue;
		memcpy(
		    field(to, &rows[i]), field(inner, &rows[i]), rows[i].size);
		if (rows[i].merge && rows[i].merge(arena, field(to, &rows[i]),
					 field(outer, &rows[i])) == -1)
			return -1;
	}
	return 0;
}

static struct scope_part *
merge_part(const struct scope_part *outer, const struct scope_part *inner,
    const struct layout_section *layout, const struct conf_section *section,
    struct arena *arena)
{
	size_t rows = layout->row_count + 1;
	struct scope_part *p = arena_alloc(arena, sizeof(*p));

	if (!p)
		return NULL;
	*p = *outer;
	p->values = arena_alloc(arena, section->size + 1);
	if (!p->values)
		return NULL;
	memcpy(p->values, outer->values, section->size);
	if (!inner)
		return p;
	p->set = arena_alloc(arena, rows * sizeof(bool));
	p->places = arena_alloc(arena, rows * sizeof(struct conf_place));
	if (!p->set || !p->places)
		return NULL;
	memcpy(p->set, outer->set, rows * sizeof(bool));
	memcpy(p->places, outer->places, rows * sizeof(struct conf_place));
	return merge_values(outer, inner, layout, section->rows, p, arena) == 0
		   ? p
		   : NULL;
}

struct scope *
scope_merge(const struct scope *outer, const struct scope *inner, bool copy,
    struct arena *arena)
{
	const struct layout *layout = outer->layout;
	struct scope *s = scope_create(layout, arena);

	for (unsigned i = 0; s && i < layout->schema->count; i++) {
		const struct conf_section *section =
		    layout->schema->sections[i];

		s->parts[i] = outer->parts[i];
		if (inner->parts[i] || (copy && section->finish))
			s->parts[i] =
			    merge_part(outer->parts[i], inner->parts[i],
				&layout->sections[i], section, arena);
		if (!s->parts[i])
			return NULL;
	}
	return s;
}

/*
 * For a part that nobody else has seen.  Its values move: a row's merge may
 * keep what it is told of the outer ones.
 */
static int
merge_on(struct scope_part *p, const struct scope_part *inner,
    const struct layout_section *layout, const struct conf_section *section,
    struct arena *arena)
{
	struct scope_part outer = *p;

	p->values = arena_alloc(arena, section->size + 1);
	if (!p->values)
		return -1;
	memcpy(p->values, outer.values, section->size);
	return merge_values(&outer, inner, layout, section->rows, p, arena);
}

/* to begins as a copy of outer. */
static int
merge_section(struct scope *to, const struct scope *outer,
    const struct scope *inner, struct arena *arena)
{
	const struct layout *layout = outer->layout;

	for (unsigned i = 0; i < layout->schema->count; i++) {
		const struct conf_section *section =
		    layout->schema->sections[i];
		const struct layout_section *rows = &layout->sections[i];

		if (!inner->parts[i])
			continue;
		if (to->parts[i] == outer->parts[i])
			to->parts[i] = merge_part(outer->parts[i],
			    inner->parts[i], rows, section, arena);
		else if (merge_on(to->parts[i], inner->parts[i], rows, section,
			     arena) == -1)
			return -1;
		if (!to->parts[i])
			return -1;
	}
	return 0;
}

struct scope *
scope_merge_sections(const struct scope *outer,
    const struct section *const *sections, size_t count, struct arena *arena)
{
	struct scope *s = scope_create(outer->layout, arena);

	if (!s)
		return NULL;
	memcpy(s->parts, outer->parts,
	    outer->layout->schema->count * sizeof(struct scope_part *));
	for (size_t i = 0; i < count; i++) {
		if (merge_section(s, outer, sections[i]->scope, arena) == -1)
			return NULL;
	}
	return s;
}

struct settings *
scope_settings(const struct scope *scope, struct arena *arena)
{
	unsigned count = scope->layout->schema->count;
	struct settings *s = arena_alloc(arena, sizeof(*s));
	const void **values = arena_calloc(arena, count + 1, sizeof(*values));

	if (!s || !values)
		return NULL;
	for (unsigned i = 0; i < count; i++)
		values[i] = scope->parts[i]->values;
	*s = (struct settings){ .section = values, .scope = scope };
	return s;
}

const void *
section_values(
    const struct section *section, const struct conf_section *conf_section)
{
	const struct scope_part *p = section->scope->parts[*conf_section->id];

	return p ? p->values : NULL;
}

bool
settings_place(const struct settings *settings,
    const struct conf_section *section, const char *directive,
    struct conf_place *place_r)
{
	const struct scope_part *p = settings->scope->parts[*section->id];

	for (unsigned i = 0; section->rows[i].name; i++) {
		if (strcasecmp(section->rows[i].name, directive) == 0 &&
		    p->places[i].file) {
			*place_r = p->places[i];
			return true;
		}
	}
	return false;
}

const void *
section_get(const struct section *s, const struct conf_section *section)
{
	const struct scope_part *p = s->scope->parts[*section->id];

	return p ? p->values : NULL;
}

static bool
part_is_set(const struct scope *scope, const struct conf_section *section)
{
	const struct scope_part *p = scope->parts[*section->id];

	for (unsigned i = 0; p && section->rows[i].name; i++) {
		if (p->places[i].file)
			return true;
	}
	return false;
}

bool
conf_sets(const struct server_conf *conf, const struct conf_section *section)
{
	for (size_t i = 0; i < conf->host_count; i++) {
		const struct host *host = &conf->hosts[i];

		if (part_is_set(host->settings->scope, section))
			return true;
		for (size_t j = 0; j < host->section_count; j++) {
			if (part_is_set(host->sections[j]->scope, section))
				return true;
		}
	}
	return false;
}
