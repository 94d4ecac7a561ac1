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

struct link_list {
	struct section_link *first, *last;
};

/* Sections of one kind. */
struct kind_index {
	struct table plain;	      /* pattern -> the first's link */
	size_t longest;		      /* of the plain patterns */
	uint64_t lengths;	      /* bit n: one has n bytes; 63: or more */
	struct section_link *root;    /* of "/", also in plain */
	struct link_list wild, regex; /* in merge order */
	bool any;
};

/* A section in a list: of those of one pattern, or of those to be tried. */
struct section_link {
	struct section_link *next;
	const struct section *section;
	size_t literal;		 /* bytes before the first wildcard */
	struct link_list nested; /* <Files> inside of it */
};

struct section_index {
	struct kind_index kinds[3]; /* by enum section_kind */
	bool nested;		    /* whether any stands in another */
};

/* One look-up. */
struct matching {
	const struct lookup_subject *subject;
	struct section_scratch *scratch;
	struct section_set *set;
};

static uint64_t
length_bit(size_t len)
{
	return (uint64_t)1 << (len < 63 ? len : 63);
}

static bool
add_plain(struct kind_index *k, struct section_link *l)
{
	struct span key = span_str(l->section->pattern);
	struct section_link *first = table_get(&k->plain, key);

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
append(struct link_list *list, struct section_link *l)
{
	if (list->last)
		list->last->next = l;
	else
		list->first = l;
	list->last = l;
}

static bool
add_section(struct section_index *x, struct section_link *l,
    struct section_link *parent)
{
	const struct section *section = l->section;
	struct kind_index *k = &x->kinds[section->kind];

	x->nested = x->nested || parent != NULL;
	k->any = k->any || parent == NULL;
	if (parent)
		append(&parent->nested, l);
	else if (section->regex)
		append(&k->regex, l);
	else if (section->wildcard)
		append(&k->wild, l);
	else
		return add_plain(k, l);
	return true;
}

/* A parent comes before what stands in it, and few have such. */
static struct section_link *
find_parent(struct section_link *links, const struct section *section)
{
	while (links->section != section->parent)
		links++;
	return links;
}

struct section_index *
section_index_create(
    const struct section *const *sections, size_t count, struct arena *arena)
{
	struct section_index *x = arena_calloc(arena, 1, sizeof(*x));
	struct section_link *links =
	    arena_calloc(arena, count + 1, sizeof(*links));

	if (!x || !links)
		return NULL;
	for (size_t i = 0; i < sizeof(x->kinds) / sizeof(*x->kinds); i++)
		table_init_trusted(&x->kinds[i].plain, false);
	for (size_t i = 0; i < count; i++) {
		links[i].section = sections[i];
		links[i].literal = strcspn(sections[i]->pattern, "*?[\\");
		if (!add_section(x, &links[i],
			sections[i]->parent ? find_parent(links, sections[i])
					    : NULL)) {
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

const struct section *
section_of(const struct section_link *l)
{
	return l->section;
}

static void
take(const struct section_link *l, struct section_set *set)
{
	set->links[set->count++] = l;
}

static void
take_all(const struct section_link *l, struct section_set *set)
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
	size_t max = path.len < k->longest + 1 ? path.len : k->longest + 1;
	const char *slash = path.ptr;

	take_all(k->root, set);
	while (slash < path.ptr + max - 1 &&
	       (slash = memchr(slash + 1, '/',
		    (size_t)(path.ptr + max - slash - 1))) != NULL)
		take_plain(
		    k, span_of(path.ptr, (size_t)(slash - path.ptr)), set);
	if (path.len > 1 && path.ptr[path.len - 1] != '/')
		take_plain(k, path, set);
}

/* The pattern is asked only about what begins as it does. */
static void
try_wild(
    const struct section_link *l, struct span text, struct section_set *set)
{
	const char *pattern = l->section->pattern;

	if (text.len >= l->literal &&
	    memcmp(pattern, text.ptr, l->literal) == 0 &&
	    wildcard_match(pattern + l->literal, span_skip(text, l->literal),
		WILDCARD_PATH))
		take(l, set);
}

static void
try_all_wild(
    const struct section_link *l, struct span text, struct section_set *set)
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
try_regex(
    const struct section_link *l, struct span text, const struct matching *m)
{
	struct span groups[REGEX_GROUPS];

	if (m->subject->no_regex)
		return true;
	switch (regex_match(l->section->regex, text, groups)) {
	case REGEX_YES:
		take(l, m->set);
		capture(l->section, text, m->subject);
		return true;
	case REGEX_NO:
		return true;
	case REGEX_GAVE_UP:
		break;
	}
	m->scratch->gave_up = l->section;
	return false;
}

static bool
try_regexes(
    const struct section_link *l, struct span text, const struct matching *m)
{
	while (l && try_regex(l, text, m))
		l = l->next;
	return l == NULL;
}

/* Each of the same, against the patterns of as many components. */
static void
match_wild_directories(
    const struct kind_index *k, struct span path, struct section_set *set)
{
	const struct section_link *l = k->wild.first;
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

	if (path.len == 0)
		return true;
	if (k->lengths)
		match_plain_directories(k, path, m->set);
	if (k->wild.first)
		match_wild_directories(k, path, m->set);
	return try_regexes(k->regex.first, path, m);
}

/* False: <Files> has no say.  As in Apache a directory has an empty name there,
 * which "*" is for, too, unless it is asked for without its "/". */
static bool
has_file_name(const struct matching *m)
{
	struct span path = m->subject->file_path;

	return path.len > 0 &&
	       !(m->subject->no_regex && path.ptr[path.len - 1] == '/');
}

/* Empty for a directory that is asked for as one. */
static struct span
file_name(const struct matching *m)
{
	struct span path = m->subject->file_path;

	if (m->subject->slash_added && path.len > 0)
		path.len--;
	return span_skip(path, span_find_last(path, '/') + 1);
}

static bool
match_files(const struct kind_index *k, const struct matching *m)
{
	struct span name = file_name(m);

	if (!has_file_name(m))
		return true;
	if (k->lengths)
		take_plain(k, name, m->set);
	try_all_wild(k->wild.first, name, m->set);
	return try_regexes(k->regex.first, name, m);
}

/* Those inside of what matches already. */
static bool
match_nested(const struct matching *m)
{
	struct span name = file_name(m);
	size_t outer = m->set->count;

	for (size_t i = 0; has_file_name(m) && i < outer; i++) {
		const struct section_link *l = m->set->links[i]->nested.first;

		for (; l; l = l->next) {
			if (l->section->regex) {
				if (!try_regex(l, name, m))
					return false;
			} else if (l->section->wildcard) {
				try_wild(l, name, m->set);
			} else if (span_is(name, l->section->pattern)) {
				take(l, m->set);
			}
		}
	}
	return true;
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

	if ((k->lengths || k->wild.first) && !merge_slashes(m->scratch, &path))
		return false;
	if (k->lengths)
		match_plain_locations(k, path, m->set);
	try_all_wild(k->wild.first, path, m->set);
	return try_regexes(k->regex.first, m->subject->uri_path, m);
}

static bool
match_kind(
    const struct section_index *x, enum section_kind kind, struct matching *m)
{
	const struct kind_index *k = &x->kinds[kind];

	if (!k->any)
		return true;
	switch (kind) {
	case SECTION_DIRECTORY:
		return match_directories(k, m);
	case SECTION_FILES:
		return match_files(k, m);
	case SECTION_LOCATION:
		break;
	}
	return match_locations(k, m);
}

bool
section_index_match(const struct section_index *main,
    const struct section_index *host, const struct lookup_subject *subject,
    struct section_scratch *scratch, struct section_set *set)
{
	struct matching m = { subject, scratch, set };
	const struct section_index *all[] = { main, host };
	size_t count = host ? 2 : 1;

	set->count = 0;
	scratch->gave_up = NULL;
	for (int kind = SECTION_DIRECTORY; kind <= SECTION_LOCATION; kind++) {
		for (size_t i = 0; i < count; i++) {
			if (!match_kind(all[i], (enum section_kind)kind, &m))
				return false;
		}
		if (kind == SECTION_FILES &&
		    (main->nested || (host && host->nested)) &&
		    !match_nested(&m))
			return false;
	}
	return true;
}
