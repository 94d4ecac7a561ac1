/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Alias: parts of a host's URI space whose files are elsewhere.  The first one
 * that matches holds, a host's own before those of the main server.  Where
 * the URL-path ends with "/" and the file's path does not, or the other way
 * round, they are joined by one "/": "/i/" for "/srv/img" never reaches
 * "/srv/img-private".
 *
 * ScriptAlias has its place among them, though nothing here runs a program:
 * the handler that it asks for is lacking, and the folder is no root.
 */
#include "config.h"

#include <string.h>

#include "base/regex.h"
#include "files/files.h"
#include "handlers/paths.h"
#include "http/module.h"

struct alias {
	struct span url;  /* with the "/" at the end, if it has one */
	const char *path; /* absolute */
	bool script;
	const struct regex *regex; /* in the place of both; a script's */
};

struct alias_list {
	const struct alias *aliases;
	size_t count;
	const struct alias_list *outer; /* the main server's hold as well */
};

struct alias_conf {
	struct alias_list list;
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

static int
add_alias(const struct directive_use *use, struct alias_list *list, bool script)
{
	const struct alias alias = {
		.url = span_str(use->args[0]),
		.path = directive_path(use, use->args[1]),
		.script = script,
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

static int
parse_alias(const struct directive_use *use, void *field)
{
	return add_alias(use, field, false);
}

/* Where Apache would have no module for it either, nothing is amiss: its
 * httpd.conf comes with such a folder. */
static int
refuse_script(const struct directive_use *use)
{
	static const char text[] =
	    "Drover runs no programs: these URLs are answered by 501";

	if (!directive_module_loaded(use, "mod_cgi.c") &&
	    !directive_module_loaded(use, "mod_cgid.c")) {
		directive_warn(use, -1, "%s", text);
		return 0;
	}
	return directive_unsupported(
	    use, -1, "%s, with UnsupportedModules warn", text);
}

static int
parse_script_alias(const struct directive_use *use, void *field)
{
	return add_alias(use, field, true) == 0 ? refuse_script(use) : -1;
}

static int
parse_script_match(const struct directive_use *use, void *field)
{
	struct alias alias = { .script = true };
	struct err err;
	size_t offset;

	alias.regex =
	    regex_compile(use->arena, use->args[0], false, &err, &offset);
	if (alias.regex == NULL)
		return directive_error_inside(use, 0, offset, "%s", err.text);
	return append(use, field, &alias) == 0 ? refuse_script(use) : -1;
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
	DIRECTIVE_CUSTOM("Alias", IN_SERVER_HOST, alias_conf, list,
	    struct alias_list, NULL, "URL-path path",
	    "another folder, or file, for a part of the URLs. Where <Directory "
	    "/> denies all, another one grants this",
	    .parse = parse_alias, .merge = merge_aliases, .min_args = 2,
	    .max_args = 2, .repeats = true),
	DIRECTIVE_CUSTOM("ScriptAlias", IN_SERVER_HOST, alias_conf, list,
	    struct alias_list, NULL, "URL-path path",
	    "programs to run (CGI), for a part of the URLs. Drover runs none: "
	    "these URLs are answered by 501, and no byte of what lies there is "
	    "sent. Where a LoadModule asks for mod_cgi or mod_cgid it is an "
	    "error, unless UnsupportedModules is warn",
	    .parse = parse_script_alias, .merge = merge_aliases, .min_args = 2,
	    .max_args = 2, .repeats = true),
	DIRECTIVE_CUSTOM("ScriptAliasMatch", IN_SERVER_HOST, alias_conf, list,
	    struct alias_list, NULL, "regex path",
	    "the same for the URLs that a regular expression matches",
	    .parse = parse_script_match, .merge = merge_aliases, .min_args = 2,
	    .max_args = 2, .repeats = true),
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

/* A pattern that gives up may have matched: a script's is closed then. */
static bool
is_matched(const struct alias *alias, struct span path)
{
	struct span groups[REGEX_GROUPS];

	if (alias->regex != NULL)
		return regex_match(alias->regex, path, groups) != REGEX_NO;
	return paths_match(path, alias->url) >= 0;
}

static const struct alias *
find_alias(const struct alias_list *list, struct span path)
{
	for (; list != NULL; list = list->outer)
		for (size_t i = 0; i < list->count; i++)
			if (is_matched(&list->aliases[i], path))
				return &list->aliases[i];
	return NULL;
}

static enum hook_result
alias_map(struct exchange *x)
{
	const struct alias_conf *conf = exchange_conf(x, &alias_section);
	const struct alias *alias =
	    find_alias(&conf->list, x->request.uri.path);
	long prefix_len;

	if (alias == NULL)
		return HOOK_PASS;
	if (alias->script)
		x->mapped_handler = "cgi-script";
	if (alias->regex != NULL)
		return HOOK_PASS;
	prefix_len = paths_match(x->request.uri.path, alias->url);
	if (alias->url.ptr[alias->url.len - 1] == '/')
		prefix_len--;
	if (files_map(x, span_str(alias->path), (size_t)prefix_len) == 0)
		return HOOK_PASS;
	response_error(x, 500);
	return HOOK_DONE;
}

static void
alias_roots(const struct server_conf *server, root_visit *visit, void *data)
{
	for (size_t i = 0; i < server->host_count; i++) {
		const struct alias_conf *conf =
		    settings_get(server->hosts[i].settings, &alias_section);

		for (size_t j = 0; j < conf->list.count; j++)
			if (!conf->list.aliases[j].script)
				visit(conf->list.aliases[j].path, data);
	}
}

const struct module alias_module = {
	.conf = &alias_section,
	.map = alias_map,
	.roots = alias_roots,
};
