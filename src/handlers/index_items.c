/* SPDX-License-Identifier: BSD-2-Clause */
/* Icons, their texts and descriptions by names and types: see index_items.h. */
#include "config.h"

#include "handlers/index_items.h"

#include <string.h>

#include "base/wildcard.h"
#include "conf/directive.h"
#include "http/mime.h"

/* ---- rows ---- */

/* -1 without memory. */
static int
append(struct arena *arena, struct index_list *list,
    const struct index_item *more, size_t count)
{
	void *all;

	if (count == 0)
		return 0;
	all = arena_append(
	    arena, list->items, list->count, more, count, sizeof(*more));
	if (all == NULL)
		return -1;
	*list = (struct index_list){ all, list->count + count };
	return 0;
}

static bool
is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* What is no pattern is what names end with. */
static const char *
path_pattern(struct arena *arena, const char *name)
{
	return is_pattern(name) ? name : arena_printf(arena, "*%s", name);
}

static int
add_item(const struct directive_use *use, struct index_list *list,
    enum index_item_kind kind, const char *name, const char *text)
{
	struct index_item item = { kind, name, text };

	if (kind == INDEX_BY_PATH) {
		if (strcmp(name, "^^DIRECTORY^^") == 0)
			item.kind = INDEX_BY_DIRECTORY;
		else if (strcmp(name, "^^BLANKICON^^") == 0)
			item.kind = INDEX_BY_BLANK;
		else if (strcmp(name, "..") == 0)
			item.kind = INDEX_BY_PARENT;
		else
			item.pattern = path_pattern(use->arena, name);
		if (item.pattern == NULL)
			return -1;
	}
	return append(use->arena, list, &item, 1);
}

static int
add_items(const struct directive_use *use, struct index_list *list,
    enum index_item_kind kind, const char *text)
{
	for (int i = 1; i < use->arg_count; i++)
		if (add_item(use, list, kind, use->args[i], text) != 0)
			return -1;
	return 0;
}

/* "/icons/text.gif", or "(TXT,/icons/text.gif)" with the text for it. */
static int
parse_icon(
    const struct directive_use *use, void *field, enum index_item_kind kind)
{
	struct index_icons *icons = field;
	const char *text = use->args[0];
	size_t len = strlen(text), comma;
	char *alt, *icon;

	if (*text != '(')
		return add_items(use, &icons->icons, kind, text);
	comma = strcspn(text, ",");
	if (text[len - 1] != ')' || comma == 1 || comma + 2 >= len)
		return directive_error(
		    use, 0, "an icon with its text is written (text,URL)");
	alt = arena_strndup(use->arena, text + 1, comma - 1);
	icon = arena_strndup(use->arena, text + comma + 1, len - comma - 2);
	if (alt == NULL || icon == NULL ||
	    add_items(use, &icons->alts, kind, alt) != 0)
		return -1;
	return add_items(use, &icons->icons, kind, icon);
}

int
index_icon_parse(const struct directive_use *use, void *field)
{
	return parse_icon(use, field, INDEX_BY_PATH);
}

int
index_icon_by_type_parse(const struct directive_use *use, void *field)
{
	return parse_icon(use, field, INDEX_BY_TYPE);
}

int
index_icon_by_encoding_parse(const struct directive_use *use, void *field)
{
	return parse_icon(use, field, INDEX_BY_ENCODING);
}

static int
parse_alt(
    const struct directive_use *use, void *field, enum index_item_kind kind)
{
	struct index_icons *icons = field;

	return add_items(use, &icons->alts, kind, use->args[0]);
}

int
index_alt_parse(const struct directive_use *use, void *field)
{
	return parse_alt(use, field, INDEX_BY_PATH);
}

int
index_alt_by_type_parse(const struct directive_use *use, void *field)
{
	return parse_alt(use, field, INDEX_BY_TYPE);
}

int
index_alt_by_encoding_parse(const struct directive_use *use, void *field)
{
	return parse_alt(use, field, INDEX_BY_ENCODING);
}

/* A description is for what has the name anywhere in it. */
int
index_description_parse(const struct directive_use *use, void *field)
{
	for (int i = 1; i < use->arg_count; i++) {
		const char *name = use->args[i];
		struct index_item item = { .text = use->args[0] };

		item.kind =
		    strcmp(name, "..") == 0 ? INDEX_BY_PARENT : INDEX_BY_PATH;
		item.pattern = arena_printf(use->arena, "*%s*", name);
		if (item.pattern == NULL ||
		    append(use->arena, field, &item, 1) != 0)
			return -1;
	}
	return 0;
}

/* Both lists, in an array of its own: theirs belong to others as well. */
int
index_descriptions_merge(
    struct arena *arena, void *field, const void *outer_field)
{
	const struct index_list *outer = outer_field;
	struct index_list *inner = field, all = { NULL, 0 };

	if (append(arena, &all, inner->items, inner->count) != 0 ||
	    append(arena, &all, outer->items, outer->count) != 0)
		return -1;
	*inner = all;
	return 0;
}

int
index_icons_merge(struct arena *arena, void *field, const void *outer_field)
{
	const struct index_icons *outer = outer_field;
	struct index_icons *inner = field;

	if (index_descriptions_merge(arena, &inner->icons, &outer->icons) != 0)
		return -1;
	return index_descriptions_merge(arena, &inner->alts, &outer->alts);
}

/* ---- look-up ---- */

/* As in Apache, what is encoded has no icon by its type. */
static bool
fits(const struct index_item *item, struct span path,
    const struct mime_info *info)
{
	switch (item->kind) {
	case INDEX_BY_PATH:
		return wildcard_match(item->pattern, path, 0);
	case INDEX_BY_TYPE:
		return info->encoding.len == 0 &&
		       wildcard_match(item->pattern,
			   span_trim(span_of(
			       info->type.ptr, span_find(info->type, ';'))),
			   WILDCARD_NOCASE);
	case INDEX_BY_ENCODING:
		return wildcard_match(
		    item->pattern, info->encoding, WILDCARD_NOCASE);
	default:
		return false;
	}
}

const char *
index_list_file(const struct index_list *list, struct span path,
    const struct mime_info *info)
{
	for (size_t i = 0; i < list->count; i++)
		if (fits(&list->items[i], path, info))
			return list->items[i].text;
	return NULL;
}

const char *
index_list_directory(const struct index_list *list, struct span path)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct index_item *item = &list->items[i];

		if (item->kind == INDEX_BY_DIRECTORY ||
		    (item->kind == INDEX_BY_PATH &&
			wildcard_match(item->pattern, path, 0)))
			return item->text;
	}
	return NULL;
}

const char *
index_list_special(const struct index_list *list, enum index_item_kind kind)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind == kind)
			return list->items[i].text;
	return NULL;
}

/* One with a "/" is for a path, another for a name alone. */
const char *
index_description(const struct index_list *list, struct span path)
{
	size_t slash = span_find_last(path, '/');
	struct span name = slash < path.len ? span_skip(path, slash + 1) : path;

	for (size_t i = 0; i < list->count; i++) {
		const struct index_item *item = &list->items[i];
		bool whole = strchr(item->pattern, '/') != NULL;

		if (item->kind == INDEX_BY_PATH &&
		    wildcard_match(item->pattern, whole ? path : name, 0))
			return item->text;
	}
	return NULL;
}
