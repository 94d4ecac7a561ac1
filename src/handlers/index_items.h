/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What listings show beside a name: icons and the text that stands for them
 * (AddIcon, AddAlt and their kin), and descriptions (AddDescription).  Lists in
 * the order in which they are asked, those of inner scopes first.
 */
#ifndef DROVER_HANDLERS_INDEX_ITEMS_H
#define DROVER_HANDLERS_INDEX_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct arena;
struct directive_use;
struct mime_info;

enum index_item_kind {
	INDEX_BY_PATH,
	INDEX_BY_TYPE,
	INDEX_BY_ENCODING,
	INDEX_BY_DIRECTORY, /* ^^DIRECTORY^^ */
	INDEX_BY_BLANK,	    /* ^^BLANKICON^^ */
	INDEX_BY_PARENT,    /* .. */
};

struct index_item {
	enum index_item_kind kind;
	const char *pattern;
	const char *text; /* a URL, or what is to be read */
};

struct index_list {
	const struct index_item *items;
	size_t count;
};

/* All rows but DefaultIcon and AddDescription fill one, since AddIcon may give
 * an icon and its text at once. */
struct index_icons {
	struct index_list icons, alts;
};

/* directive.parse and directive.merge of a struct index_icons. */
int index_icon_parse(const struct directive_use *, void *field);
int index_icon_by_type_parse(const struct directive_use *, void *field);
int index_icon_by_encoding_parse(const struct directive_use *, void *field);
int index_alt_parse(const struct directive_use *, void *field);
int index_alt_by_type_parse(const struct directive_use *, void *field);
int index_alt_by_encoding_parse(const struct directive_use *, void *field);
int index_icons_merge(struct arena *, void *field, const void *outer);
/* Of a struct index_list of descriptions. */
int index_description_parse(const struct directive_use *, void *field);
int index_descriptions_merge(struct arena *, void *field, const void *outer);

/* For a file, by its whole path and what its name says; NULL: none. */
const char *index_list_file(
    const struct index_list *, struct span path, const struct mime_info *);
/* For a directory, by its path without the "/" at the end. */
const char *index_list_directory(const struct index_list *, struct span path);
/* The first of INDEX_BY_BLANK or INDEX_BY_PARENT. */
const char *index_list_special(const struct index_list *, enum index_item_kind);
const char *index_description(const struct index_list *, struct span path);

#endif
