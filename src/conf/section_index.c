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
 * A wildcard never stands for a "/".  A regular expression is matched with the
 * path of the file, its name, or the URI's path, in which "//" stays what it
 * is if MergeSlashes left it.
 */
#include "config.h"

#include <stdlib.h>

#include "base/regex.h"
#include "base/table.h"
#include "base/wildcard.h"
#include "conf/section_index.h"

/* Sections of one kind. */
struct kind_index {
	struct table plain;	       /* pattern -> the first's link */
	size_t longest;		       /* of the plain patterns */
	uint64_t lengths;	       /* bit n: one has n bytes; 63: or more */
	struct link *root;	       /* of "/", also in plain */
	struct link *wild, **wild_end; /* in merge order */
	struct link *regex, **regex_end;
};

/* A section in a list: of those of one pattern, or of those to be tried. */
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

/* One look-up. */
struct matching {
	const struct lookup_subject *subject;
	struct section_scratch *scratch;
	struct section_set *set;
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

static void
append(struct link ***end, struct link *l)
{
	**end = l;
	*end = &l->next;
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
	if (sections[i]->regex)
		append(&k->regex_end, l);
	else if (sections[i]->wildcard)
		append(&k->wild_end, l);
	else
		return add_plain(k, l);
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
		x->kinds[i].regex_end = &x->kinds[i].regex;
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
static bool
counts(const struct link *l, const struct section_set *set)
{
	return !l->section->parent || has_bit(set, l->parent_bit);
}

static void
take_all(const struct link *l, struct section_set *set)
{
	for (; l; l = l->next) {
		if (counts(l, set))
			set_bit(set, l->bit);
	}
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

/* The pattern is asked only about what begins as it does. */
static void
try_wild(const struct link *l, struct span text, struct section_set *set)
{
	const char *pattern = l->section->pattern;

	if (text.len >= l->literal && counts(l, set) &&
	    memcmp(pattern, text.ptr, l->literal) == 0 &&
	    wildcard_match(pattern + l->literal, span_skip(text, l->literal),
		WILDCARD_PATH))
		set_bit(set, l->bit);
}

static void
try_all_wild(const struct link *l, struct span text, struct section_set *set)
{
	for (; l; l = l->next)
		try_wild(l, text, set);
}

static void
capture(const struct section *section, struct span text,
    const struct lookup_subject *subject)
{
	for (size_t i = 0; subject->capture && i < section->group_count; i++) {
		const struct section_group *g = &section->groups[i];
		struct span value = regex_group(text, g->group);

		if (value.ptr)
			subject->capture(subject->data, g->variable, value);
	}
}

/* Where it cannot be told whether one matches, neither answer is safe: one
 * section opens, another one closes. */
static bool
try_regexes(const struct link *l, struct span text, const struct matching *m)
{
	struct span groups[REGEX_GROUPS];

	for (; l && !m->subject->no_regex; l = l->next) {
		if (!counts(l, m->set))
			continue;
		switch (regex_match(l->section->regex, text, groups)) {
		case REGEX_YES:
			set_bit(m->set, l->bit);
			capture(l->section, text, m->subject);
			break;
		case REGEX_NO:
			break;
		case REGEX_GAVE_UP:
			m->scratch->gave_up = l->section;
			return false;
		}
	}
	return true;
}

/* Each of the same, against the patterns of as many components. */
static void
match_wild_directories(
    const struct kind_index *k, struct span path, struct section_set *set)
{
	const struct link *l = k->wild;
	size_t components = 0;

	for (size_t i = 1; l && i <= path.len; i++) {
		if (i < path.len ? path.ptr[i] != '/' : path.ptr[i - 1] == '/')
			continue;
		components++;
		while (l && l->section->components < components)
			l = l->next;
		for (; l && l->section->components == components; l = l->next)
			try_wild(l, span_of(path.ptr, i), set);
	}
}

static bool
match_directories(const struct kind_index *k, const struct matching *m)
{
	struct span path = m->subject->file_path;

	if (k->lengths)
		match_plain_directories(k, path, m->set);
	if (k->wild)
		match_wild_directories(k, path, m->set);
	return try_regexes(k->regex, path, m);
}

static bool
match_files(const struct kind_index *k, const struct matching *m)
{
	struct span path = m->subject->file_path;
	struct span name = span_skip(path, span_find_last(path, '/') + 1);

	if (name.len == 0)
		return true;
	if (k->lengths)
		take_plain(k, name, m->set);
	try_all_wild(k->wild, name, m->set);
	return try_regexes(k->regex, name, m);
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

/* Several "/" in a row as one; false without memory. */
static bool
merge_slashes(struct section_scratch *scratch, struct span *path)
{
	if (path->len == 0 || !memmem(path->ptr, path->len, "//", 2))
		return true;
	if (path->len > scratch->size) {
		char *text = realloc(scratch->text, path->len * 2);

		if (!text)
			return false;
		scratch->text = text;
		scratch->size = path->len * 2;
	}
	path->len = span_merge_slashes(*path, scratch->text);
	path->ptr = scratch->text;
	return true;
}

static bool
match_locations(const struct kind_index *k, const struct matching *m)
{
	struct span path = m->subject->uri_path;

	if ((k->lengths || k->wild) && !merge_slashes(m->scratch, &path))
		return false;
	if (k->lengths)
		match_plain_locations(k, path, m->set);
	try_all_wild(k->wild, path, m->set);
	return try_regexes(k->regex, m->subject->uri_path, m);
}

bool
section_index_match(const struct section_index *x,
    const struct lookup_subject *subject, struct section_scratch *scratch,
    struct section_set *set)
{
	const struct matching m = { subject, scratch, set };

	memset(set->words, 0, set->count * sizeof(*set->words));
	scratch->gave_up = NULL;
	if (subject->file_path.len > 0 &&
	    (!match_directories(&x->kinds[SECTION_DIRECTORY], &m) ||
		!match_files(&x->kinds[SECTION_FILES], &m)))
		return false;
	return match_locations(&x->kinds[SECTION_LOCATION], &m);
}
