/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UserDir: "/~name" stands for a folder that is found by the name alone.  The
 * name is a client's and becomes one segment of a path below a folder that the
 * configuration names, which is the root.  Home directories would have to be
 * looked up by name, which no worker does.
 */
#include "config.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "files/files.h"
#include "handlers/paths.h"
#include "http/module.h"

struct user_place {
	const char *root;	   /* absolute; NULL: a URL */
	struct span before, after; /* of the name; after ends in no "/" */
};

struct user_names {
	const char *const *names;
	size_t count;
};

struct user_rules {
	const struct user_place *places; /* the first that is there */
	size_t place_count;
	bool placed;	      /* they were said here */
	bool ruled, disabled; /* all names, but for those enabled */
	struct user_names off, on;
	const struct user_rules *outer; /* names that it disables are so */
};

struct userdir_conf {
	struct user_rules rules;
};

/* ---- settings ---- */

static int
add_names(const struct directive_use *use, struct user_names *list)
{
	const char *const *names =
	    arena_append(use->arena, list->names, list->count, use->args + 1,
		(size_t)use->arg_count - 1, sizeof(*names));

	if (names == NULL)
		return -1;
	list->names = names;
	list->count += (size_t)use->arg_count - 1;
	return 0;
}

/* The text around its "*"; without one the name is the last segment. */
static int
split_place(const struct directive_use *use, int arg, struct span text,
    struct user_place *place)
{
	size_t star = span_find(text, '*');

	place->before = span_of(text.ptr, star);
	place->after = span_skip(text, star + 1);
	while (place->after.len > 0 &&
	       place->after.ptr[place->after.len - 1] == '/')
		place->after.len--;
	if (span_find(place->after, '*') < place->after.len)
		return directive_error(
		    use, arg, "a name can be put in once, not at every \"*\"");
	if (star < text.len || text.ptr[text.len - 1] == '/')
		return 0;
	place->before.ptr = arena_printf(use->arena, "%.*s/", SPAN_ARG(text));
	place->before.len = text.len + 1;
	return place->before.ptr == NULL ? -1 : 0;
}

static int
parse_folder(const struct directive_use *use, int arg, struct user_place *place)
{
	const char *text = use->args[arg];
	size_t below;

	if (strchr(text, '*') == NULL) {
		place->root = directive_path(use, text);
		return place->root == NULL ? -1 : 0;
	}
	place->root = paths_fixed_folder(use, arg, strcspn(text, "*"), &below);
	if (place->root == NULL)
		return -1;
	return split_place(use, arg, span_str(text + below), place);
}

static int
parse_place(const struct directive_use *use, int arg, struct user_place *place)
{
	const char *text = use->args[arg];

	if (text[0] == '/')
		return parse_folder(use, arg, place);
	if (strstr(text, "://") != NULL)
		return directive_check_url(use, arg, "") != 0
			   ? -1
			   : split_place(use, arg, span_str(text), place);
	return directive_unsupported(use, arg,
	    "home directories are not looked up, since a worker knows no "
	    "users: write where they are (/home/*/%s)",
	    text);
}

static int
parse_places(const struct directive_use *use, struct user_rules *rules)
{
	struct user_place *places =
	    arena_calloc(use->arena, (size_t)use->arg_count, sizeof(*places));
	size_t count = 0;

	if (places == NULL)
		return -1;
	for (int i = 0; i < use->arg_count; i++) {
		if (parse_place(use, i, &places[count]) != 0)
			return -1;
		/* A home directory that is passed over is no place. */
		if (places[count].root != NULL || places[count].before.len > 0)
			count++;
	}
	rules->places = places;
	rules->place_count = count;
	rules->placed = true;
	return 0;
}

static int
parse_userdir(const struct directive_use *use, void *field)
{
	struct user_rules *rules = field;
	bool off = strcasecmp(use->args[0], "disabled") == 0;

	if (off && use->arg_count > 1)
		return add_names(use, &rules->off);
	if (off) {
		rules->ruled = rules->disabled = true;
		return 0;
	}
	if (strcasecmp(use->args[0], "enabled") != 0)
		return parse_places(use, rules);
	if (use->arg_count == 1)
		return directive_error(
		    use, 0, "whom it is enabled for is missing");
	return add_names(use, &rules->on);
}

static int
merge_userdir(struct arena *arena, void *field, const void *outer_field)
{
	const struct user_rules *outer = outer_field;
	struct user_rules *rules = field;

	(void)arena;
	rules->outer = outer;
	if (!rules->placed) {
		rules->places = outer->places;
		rules->place_count = outer->place_count;
	}
	if (!rules->ruled)
		rules->disabled = outer->disabled;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("UserDir", IN_SERVER_HOST, userdir_conf, rules,
	    struct user_rules, NULL,
	    "folder|URL ...|disabled [name ...]|enabled name ...",
	    "where /~name/ leads: /home/*/public_html with the name for the "
	    "*, /var/www/users with the name behind it, or a URL with either, "
	    "to which the client is sent. Of several the first that is there. "
	    "disabled and enabled say for whom; disabled alone: for none but "
	    "those enabled",
	    .differs = "public_html alone, in the home directories, is an "
		       "error, since no worker looks up a user; with "
		       "UnsupportedModules "
		       "warn it is left out. Workers may read the folder "
		       "before the *. A "
		       "client that is sent to a URL keeps its query",
	    .parse = parse_userdir, .merge = merge_userdir, .min_args = 1,
	    .max_args = -1, .repeats = true),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_userdir.c", NULL };

static unsigned section_id;
static const struct conf_section userdir_section = {
	.name = "userdir",
	.rows = rows,
	.size = sizeof(struct userdir_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* ---- map ---- */

static bool
is_in(const struct user_names *list, struct span name)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_is(name, list->names[i]))
			return true;
	return false;
}

static bool
is_enabled(const struct user_rules *rules, struct span name)
{
	if (rules->disabled && !is_in(&rules->on, name))
		return false;
	for (; rules != NULL; rules = rules->outer)
		if (is_in(&rules->off, name))
			return false;
	return true;
}

static enum hook_result
fail(struct exchange *x, int status)
{
	response_error(x, status);
	return HOOK_DONE;
}

static enum hook_result
send_away(struct exchange *x, const struct user_place *place, struct span name,
    struct span rest)
{
	struct span location = { NULL, 0 };
	struct buf url;

	buf_init(&url, place->before.len + place->after.len + 3 * name.len);
	buf_add_span(&url, place->before);
	buf_add_url_path(&url, name);
	buf_add_span(&url, place->after);
	if (!buf_failed(&url))
		location = paths_location(x, buf_span(&url), rest);
	buf_release(&url);
	if (location.ptr == NULL)
		return fail(x, 500);
	response_redirect(x, 302, location);
	return HOOK_DONE;
}

/* The user's folder, or what of the request is below it. */
static int
map_below(struct exchange *x, const struct user_place *place, struct span name,
    struct span rest)
{
	const char *below =
	    arena_printf(&x->arena, "%.*s%.*s%.*s%.*s", SPAN_ARG(place->before),
		SPAN_ARG(name), SPAN_ARG(place->after), SPAN_ARG(rest));

	if (below == NULL)
		return -1;
	return files_map_below(x, span_str(place->root), span_str(below), 0);
}

/* 1: it is there and mapped, 0: it is not, -1: no memory. */
static int
try_place(struct exchange *x, const struct user_place *place, struct span name,
    struct span rest, bool last)
{
	struct stat st;

	if (!last) {
		if (map_below(x, place, name, span_of("", 0)) != 0)
			return -1;
		if (!files_stat(x, x->file_path, &st)) {
			x->file_path = x->root_path = span_of("", 0);
			return 0;
		}
	}
	return map_below(x, place, name, rest) == 0 ? 1 : -1;
}

static enum hook_result
map_user(struct exchange *x, const struct user_rules *rules, struct span name,
    struct span rest)
{
	for (size_t i = 0; i < rules->place_count; i++) {
		const struct user_place *place = &rules->places[i];
		int found;

		if (place->root == NULL)
			return send_away(x, place, name, rest);
		found = try_place(
		    x, place, name, rest, i + 1 == rules->place_count);
		if (found < 0)
			return fail(x, 500);
		if (found > 0)
			break;
	}
	return HOOK_PASS;
}

static enum hook_result
userdir_map(struct exchange *x)
{
	const struct userdir_conf *conf = exchange_conf(x, &userdir_section);
	struct span path = x->request.uri.path, name;

	if (conf->rules.place_count == 0 || !span_starts(path, "/~"))
		return HOOK_PASS;
	path = span_skip(path, 2);
	name = span_of(path.ptr, span_find(path, '/'));
	if (name.len == 0 || name.ptr[0] == '.' ||
	    !is_enabled(&conf->rules, name))
		return HOOK_PASS;
	return map_user(x, &conf->rules, name, span_skip(path, name.len));
}

static void
userdir_roots(const struct server_conf *server, root_visit *visit, void *data)
{
	for (size_t i = 0; i < server->host_count; i++) {
		const struct userdir_conf *conf =
		    settings_get(server->hosts[i].settings, &userdir_section);
		const struct user_rules *rules = &conf->rules;

		for (size_t j = 0; j < rules->place_count; j++)
			if (rules->places[j].root != NULL)
				visit(rules->places[j].root, data);
	}
}

const struct module userdir_module = {
	.conf = &userdir_section,
	.only_where_set = &userdir_section,
	.map = userdir_map,
	.roots = userdir_roots,
};
