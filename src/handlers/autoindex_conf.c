/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of listings. */
#include "config.h"

#include <fnmatch.h>

#include "handlers/autoindex_private.h"
#include "http/module.h"

/* ---- IndexIgnore ---- */

static int
append(struct arena *arena, struct ignored_names *names,
    const char *const *more, size_t count)
{
	void *all;

	if (count == 0)
		return 0;
	all = arena_append(
	    arena, names->patterns, names->count, more, count, sizeof(*more));
	if (all == NULL)
		return -1;
	names->patterns = all;
	names->count += count;
	return 0;
}

static int
parse_ignored(const struct directive_use *use, void *field)
{
	return append(use->arena, field, use->args, (size_t)use->arg_count);
}

static int
parse_ignored_reset(const struct directive_use *use, void *field)
{
	struct ignored_names *names = field;

	return directive_flag(use, 0, &names->reset);
}

/* Both lists, in an array of its own: theirs belong to others as well. */
static int
merge_ignored(struct arena *arena, void *field, const void *outer_field)
{
	const struct ignored_names *outer = outer_field;
	struct ignored_names *inner = field, all = { NULL, 0, false };

	if (inner->reset)
		return 0;
	if (append(arena, &all, outer->patterns, outer->count) != 0 ||
	    append(arena, &all, inner->patterns, inner->count) != 0)
		return -1;
	*inner = all;
	return 0;
}

/* ---- IndexOrderDefault ---- */

static const struct directive_keyword directions[] = {
	{ "Ascending", false },
	{ "Descending", true },
	{ NULL, 0 },
};

static const struct directive_keyword keys[] = {
	{ "Name", LISTING_NAME },
	{ "Date", LISTING_MODIFIED },
	{ "Size", LISTING_SIZE },
	{ "Description", LISTING_DESCRIPTION },
	{ NULL, 0 },
};

static int
parse_order(const struct directive_use *use, void *field)
{
	struct listing_order *order = field;
	int descending, key;

	if (directive_keyword(use, 0, directions, &descending) != 0 ||
	    directive_keyword(use, 1, keys, &key) != 0)
		return -1;
	*order = (struct listing_order){ .key = (enum listing_key)key,
		.descending = descending };
	return 0;
}

/* ---- the others ---- */

static int
parse_fancy(const struct directive_use *use, void *field)
{
	(void)field;
	return directive_error(use, -1,
	    "FancyIndexing is a word of IndexOptions: \"IndexOptions "
	    "FancyIndexing\"");
}

#define ICON_ROW(name_, syntax_, help_, parse_)                          \
	DIRECTIVE_CUSTOM(name_, IN_ANY, autoindex_conf, icons,           \
	    struct index_icons, NULL, syntax_, help_, .parse = (parse_), \
	    .merge = index_icons_merge, .min_args = 2, .max_args = -1,   \
	    .repeats = true)

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("IndexOptions", IN_ANY, autoindex_conf, options,
	    struct index_options, NULL, "[+|-]option ...",
	    "how listings look: a plain list, with FancyIndexing a page in "
	    "columns, with HTMLTable a table",
	    .differs =
		"where it is absent listings have a form of Drover's "
		"own, without icons. The charset is UTF-8 unless Charset= says "
		"otherwise, widths count characters, ScanHTMLTitles reads 4 "
		"KiB "
		"of a file and follows no links, and a word with + or - behind "
		"one without holds",
	    .parse = index_options_parse, .merge = index_options_merge,
	    .min_args = 1, .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("FancyIndexing", IN_ANY, autoindex_conf, options,
	    struct index_options, NULL, "On|Off",
	    "an error, as in Apache 2.4: IndexOptions FancyIndexing is meant",
	    .parse = parse_fancy, .merge = index_options_merge, .min_args = 1,
	    .max_args = 1, .repeats = true),
	DIRECTIVE_CUSTOM("IndexIgnore", IN_ANY, autoindex_conf, ignored,
	    struct ignored_names, NULL, "name ...",
	    "names, with * and ? for anything, that no listing shows; \"..\" "
	    "is "
	    "the link to the parent directory",
	    .parse = parse_ignored, .merge = merge_ignored, .min_args = 1,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("IndexIgnoreReset", IN_ANY, autoindex_conf, ignored,
	    struct ignored_names, NULL, "On|Off",
	    "whether the names of IndexIgnore outside of this section do not "
	    "count in it",
	    .parse = parse_ignored_reset, .merge = merge_ignored, .min_args = 1,
	    .max_args = 1, .repeats = true),
	DIRECTIVE_CUSTOM("IndexOrderDefault", IN_ANY, autoindex_conf, order,
	    struct listing_order, NULL,
	    "Ascending|Descending Name|Date|Size|Description",
	    "how a listing is sorted until one of its links says otherwise",
	    .parse = parse_order, .min_args = 2, .max_args = 2),
	ICON_ROW("AddIcon", "icon|(text,icon) name ...",
	    "the icon (a URL) of files whose path ends with a name, or is as "
	    "one with * and ? says; ^^DIRECTORY^^ is for directories, \"..\" "
	    "for "
	    "the parent, ^^BLANKICON^^ for the head of the column. Drover's "
	    "own listings have no icons",
	    index_icon_parse),
	ICON_ROW("AddIconByType", "icon|(text,icon) type ...",
	    "the icon of files of a type, in which * stands for anything; an "
	    "encoded file has none by its type",
	    index_icon_by_type_parse),
	ICON_ROW("AddIconByEncoding", "icon|(text,icon) encoding ...",
	    "the icon of files in an encoding (AddEncoding)",
	    index_icon_by_encoding_parse),
	ICON_ROW("AddAlt", "text name ...",
	    "what stands for the icon of files with such names",
	    index_alt_parse),
	ICON_ROW("AddAltByType", "text type ...",
	    "what stands for the icon of files of a type",
	    index_alt_by_type_parse),
	ICON_ROW("AddAltByEncoding", "text encoding ...",
	    "what stands for the icon of files in an encoding",
	    index_alt_by_encoding_parse),
	DIRECTIVE_CUSTOM("AddDescription", IN_ANY, autoindex_conf, descriptions,
	    struct index_list, NULL, "\"HTML\" name ...",
	    "what a listing says about files with a name anywhere in theirs, "
	    "which may have * and ?, or with a \"/\" anywhere in their path",
	    .parse = index_description_parse, .merge = index_descriptions_merge,
	    .min_args = 2, .max_args = -1, .repeats = true),
	DIRECTIVE_STRING("DefaultIcon", IN_ANY, autoindex_conf, default_icon,
	    NULL, "URL", "the icon of what no other directive has one for"),
	DIRECTIVE_STRING("HeaderName", IN_ANY, autoindex_conf, header, NULL,
	    "URL-path",
	    "a file that stands on top of a listing, by its URL relative to "
	    "the directory's: HTML as it is, other text as text",
	    .differs = "it is left out where the client would not get it, and "
		       "no program is run"),
	DIRECTIVE_STRING("ReadmeName", IN_ANY, autoindex_conf, readme, NULL,
	    "URL-path",
	    "a file that stands at the end of a listing, in the "
	    "way of HeaderName",
	    .differs = "as for HeaderName"),
	DIRECTIVE_STRING("IndexHeadInsert", IN_ANY, autoindex_conf, head_insert,
	    NULL, "\"HTML\"", "HTML for the <head> of listings"),
	DIRECTIVE_STRING("IndexStyleSheet", IN_ANY, autoindex_conf, style_sheet,
	    NULL, "URL", "a style sheet of listings"),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_autoindex.c", NULL };

static unsigned section_id;
const struct conf_section autoindex_section = {
	.name = "autoindex",
	.rows = rows,
	.size = sizeof(struct autoindex_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

bool
autoindex_ignores(const struct exchange *x, const char *name)
{
	const struct autoindex_conf *conf =
	    exchange_conf(x, &autoindex_section);

	for (size_t i = 0; i < conf->ignored.count; i++)
		if (fnmatch(conf->ignored.patterns[i], name, 0) == 0)
			return true;
	return false;
}
