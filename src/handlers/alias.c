/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Alias: parts of a host's URI space whose files are elsewhere.  The first one
 * that matches holds: that of the innermost <Location>, the host's own, those
 * of the main server.  Where the URL-path ends with "/" and the file's path
 * does not, or the other way round, they are joined by one "/": "/i/" for
 * "/srv/img" never reaches "/srv/img-private".
 *
 * What AliasMatch may lead to is not known before a request is there, but has
 * to be for the sandbox: the folder that its path names before the first group
 * is a root, and nothing else is served.
 *
 * ScriptAlias has its place among them, though nothing here runs a program:
 * the handler that it asks for is lacking, and the folder is no root.
 */
#include "config.h"

#include <string.h>

#include "base/template.h"
#include "files/files.h"
#include "handlers/location.h"
#include "handlers/paths.h"
#include "handlers/script.h"
#include "http/module.h"

struct alias {
	struct span url;  /* with the "/" at the end, if it has one; empty: all
			   * that the section is for */
	const char *path; /* absolute: a root; NULL: only a script's has none */
	const struct regex *regex; /* in the place of url */
	const char *below;	   /* with groups: behind path; or NULL */
	bool with_slash;	   /* path was written as a folder's */
	bool in_section;
	bool script;
	struct conf_place place;
};

struct alias_list {
	const struct alias *aliases;
	size_t count;
	const struct alias_list *outer; /* the main server's hold as well */
};

struct alias_conf {
	struct alias_list list;
	bool preserve_path;
};

static int
append(const struct directive_use *use, struct alias_list *list,
    const struct alias *alias)
{
	const struct alias *all = arena_append(
	    use->arena, list->aliases, list->count, alias, 1, sizeof(*alias));

	if (all == NULL)
		return -1;
	list->aliases = all;
	list->count++;
	return 0;
}

static bool
ends_with_slash(const char *path)
{
	return span_ends_nocase(span_str(path), "/");
}

static int
add_alias(const struct directive_use *use, struct alias_list *list, bool script)
{
	const struct alias alias = {
		.url = span_str(use->args[0]),
		.path = directive_path(use, use->args[1]),
		.with_slash = ends_with_slash(use->args[1]),
		.script = script,
		.place = use->place,
	};

	if (alias.path == NULL)
		return -1;
	if (use->args[0][0] != '/')
		return directive_error(
		    use, 0, "an alias is for a path that begins with \"/\"");
	for (size_t i = 0; i < list->count; i++)
		if (list->aliases[i].regex == NULL &&
		    paths_match(alias.url, list->aliases[i].url) >= 0)
			directive_warn(use, 0,
			    "never used: \"%.*s\" stands before it",
			    SPAN_ARG(list->aliases[i].url));
	return append(use, list, &alias);
}

/* For one path; the last word holds. */
static int
parse_in_section(
    const struct directive_use *use, struct alias_list *list, bool script)
{
	const char *name = use->row->name;
	struct alias *alias;

	if (use->section == NULL || use->section->kind != SECTION_LOCATION)
		return directive_error(use, -1,
		    "of all sections %s may stand in <Location> alone: "
		    "others are about files that are found already",
		    name);
	if (use->arg_count != 1)
		return directive_error(use, -1,
		    "within <Location> %s needs a path alone: the URLs are "
		    "those of the section",
		    name);
	if (strstr(use->args[0], "%{") != NULL)
		return directive_error(use, 0,
		    "expressions are not supported: %sMatch takes $1", name);
	alias = arena_calloc(use->arena, 1, sizeof(*alias));
	if (alias == NULL)
		return -1;
	if (use->section->regex == NULL && !use->section->wildcard)
		alias->url = span_str(use->section->pattern);
	alias->path = directive_path(use, use->args[0]);
	alias->with_slash = ends_with_slash(use->args[0]);
	alias->in_section = true;
	alias->script = script;
	alias->place = use->place;
	list->aliases = alias;
	list->count = 1;
	return alias->path == NULL ? -1 : 0;
}

static int
parse_any(const struct directive_use *use, struct alias_list *list, bool script)
{
	if (use->context == IN_DIRECTORY)
		return parse_in_section(use, list, script);
	if (use->arg_count != 2)
		return directive_error(use, -1,
		    "outside of <Location> %s needs a URL-path and a path",
		    use->row->name);
	return add_alias(use, list, script);
}

static int
parse_alias(const struct directive_use *use, void *field)
{
	return parse_any(use, field, false);
}

/* The root is the last folder that stands there whatever matched. */
static int
split_template(const struct directive_use *use, struct alias *alias)
{
	const char *text = use->args[1];
	size_t fixed = template_fixed(text), slash;

	if (text[fixed] == '\0') {
		alias->path = directive_path(use, text);
		return alias->path == NULL ? -1 : 0;
	}
	alias->path = paths_fixed_folder(use, 1, fixed, &slash);
	if (alias->path == NULL)
		return -1;
	alias->below = text + slash;
	return 0;
}

static int
parse_match(const struct directive_use *use, void *field)
{
	struct alias alias = {
		.regex = directive_regex(use, 0, 0, false),
		.place = use->place,
	};

	if (alias.regex == NULL || split_template(use, &alias) != 0)
		return -1;
	return append(use, field, &alias);
}

static int
parse_script_alias(const struct directive_use *use, void *field)
{
	return parse_any(use, field, true) == 0 ? script_refuse(use) : -1;
}

static int
parse_script_match(const struct directive_use *use, void *field)
{
	const struct alias alias = {
		.regex = directive_regex(use, 0, 0, false),
		.script = true,
		.place = use->place,
	};

	if (alias.regex == NULL || append(use, field, &alias) != 0)
		return -1;
	return script_refuse(use);
}

static int
merge_aliases(struct arena *arena, void *field, const void *outer)
{
	struct alias_list *list = field;

	(void)arena;
	list->outer = outer;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("Alias", IN_ANY, alias_conf, list, struct alias_list,
	    NULL, "[URL-path] path",
	    "another folder, or file, for a part of the URLs. Where "
	    "<Directory /> denies all, another one grants this. Of several "
	    "the first that matches holds. In <Location>, without a URL-path, "
	    "it goes before all others and stands for the URLs of the "
	    "section, all for the same file or folder unless "
	    "AliasPreservePath is On",
	    .differs = "there are no expressions in it", .parse = parse_alias,
	    .merge = merge_aliases, .min_args = 1, .max_args = 2,
	    .repeats = true),
	DIRECTIVE_CUSTOM("AliasMatch", IN_SERVER_HOST, alias_conf, list,
	    struct alias_list, NULL, "regex path",
	    "the file for the URLs that a regular expression matches: path, "
	    "with $0 to $9 for what the groups took",
	    .differs =
		"the folder that stands before the first of these is "
		"what workers may read, and a path that leads out of it is "
		"refused: it cannot be /, and is better no folder that has "
		"more "
		"than is meant to be served",
	    .parse = parse_match, .merge = merge_aliases, .min_args = 2,
	    .max_args = 2, .repeats = true),
	DIRECTIVE_FLAG("AliasPreservePath", IN_ANY, alias_conf, preserve_path,
	    "Off",
	    "for an Alias in <Location> that is no regular expression: what "
	    "follows the section's path is looked for below the folder"),
	DIRECTIVE_CUSTOM("ScriptAlias", IN_ANY, alias_conf, list,
	    struct alias_list, NULL, "[URL-path] path",
	    "programs to run (CGI), for a part of the URLs; in <Location>, "
	    "without a URL-path, for those of the section",
	    .differs =
		"Drover runs no programs: these URLs are answered by "
		"501, and no byte of what lies there is sent. Where a "
		"LoadModule "
		"asks for mod_cgi or mod_cgid it is an error, unless "
		"UnsupportedModules is warn",
	    .parse = parse_script_alias, .merge = merge_aliases, .min_args = 1,
	    .max_args = 2, .repeats = true),
	DIRECTIVE_CUSTOM("ScriptAliasMatch", IN_SERVER_HOST, alias_conf, list,
	    struct alias_list, NULL, "regex path",
	    "the same for the URLs that a regular expression matches",
	    .differs = "as for ScriptAlias", .parse = parse_script_match,
	    .merge = merge_aliases, .min_args = 2, .max_args = 2,
	    .repeats = true),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_alias.c", NULL };

static unsigned section_id;
static const struct conf_section alias_section = {
	.name = "alias",
	.rows = rows,
	.size = sizeof(struct alias_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

static struct location_rules locations;

/* A pattern that gives up may have matched. */
static enum regex_result
match(const struct alias *alias, struct span path,
    struct span groups_r[REGEX_GROUPS])
{
	if (alias->regex != NULL)
		return regex_match(alias->regex, path, groups_r);
	return alias->url.len == 0 || paths_match(path, alias->url) >= 0
		   ? REGEX_YES
		   : REGEX_NO;
}

static enum hook_result
fail(struct exchange *x, int status)
{
	response_error(x, status);
	return HOOK_DONE;
}

static enum hook_result
map_match(struct exchange *x, const struct alias *alias,
    const struct span groups[REGEX_GROUPS])
{
	struct span below = { "", 0 };

	if (alias->below != NULL)
		below =
		    template_expand(&x->arena, span_str(alias->below), groups);
	if (below.ptr == NULL)
		return fail(x, 500);
	if (paths_lead_out(below)) {
		exchange_report(x, REPORT_ERROR, "alias",
		    "AliasMatch leads out of %s: %.*s", alias->path,
		    SPAN_ARG(below));
		return fail(x, 403);
	}
	if (files_map_below(x, span_str(alias->path), below, 0) != 0)
		return fail(x, 500);
	return HOOK_PASS;
}

/* In a section without AliasPreservePath all of the URL stands for the file. */
static enum hook_result
map_plain(struct exchange *x, const struct alias *alias, bool preserve)
{
	struct span path = x->request.uri.path;
	size_t prefix_len = path.len;

	if (preserve) {
		prefix_len = (size_t)paths_match(path, alias->url);
		if (alias->url.ptr[alias->url.len - 1] == '/')
			prefix_len--;
	}
	if (files_map(x, span_str(alias->path), prefix_len) != 0)
		return fail(x, 500);
	/* <Files> sees a folder that is written as one. */
	if (alias->with_slash && prefix_len == path.len &&
	    files_enter_directory(x))
		x->slash_added = false;
	return HOOK_PASS;
}

static enum hook_result
take_alias(struct exchange *x, const struct alias *alias, bool preserve,
    const struct span groups[REGEX_GROUPS])
{
	x->route.decided_at = &alias->place;
	if (alias->script)
		x->mapped_handler = SCRIPT_HANDLER;
	if (alias->path == NULL)
		return HOOK_PASS;
	if (alias->regex != NULL)
		return map_match(x, alias, groups);
	return map_plain(x, alias, preserve);
}

static enum hook_result
refuse_unknown(struct exchange *x)
{
	exchange_report(x, REPORT_WARN, "alias",
	    "the pattern of an AliasMatch takes too long for this request, "
	    "which is not served therefore");
	return fail(x, 500);
}

static enum hook_result
alias_map(struct exchange *x)
{
	const struct alias_conf *conf = location_rules_find(&locations, x);
	const struct alias_list *list;
	struct span groups[REGEX_GROUPS];

	for (list = &conf->list; list != NULL; list = list->outer) {
		for (size_t i = 0; i < list->count; i++) {
			const struct alias *alias = &list->aliases[i];
			enum regex_result result =
			    match(alias, x->request.uri.path, groups);

			if (result == REGEX_NO)
				continue;
			if (result == REGEX_GAVE_UP && !alias->script)
				return refuse_unknown(x);
			return take_alias(x, alias,
			    !alias->in_section ||
				(conf->preserve_path && alias->url.len > 0),
			    groups);
		}
	}
	return HOOK_PASS;
}

static int
alias_start(const struct server_conf *conf, struct err *err)
{
	if (location_rules_start(&locations, &alias_section, conf) != 0)
		return err_set(err, "out of memory");
	return 0;
}

static void
visit_list(const struct alias_list *list, root_visit *visit, void *data)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->aliases[i].script)
			visit(list->aliases[i].path, data);
}

static void
alias_roots(const struct server_conf *server, root_visit *visit, void *data)
{
	for (size_t i = 0; i < server->host_count; i++) {
		const struct host *host = &server->hosts[i];
		const struct alias_conf *conf =
		    settings_get(host->settings, &alias_section);

		visit_list(&conf->list, visit, data);
		for (size_t j = 0; j < host->section_count; j++) {
			conf = section_get(host->sections[j], &alias_section);
			if (conf != NULL)
				visit_list(&conf->list, visit, data);
		}
	}
}

const struct module alias_module = {
	.conf = &alias_section,
	.only_where_set = &alias_section,
	.map = alias_map,
	.start = alias_start,
	.roots = alias_roots,
};
