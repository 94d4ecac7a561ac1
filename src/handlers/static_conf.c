/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of files and directories. */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "handlers/static_private.h"

/* A path of the host as a request for it would have it; NULL after an error. */
static const char *
parse_url_path(const struct directive_use *use, int arg)
{
	static const struct uri_rules rules = {
		.encoded_slashes = ENCODED_SLASHES_REFUSED,
		.merge_slashes = true,
	};
	struct uri uri;
	int status =
	    uri_parse_target(&uri, span_str(use->args[arg]), false, false);

	if (status == 0 && !uri_is_normal(&uri))
		status = uri_normalise(&uri, use->arena, &rules);
	if (status == 0 && use->args[arg][0] == '/' && !uri.has_query)
		return arena_strndup(use->arena, uri.path.ptr, uri.path.len);
	if (status != 500)
		directive_error(use, arg,
		    "\"%s\" cannot be the path of a URL: it begins with \"/\", "
		    "has no query, and other characters are written as %%XX",
		    use->args[arg]);
	return NULL;
}

/* ---- DirectoryIndex ---- */

static int
check_index_name(const struct directive_use *use, int arg)
{
	struct span rest = span_str(use->args[arg]);

	if (rest.len == 0)
		return directive_error(use, arg, "an index has a name");
	while (rest.len > 0) {
		struct span segment = span_of(rest.ptr, span_find(rest, '/'));

		if (segment.len == 0 || span_is(segment, ".") ||
		    span_is(segment, ".."))
			return directive_error(use, arg,
			    "\"%s\" leads out of the directory",
			    use->args[arg]);
		rest = span_skip(rest, segment.len + 1);
	}
	return 0;
}

/* NULL after an error. */
static const char *
parse_index_name(const struct directive_use *use, int arg)
{
	if (use->args[arg][0] == '/')
		return parse_url_path(use, arg);
	return check_index_name(use, arg) == 0 ? use->args[arg] : NULL;
}

/* Several lines of one scope add up; "disabled" alone empties the list. */
static int
parse_index(const struct directive_use *use, void *field)
{
	struct index_names *index = field;

	if (use->arg_count == 1 && strcasecmp(use->args[0], "disabled") == 0) {
		index->count = 0;
		return 0;
	}
	for (int i = 0; i < use->arg_count; i++) {
		const char *name = parse_index_name(use, i);
		const char *const *names;

		if (name == NULL)
			return -1;
		names = arena_append(use->arena, index->names, index->count,
		    &name, 1, sizeof(*names));
		if (names == NULL)
			return -1;
		index->names = names;
		index->count++;
	}
	return 0;
}

/* ---- other rows ---- */

static int
parse_index_redirect(const struct directive_use *use, void *field)
{
	static const struct directive_keyword words[] = { { "Off", 0 },
		{ "On", 302 }, { "permanent", 301 }, { "temp", 302 },
		{ "seeother", 303 }, { NULL, 0 } };
	uint64_t number;

	if (number_parse(span_str(use->args[0]), 399, &number) != NUMBER_OK)
		return directive_keyword(use, 0, words, field);
	if (number < 301 || number > 308 || (number > 303 && number < 307))
		return directive_error(use, 0,
		    "of the statuses 301, 302, 303, 307 and 308 send a client "
		    "elsewhere");
	*(int *)field = (int)number;
	return 0;
}

static int
parse_fallback(const struct directive_use *use, void *field)
{
	const char **path = field;

	*path = NULL;
	if (strcasecmp(use->args[0], "disabled") == 0)
		return 0;
	*path = parse_url_path(use, 0);
	return *path == NULL ? -1 : 0;
}

static const struct directive_keyword fallback_words[] = {
	{ "pages", FALLBACK_PAGES },
	{ "all", FALLBACK_ALL },
	{ NULL, 0 },
};

static const struct directive_keyword path_info_words[] = {
	{ "Default", PATH_INFO_DEFAULT },
	{ "Off", PATH_INFO_OFF },
	{ "On", PATH_INFO_ON },
	{ NULL, 0 },
};

static const struct directive rows[] = {
	DIRECTIVE_KEYWORD("AcceptPathInfo", IN_ANY, static_conf, path_info,
	    path_info_words, "Default", "On|Off|Default",
	    "On: what follows the path of a file does not matter, /a.txt/more "
	    "is /a.txt. Otherwise there is no such file (404). Handlers like "
	    "echo and server-status take any path"),
	{ .name = "DirectoryCheckHandler",
	    .contexts = IN_ANY,
	    .preset = "On",
	    .no_effect = "where SetHandler names one nobody looks for an index "
			 "or a slash, as with On",
	    .syntax = "On|Off",
	    DIRECTIVE_FIELD_(
		static_conf, check_handler, bool, DIRECTIVE_TYPE_FLAG) },
	DIRECTIVE_CUSTOM("DirectoryIndex", IN_ANY, static_conf, index,
	    struct index_names, "index.html", "disabled|name|URL-path ...",
	    "the files that answer for a directory; the first that is there "
	    "does. One that begins with / is a path of the host, wherever that "
	    "leads",
	    .parse = parse_index, .min_args = 1, .max_args = -1,
	    .repeats = true),
	DIRECTIVE_CUSTOM("DirectoryIndexRedirect", IN_ANY, static_conf,
	    index_redirect, int, "Off", "On|Off|permanent|temp|seeother|status",
	    "the client is sent to the index of a directory (On: by 302)",
	    .differs = "the client keeps its query",
	    .parse = parse_index_redirect, .min_args = 1, .max_args = 1),
	DIRECTIVE_FLAG("DirectorySlash", IN_ANY, static_conf, slash, "On",
	    "a directory without its slash is redirected to that. Off: it is "
	    "listed even if it has an index, as in Apache, and the links of "
	    "the listing lead astray; without Options Indexes it is closed"),
	DIRECTIVE_KEYWORD("FallbackRequests", IN_ANY, static_conf, fallback_for,
	    fallback_words, "pages", "pages|all",
	    "what FallbackResource is for. pages: a GET or HEAD of a client "
	    "that takes text/html, for a path whose last segment has no dot; "
	    "so a script, a picture or an API that is missing stays a 404. "
	    "all: anything that is missing, as in Apache"),
	DIRECTIVE_CUSTOM("FallbackResource", IN_ANY, static_conf, fallback,
	    const char *, NULL, "disabled|URL-path",
	    "what answers for a file that is not there, and for a directory "
	    "without an index: the page of an application that knows its "
	    "paths itself",
	    .differs = "it answers for what looks like a page, and "
		       "FallbackRequests all makes it answer all that Apache's "
		       "does; a "
		       "path that does not begin with / is an error",
	    .parse = parse_fallback, .min_args = 1, .max_args = 1),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_dir.c", NULL };

static unsigned section_id;
const struct conf_section static_section = {
	.name = "static",
	.rows = rows,
	.size = sizeof(struct static_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};
