/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SetEnv, PassEnv and UnsetEnv: variables that every request has where they
 * hold.  They come late, when nothing is against the request any more, and
 * leave alone what SetEnvIf has set.
 */
#include "config.h"

#include <stdlib.h>

#include "http/exchange_env.h"
#include "http/module.h"

struct variable {
	struct span name;
	struct span value; /* ptr NULL: unset by the scope, not inherited */
};

struct variable_list {
	struct variable *variables; /* one of a name */
	size_t count;
};

struct setenv_conf {
	struct variable_list list;
};

/* The last word about a name within a scope holds. */
static int
put(const struct directive_use *use, struct variable_list *list,
    const char *name, struct span value)
{
	struct variable variable = { span_str(name), value };
	void *all;

	if (*name == '\0')
		return directive_error(use, 0, "a variable's name is missing");
	for (size_t i = 0; i < list->count; i++) {
		if (!span_equal_nocase(list->variables[i].name, variable.name))
			continue;
		list->variables[i].value = value;
		return 0;
	}
	all = arena_append(use->arena, list->variables, list->count, &variable,
	    1, sizeof(variable));
	if (all == NULL)
		return -1;
	list->variables = all;
	list->count++;
	return 0;
}

static int
parse_set(const struct directive_use *use, void *field)
{
	const char *value = use->arg_count == 2 ? use->args[1] : "";

	return put(use, field, use->args[0], span_str(value));
}

static int
parse_pass(const struct directive_use *use, void *field)
{
	int status = 0;

	for (int i = 0; i < use->arg_count && status == 0; i++) {
		const char *value = getenv(use->args[i]), *copy;

		if (value == NULL) {
			directive_warn(use, i,
			    "the server's environment has no \"%s\"",
			    use->args[i]);
			continue;
		}
		copy = arena_strdup(use->arena, value);
		if (copy == NULL)
			return -1;
		status = put(use, field, use->args[i], span_str(copy));
	}
	return status;
}

static int
parse_unset(const struct directive_use *use, void *field)
{
	int status = 0;

	for (int i = 0; i < use->arg_count && status == 0; i++)
		status = put(use, field, use->args[i], span_of(NULL, 0));
	return status;
}

static bool
has(const struct variable_list *list, struct span name)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_equal_nocase(list->variables[i].name, name))
			return true;
	return false;
}

/* Adds of the outer scope what the inner one says nothing about. */
static int
merge(struct arena *arena, void *field, const void *outer_field)
{
	struct variable_list *list = field, inner = *list;
	const struct variable_list *outer = outer_field;
	struct variable *all;

	all = arena_calloc(arena, inner.count + outer->count, sizeof(*all));
	if (all == NULL)
		return -1;
	for (size_t i = 0; i < inner.count; i++)
		all[i] = inner.variables[i];
	list->variables = all;
	for (size_t i = 0; i < outer->count; i++)
		if (!has(&inner, outer->variables[i].name))
			all[list->count++] = outer->variables[i];
	return 0;
}

#define ROW(name_, syntax_, help_, parse_, max_)                         \
	DIRECTIVE_CUSTOM(name_, IN_ANY, setenv_conf, list,               \
	    struct variable_list, NULL, syntax_, help_, .parse = parse_, \
	    .merge = merge, .min_args = 1, .max_args = max_, .repeats = true)

static const struct directive rows[] = {
	ROW("SetEnv", "variable [value]", "set a variable for every request",
	    parse_set, 2),
	ROW("PassEnv", "variable ...",
	    "set variables for every request to what the server's environment "
	    "has",
	    parse_pass, -1),
	ROW("UnsetEnv", "variable ...", "take back what SetEnv and PassEnv set",
	    parse_unset, -1),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_env.c", NULL };

static unsigned section_id;
static const struct conf_section setenv_section = {
	.name = "setenv",
	.rows = rows,
	.size = sizeof(struct setenv_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

static void
setenv_fixup(struct exchange *x)
{
	const struct setenv_conf *conf = exchange_conf(x, &setenv_section);

	for (size_t i = 0; i < conf->list.count; i++) {
		const struct variable *v = &conf->list.variables[i];

		if (v->value.ptr != NULL &&
		    exchange_env_get(x, v->name).ptr == NULL)
			(void)exchange_env_set(x, v->name, v->value);
	}
}

/* "nokeepalive" is for clients that cannot. */
static void
setenv_decorate(struct exchange *x)
{
	if (x->env != NULL &&
	    exchange_env_get(x, (struct span)SPAN("nokeepalive")).ptr != NULL)
		x->response.close = true;
}

const struct module setenv_module = {
	.conf = &setenv_section,
	.fixup = setenv_fixup,
	.decorate = setenv_decorate,
};
