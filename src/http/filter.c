/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is kept of a directive is the name of the first filter in it that is
 * lacking.  An AddOutputFilter that is lacking is a warning, as an AddHandler
 * is; what is said of whole folders or types refuses to start.
 */
#include "config.h"

#include "http/filter.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "http/extension.h"
#include "http/mime.h"

/* What one scope says of an extension, or of all files. */
struct filter_choice {
	struct extension_said said;
	const char *lacking; /* NULL: none that is */
};

struct filter_type {
	struct span type;
	const char *lacking;
};

struct filter_types {
	const struct filter_type *types;
	size_t count;
	const struct filter_types *outer;
};

struct filter_conf {
	struct extension_map extensions; /* struct filter_choice */
	struct filter_choice all;
	struct filter_types types;
	bool x_bit;
	bool without_effect;
};

/* ---- names ---- */

/* Without them other bytes go over the wire, but nobody is shown more. */
static bool
may_be_missing(struct span name)
{
	static const char *const names[] = { "DEFLATE", "INFLATE",
		"BROTLI_COMPRESS", "ZSTD_COMPRESS", "RATE_LIMIT", "BUFFER",
		"CACHE", "CACHE_SAVE", "CONTENT_LENGTH", "BYTERANGE",
		"DUMPIO_OUT", "none" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

/* Reads "a;b;c" of the first argument.  -1 without memory. */
static int
read_filters(const struct directive_use *use, const char **lacking_r)
{
	struct span rest = span_str(use->args[0]);

	*lacking_r = NULL;
	while (rest.len > 0) {
		struct span name = span_cut(&rest, ';');

		if (name.len == 0 || may_be_missing(name))
			continue;
		*lacking_r = arena_strndup(use->arena, name.ptr, name.len);
		return *lacking_r == NULL ? -1 : 0;
	}
	if (strcasecmp(use->args[0], "none") != 0)
		directive_no_effect(use, 0,
		    "files are sent as they are; what is packed "
		    "beforehand (page.html.gz) goes to those who take it, see "
		    "PrecompressedFiles");
	return 0;
}

/* ---- rows ---- */

static int
parse_add(const struct directive_use *use, void *field)
{
	struct filter_choice choice = { .lacking = NULL };

	if (read_filters(use, &choice.lacking) != 0 ||
	    extension_add(use, 1, field, &choice.said, sizeof(choice)) != 0)
		return -1;
	if (choice.lacking != NULL)
		directive_closed(use, 0,
		    "Drover has no filter \"%s\": files whose names have such "
		    "an extension are answered by 501",
		    choice.lacking);
	return 0;
}

static int
parse_remove(const struct directive_use *use, void *field)
{
	return extension_remove(use, field, sizeof(struct filter_choice));
}

static int
refuse(const struct directive_use *use, const char *lacking)
{
	return directive_unsupported(use, 0,
	    "Drover has no filter \"%s\"; with UnsupportedModules warn the "
	    "files are answered by 501",
	    lacking);
}

static int
parse_set(const struct directive_use *use, void *field)
{
	struct filter_choice *choice = field;

	*choice = (struct filter_choice){ .lacking = NULL };
	if (read_filters(use, &choice->lacking) != 0)
		return -1;
	return choice->lacking == NULL ? 0 : refuse(use, choice->lacking);
}

static int
parse_by_type(const struct directive_use *use, void *field)
{
	struct filter_types *list = field;
	struct filter_type added = { .lacking = NULL };

	if (read_filters(use, &added.lacking) != 0)
		return -1;
	for (int i = 1; i < use->arg_count && added.lacking != NULL; i++) {
		added.type = span_str(use->args[i]);
		list->types = arena_append(use->arena, list->types, list->count,
		    &added, 1, sizeof(added));
		if (list->types == NULL)
			return -1;
		list->count++;
	}
	return added.lacking == NULL ? 0 : refuse(use, added.lacking);
}

static int
merge_types(struct arena *arena, void *field, const void *outer_field)
{
	const struct filter_types *outer = outer_field;
	struct filter_types *list = field;

	(void)arena;
	list->outer = outer->count > 0 ? outer : outer->outer;
	return 0;
}

static int
parse_x_bit(const struct directive_use *use, void *field)
{
	bool *on = field;

	*on = strcasecmp(use->args[0], "full") == 0;
	if (!*on && directive_flag(use, 0, on) != 0)
		return -1;
	return *on ? refuse(use, "INCLUDES") : 0;
}

#define WITHOUT_EFFECT(name_, min_, max_, syntax_)                            \
	DIRECTIVE_CUSTOM(name_, IN_ANY, filter_conf, without_effect, bool,    \
	    NULL, syntax_, NULL,                                              \
	    .no_effect = "no filter reads the bodies of requests; who takes " \
			 "one, takes it as it came",                          \
	    .parse = directive_without_effect, .min_args = min_,              \
	    .max_args = max_, .repeats = true)

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("AddOutputFilter", IN_ANY, filter_conf, extensions,
	    struct extension_map, NULL, "filter[;filter...] extension ...",
	    "what makes a page of files whose names have such an extension",
	    .differs =
		"Drover has no filters: without DEFLATE and the like "
		"files are sent as they are, with others (INCLUDES) they are "
		"answered by 501",
	    .parse = parse_add, .merge = extension_merge, .min_args = 2,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("RemoveOutputFilter", IN_ANY, filter_conf, extensions,
	    struct extension_map, NULL, "extension ...",
	    "such files have no filter, here and below, though an "
	    "AddOutputFilter stands beside it",
	    .differs = "it holds below as well, where Apache forgets it as "
		       "soon as an AddOutputFilter or its like follows",
	    .parse = parse_remove, .merge = extension_merge, .min_args = 1,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("SetOutputFilter", IN_ANY, filter_conf, all,
	    struct filter_choice, NULL, "filter[;filter...]|none",
	    "what makes a page of all files here",
	    .differs = "DEFLATE and the like have no effect, others are an "
		       "error, or with UnsupportedModules warn the files are "
		       "answered by "
		       "501",
	    .parse = parse_set, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("AddOutputFilterByType", IN_ANY, filter_conf, types,
	    struct filter_types, NULL, "filter[;filter...] type ...",
	    "the same for files of these types",
	    .differs = "as for SetOutputFilter", .parse = parse_by_type,
	    .merge = merge_types, .min_args = 2, .max_args = -1,
	    .repeats = true),
	DIRECTIVE_CUSTOM("XBitHack", IN_ANY, filter_conf, x_bit, bool, NULL,
	    "Off|On|Full",
	    "HTML files that their owner may execute have a source within "
	    "(INCLUDES)",
	    .differs = "On and Full are an error, or with UnsupportedModules "
		       "warn these files are answered by 501",
	    .parse = parse_x_bit, .min_args = 1, .max_args = 1),
	WITHOUT_EFFECT(
	    "AddInputFilter", 2, -1, "filter[;filter...] extension ..."),
	WITHOUT_EFFECT("RemoveInputFilter", 1, -1, "extension ..."),
	WITHOUT_EFFECT("SetInputFilter", 1, 1, "filter[;filter...]|none"),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section filter_section = {
	.name = "filter",
	.rows = rows,
	.size = sizeof(struct filter_conf),
	.id = &section_id,
};

/* ---- files ---- */

/* By the innermost scope that has a say of the extension. */
static const char *
lacking_for(const struct extension_map *map, const struct extension *extension)
{
	for (; map != NULL; map = map->outer) {
		const struct filter_choice *found =
		    extension_find(map, extension);

		if (found != NULL)
			return found->lacking;
	}
	return NULL;
}

static const char *
lacking_by_name(const struct extension_map *map, struct span path)
{
	struct span list = extension_list(path);
	struct extension extension;
	const char *lacking = NULL;

	while (lacking == NULL && extension_next(&list, &extension))
		lacking = lacking_for(map, &extension);
	return lacking;
}

static const char *
lacking_by_type(const struct filter_types *list, struct span type)
{
	for (; list != NULL; list = list->outer)
		for (size_t i = 0; i < list->count; i++)
			if (mime_is_same(type, list->types[i].type))
				return list->types[i].lacking;
	return NULL;
}

/* Apart, so that those who have none of it pay next to nothing. */
__attribute__((cold, noinline)) static const char *
find_lacking(const struct filter_conf *conf, struct span path, struct span type,
    mode_t mode)
{
	const struct extension_map *map =
	    extension_map_first(&conf->extensions);
	const char *lacking = conf->all.lacking;

	if (lacking == NULL && map != NULL)
		lacking = lacking_by_name(map, path);
	if (lacking == NULL)
		lacking = lacking_by_type(&conf->types, type);
	if (lacking == NULL && conf->x_bit && (mode & S_IXUSR) != 0 &&
	    mime_is_same(type, span_str("text/html")))
		lacking = "INCLUDES";
	return lacking;
}

const char *
filter_lacking(const struct settings *settings, struct span path,
    struct span type, mode_t mode)
{
	const struct filter_conf *conf =
	    settings_get(settings, &filter_section);

	if (conf->all.lacking == NULL && conf->types.count == 0 &&
	    conf->types.outer == NULL && !conf->x_bit &&
	    extension_map_first(&conf->extensions) == NULL)
		return NULL;
	return find_lacking(conf, path, type, mode);
}
