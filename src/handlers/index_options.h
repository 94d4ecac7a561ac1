/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IndexOptions: words that replace those of the outer scope, or with + and -
 * change them, and values, each of which inherits for itself.
 */
#ifndef DROVER_HANDLERS_INDEX_OPTIONS_H
#define DROVER_HANDLERS_INDEX_OPTIONS_H

#include <stdbool.h>

struct arena;
struct directive_use;

enum index_option {
	INDEX_FANCY = 1 << 0,
	INDEX_TABLE = 1 << 1,
	INDEX_FOLDERS_FIRST = 1 << 2,
	INDEX_VERSION_SORT = 1 << 3,
	INDEX_IGNORE_CASE = 1 << 4,
	INDEX_IGNORE_CLIENT = 1 << 5,
	INDEX_ICONS_ARE_LINKS = 1 << 6,
	INDEX_OLD_DATE = 1 << 7,
	INDEX_SHOW_FORBIDDEN = 1 << 8,
	INDEX_NO_SORTING = 1 << 9,
	INDEX_NO_DESCRIPTION = 1 << 10,
	INDEX_NO_PREAMBLE = 1 << 11,
	INDEX_NO_ICON = 1 << 12,
	INDEX_NO_MODIFIED = 1 << 13,
	INDEX_NO_RULES = 1 << 14,
	INDEX_NO_SIZE = 1 << 15,
	INDEX_TRACK_MODIFIED = 1 << 16,
	INDEX_XHTML = 1 << 17,
	INDEX_SCAN_TITLES = 1 << 18,
};

enum index_number {
	INDEX_NAME_WIDTH,
	INDEX_DESCRIPTION_WIDTH,
	INDEX_ICON_WIDTH,
	INDEX_ICON_HEIGHT,
	INDEX_NUMBERS,
};

enum index_text {
	INDEX_CHARSET,
	INDEX_TYPE,
	INDEX_TEXTS,
};

/* A width that is that of the longest ("*"). */
#define INDEX_WIDEST (-1)

struct index_options {
	bool given;	      /* there is an IndexOptions, be it outside */
	bool none;	      /* "None" */
	bool absolute;	      /* the outer scope's words do not matter */
	unsigned on;	      /* enum index_option: what holds, once merged */
	unsigned add, remove; /* behind the last word without a sign */
	struct {
		bool set;
		int value; /* 0: the default */
	} numbers[INDEX_NUMBERS];
	struct {
		bool set;
		const char *value; /* NULL: the default */
	} texts[INDEX_TEXTS];
};

/* directive.parse and directive.merge of a struct index_options. */
int index_options_parse(const struct directive_use *, void *field);
int index_options_merge(struct arena *, void *field, const void *outer);

#endif
