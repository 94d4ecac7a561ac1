/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Matches paths against sections by Apache's rules:
 *
 *	Directory	the path of the file itself or a directory above it;
 *			with wildcards each of these, as a whole
 *	Files		the name of the file, inside of a <Directory> if that
 *			matches
 *	Location	the URI's path or a part of it that ends at a "/"; with
 *			wildcards the whole path; several "/" in a row are as
 *			good as one
 *
 * A wildcard never stands for a "/".
 */
#include "config.h"

#include <fnmatch.h>
#include <stdlib.h>

#include "base/table.h"
#include "conf/section_index.h"

/* Sections of one kind. */
struct kind_index {
	struct table plain;	       /* pattern -> the first's link */
	size_t longest;		       /* of the plain patterns */
	uint64_t lengths;	       /* bit n: one has n bytes; 63: or more */
	struct link *root;	       /* of "/", also in plain */
	struct link *wild, **wild_end; /* in merge order */
	bool any;
};

/* A section in a list of those of one pattern, or of those with wildcards. */
struct link {
	struct link *next;
	const struct section *section;
	size_t bit;
	size_t parent_bit; /* of a nested <Files> */
	size_t literal;	   /* bytes before the first wildcard */
};

struct section_index {
	struct kind_index kinds[3]; /* by enum section_kind */
};

static size_t
find_bit(const struct section *const *sections, const struct section *wanted)
{
	size_t i = 0;

	while (wanted && sections[i] != wanted)
		i++;
	return i;
}

static uint64_t
length_bit(size_t len)
{
	return (uint64_t)1 << (len < 63 ? len : 63);
}

static bool
add_plain(struct kind_index *k, struct link *l)
{
	struct span key = span_str(l->section->pattern);
	struct link *first = table_get(&k->plain, key);

	if (key.len > k->longest)
		k->longest = key.len;
	k->lengths |= length_bit(key.len);
	if (!first && key.len == 1 && *key.ptr == '/')
		k->root = l;
	if (!first)
		return table_put(&k->plain, key, l) == 0;
	l->next = first->next;
	first->next = l;
	return true;
}

static bool
add_section(struct section_index *x, const struct section *const *sections,
    size_t i, struct arena *arena)
{
	struct kind_index *k = &x->kinds[sections[i]->kind];
	struct link *l = arena_alloc(arena, sizeof(*l));

	if (!l)
		return false;
	*l = (struct link){
		.section = sections[i],
		.bit = i,
		.parent_bit = find_bit(sections, sections[i]->parent),
		.literal = strcspn(sections[i]->pattern, "*?[\\"),
	};
	k->any = true;
	if (!sections[i]->wildcard)
		return add_plain(k, l);
	*k->wild_end = l;
	k->wild_end = &l->next;
	return true;
}

struct section_index *
section_index_create(
    const struct section *const *sections, size_t count, struct arena *arena)
{
	struct section_index *x = arena_calloc(arena, 1, sizeof(*x));

	if (!x)
		return NULL;
	for (size_t i = 0; i < sizeof(x->kinds) / sizeof(*x->kinds); i++) {
		table_init(&x->kinds[i].plain, false);
		x->kinds[i].wild_end = &x->kinds[i].wild;
	}
	for (size_t i = 0; i < count; i++) {
		if (!add_section(x, sections, i, arena)) {
			section_index_release(x);
			return NULL;
		}
	}
	return x;
}

void
section_index_release(struct section_index *x)
{
	for (size_t i = 0; i < sizeof(x->kinds) / sizeof(*x->kinds); i++)
		table_release(&x->kinds[i].plain);
}

static void
set_bit(struct section_set *set, size_t bit)
{
	set->words[bit / 64] |= (uint64_t)1 << bit % 64;
}

static bool
has_bit(const struct section_set *set, size_t bit)
{
	return set->words[bit / 64] >> bit % 64 & 1;
}

/* A section counts unless it is nested in one that does not match. */
static void
take(const struct link *l, struct section_set *set)
{
	if (!l->section->parent || has_bit(set, l->parent_bit))
		set_bit(set, l->bit);
}

static void
take_all(const struct link *l, struct section_set *set)
{
	for (; l; l = l->next)
		take(l, set);
}

static void
take_plain(const struct kind_index *k, struct span key, struct section_set *set)
{
	if (k->lengths & length_bit(key.len))
		take_all(table_get(&k->plain, key), set);
}

/* "/", then all that ends before a "/" or at the end. */
static void
match_plain_directories(
    const struct kind_index *k, struct span path, struct section_set *set)
{
	take_all(k->root, set);
	for (size_t i = 1; i < path.len && i <= k->longest; i++) {
		if (path.ptr[i] == '/')
			take_plain(k, span_of(path.ptr, i), set);
	}
	if (path.len > 1 && path.ptr[path.len - 1] != '/')
		take_plain(k, path, set);
}

/* fnmatch, asked only about what begins as the pattern does. */
static bool
matches(const struct link *l, const char *text)
{
	return strncmp(l->section->pattern, text, l->literal) == 0 &&
	       fnmatch(l->section->pattern, text, FNM_PATHNAME) == 0;
}

/* The path in scratch, with a NUL. */
static char *
copy(struct section_scratch *scratch, struct span path)
{
	if (path.len >= scratch->size) {
		size_t size = path.len * 2 + 256;
		char *text = realloc(scratch->text, size);

		if (!text)
			return NULL;
		scratch->text = text;
		scratch->size = size;
	}
	if (path.len > 0) /* it may be there already */
		memmove(scratch->text, path.ptr, path.len);
	scratch->text[path.len] = '\0';
	return scratch->text;
}

/* Each of the same, against the patterns of as many components. */
static bool
match_wild_directories(const struct kind_index *k, struct span path,
    struct section_scratch *scratch, struct section_set *set)
{
	const struct link *l = k->wild;
	char *text = copy(scratch, path);
	size_t components = 0;

	if (!text)
		return false;
	for (size_t i = 1; l && i <= path.len; i++) {
		if (i < path.len ? text[i] != '/' : text[i - 1] == '/')
			continue;
		text[i] = '\0';
		components++;
		while (l && l->section->components < components)
			l = l->next;
		for (; l && l->section->components == components; l = l->next) {
			if (matches(l, text))
				take(l, set);
		}
		if (i < path.len)
			text[i] = '/';
	}
	return true;
}

/* The whole text against each pattern. */
static bool
match_wild(const struct kind_index *k, struct span whole,
    struct section_scratch *scratch, struct section_set *set)
{
	char *text = copy(scratch, whole);

	for (const struct link *l = k->wild; text && l; l = l->next) {
		if (matches(l, text))
			take(l, set);
	}
	return text != NULL;
}

/*
 * "/a" is for /a and /a/b, not for /ab; "/a/" is for /a/ and /a/b, not for
 * /a: so what is looked up ends before or behind a "/", or is the whole.
 */
static void
match_plain_locations(
    const struct kind_index *k, struct span path, struct section_set *set)
{
	for (size_t i = 0; i < path.len && i <= k->longest; i++) {
		if (path.ptr[i] != '/')
			continue;
		if (i == 0) {
			take_all(k->root, set);
			continue;
		}
		take_plain(k, span_of(path.ptr, i), set);
		take_plain(k, span_of(path.ptr, i + 1), set);
	}
	if (path.len > 0 && path.ptr[path.len - 1] != '/')
		take_plain(k, path, set);
}

static bool
match_locations(const struct kind_index *location, struct span path,
    struct section_scratch *scratch, struct section_set *set)
{
	if (path.len > 0 && memmem(path.ptr, path.len, "//", 2) != NULL) {
		if (copy(scratch, path) == NULL)
			return false;
		path.ptr = scratch->text;
		path.len = span_merge_slashes(path, scratch->text);
	}
	match_plain_locations(location, path, set);
	return location->wild == NULL ||
	       match_wild(location, path, scratch, set);
}

bool
section_index_match(const struct section_index *x, struct span uri_path,
    struct span file_path, struct section_scratch *scratch,
    struct section_set *set)
{
	const struct kind_index *directory = &x->kinds[SECTION_DIRECTORY];
	const struct kind_index *files = &x->kinds[SECTION_FILES];
	const struct kind_index *location = &x->kinds[SECTION_LOCATION];
	struct span name;
	bool ok = true;

	memset(set->words, 0, set->count * sizeof(*set->words));
	if (directory->any && file_path.len > 0)
		match_plain_directories(directory, file_path, set);
	if (directory->wild && file_path.len > 0)
		ok = match_wild_directories(directory, file_path, scratch, set);
	name = span_skip(file_path, span_find_last(file_path, '/') + 1);
	if (files->any && name.len > 0)
		take_plain(files, name, set);
	if (files->wild && name.len > 0)
		ok = ok && match_wild(files, name, scratch, set);
	if (location->any)
		ok = ok && match_locations(location, uri_path, scratch, set);
	return ok;
}
