/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Action and Script: programs that answer for types of files or for methods.
 * Drover runs none, and does not send what they were to work on.
 */
#include "config.h"

#include "http/mime.h"
#include "http/module.h"

struct action_list {
	const char *const *names; /* types and handlers, or methods */
	size_t count;
	const struct action_list *outer;
};

struct actions_conf {
	struct action_list actions, scripts;
};

static int
parse_action(const struct directive_use *use, void *field)
{
	struct action_list *list = field;

	list->names = arena_append(use->arena, list->names, list->count,
	    use->args, 1, sizeof(*use->args));
	if (list->names == NULL)
		return -1;
	list->count++;
	return directive_unsupported(use, -1,
	    "Drover runs no programs; with UnsupportedModules warn what this "
	    "is for is answered by 501");
}

static int
merge_actions(struct arena *arena, void *field, const void *outer_field)
{
	const struct action_list *outer = outer_field;
	struct action_list *list = field;

	(void)arena;
	list->outer = outer->count > 0 ? outer : outer->outer;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("Action", IN_ANY, actions_conf, actions,
	    struct action_list, NULL, "type|handler URL-path [virtual]",
	    "a program that answers for files of a type",
	    .differs = "Drover runs no programs: it is an error, or with "
		       "UnsupportedModules warn such files are answered by 501",
	    .parse = parse_action, .merge = merge_actions, .min_args = 2,
	    .max_args = 3, .repeats = true),
	DIRECTIVE_CUSTOM("Script", IN_ANY, actions_conf, scripts,
	    struct action_list, NULL, "method URL-path",
	    "a program that answers this method, GET only with a query",
	    .differs =
		"Drover runs no programs: it is an error, or with "
		"UnsupportedModules warn these requests are answered by 501",
	    .parse = parse_action, .merge = merge_actions, .min_args = 2,
	    .max_args = 2, .repeats = true),
	{ .name = NULL },
};

static unsigned section_id;
static const struct conf_section actions_section = {
	.name = "actions",
	.rows = rows,
	.size = sizeof(struct actions_conf),
	.id = &section_id,
};

static bool
is_empty(const struct action_list *list)
{
	return list->count == 0 && list->outer == NULL;
}

/* A directory has no type. */
static const char *
find_action(const struct action_list *list, const struct exchange *x)
{
	struct span path = x->file_path, type;

	if (path.len == 0 || path.ptr[path.len - 1] == '/')
		return NULL;
	type = mime_type(x->settings, path);
	for (; list != NULL; list = list->outer)
		for (size_t i = 0; i < list->count; i++)
			if (mime_is_same(type, span_str(list->names[i])))
				return list->names[i];
	return NULL;
}

static const char *
find_script(const struct action_list *list, const struct request *r)
{
	struct span method = r->method_text;

	/* HEAD is what GET would be. */
	if (r->method == METHOD_HEAD)
		method = span_str("GET");
	if ((r->method == METHOD_GET || r->method == METHOD_HEAD) &&
	    r->uri.query.len == 0)
		return NULL;
	for (; list != NULL; list = list->outer)
		for (size_t i = 0; i < list->count; i++)
			if (span_is(method, list->names[i]))
				return list->names[i];
	return NULL;
}

/* Apart, so that those who have none of it pay next to nothing. */
__attribute__((cold, noinline)) static enum hook_result
check(struct exchange *x, const struct actions_conf *conf)
{
	const char *found = NULL;

	if (!is_empty(&conf->actions))
		found = find_action(&conf->actions, x);
	if (found == NULL)
		found = find_script(&conf->scripts, &x->request);
	if (found == NULL)
		return HOOK_PASS;
	exchange_report(x, REPORT_WARN, "actions",
	    "the program for %s is not supported: %.*s", found,
	    SPAN_ARG(x->request.uri.path));
	response_error(x, 501);
	return HOOK_DONE;
}

static enum hook_result
actions_check(struct exchange *x)
{
	const struct actions_conf *conf = exchange_conf(x, &actions_section);

	if (is_empty(&conf->actions) && is_empty(&conf->scripts))
		return HOOK_PASS;
	return check(x, conf);
}

const struct module actions_module = {
	.conf = &actions_section,
	.only_where_set = &actions_section,
	.check = actions_check,
};
