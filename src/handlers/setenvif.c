/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SetEnvIf and its kin: variables of a request that follow from what it is.
 * As in Apache those of the server and of a host are looked at first of all,
 * with the path as it was sent, those of a section where it holds, with the
 * path decoded.  All that match have their effect, in the order of the file,
 * the outer scope's first.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "handlers/env_rule.h"
#include "http/module.h"

/* Of one scope; outer outlives it. */
struct rule_list {
	const struct env_rule *rules;
	size_t count;
	const struct rule_list *outer;
};

struct setenvif_conf {
	struct rule_list list;
};

/* ---- rows ---- */

static int
parse_attribute(const struct directive_use *use, struct env_rule *rule)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	const char *name = use->args[0];

	rule->subject = env_rule_attribute(name);
	if (rule->subject != NULL)
		return 0;
	if (strncasecmp(name, "OID(", 4) == 0)
		return directive_error(
		    use, 0, "parts of certificates are not supported");
	rule->name = span_str(name);
	rule->subject = env_rule_header;
	if (name[strspn(name, plain)] == '\0')
		return 0;
	rule->subject = env_rule_header_by_pattern;
	rule->names = directive_regex(use, 0, 0, true);
	return rule->names == NULL ? -1 : 0;
}

/* VAR, VAR=value or !VAR */
static int
parse_effect(
    const struct directive_use *use, int arg, struct env_effect *effect_r)
{
	struct span text = span_str(use->args[arg]);
	size_t equals = span_find(text, '=');

	*effect_r = (struct env_effect){ .value = SPAN("1") };
	effect_r->unset = span_starts(text, "!");
	if (effect_r->unset) {
		effect_r->name = span_skip(text, 1);
	} else {
		effect_r->name = span_of(text.ptr, equals);
		/* "VAR=" is as "VAR", in Apache too. */
		if (equals + 1 < text.len)
			effect_r->value = span_skip(text, equals + 1);
	}
	effect_r->has_groups = strpbrk(effect_r->value.ptr, "$\\") != NULL;
	if (effect_r->name.len == 0)
		return directive_error(
		    use, arg, "a variable's name is missing");
	return 0;
}

static int
parse_effects(const struct directive_use *use, int first, struct env_rule *rule)
{
	struct env_effect *effects;
	size_t count = (size_t)(use->arg_count - first);

	effects = arena_calloc(use->arena, count, sizeof(*effects));
	if (effects == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (parse_effect(use, first + (int)i, &effects[i]) == -1)
			return -1;
	rule->effects = effects;
	rule->effect_count = count;
	return 0;
}

static int
add_rule(const struct directive_use *use, int pattern, bool nocase,
    struct env_rule *rule, struct rule_list *list)
{
	void *all;

	rule->in_section = use->context == IN_DIRECTORY;
	rule->regex = directive_regex(use, pattern, 0, nocase);
	if (rule->regex == NULL || parse_effects(use, pattern + 1, rule) == -1)
		return -1;
	all = arena_append(
	    use->arena, list->rules, list->count, rule, 1, sizeof(*rule));
	if (all == NULL)
		return -1;
	list->rules = all;
	list->count++;
	return 0;
}

static int
parse_if(const struct directive_use *use, void *field)
{
	bool nocase = strcasecmp(use->row->name, "SetEnvIfNoCase") == 0;
	struct env_rule rule = { .subject = NULL };

	if (parse_attribute(use, &rule) == -1)
		return -1;
	return add_rule(use, 1, nocase, &rule, field);
}

static int
parse_browser(const struct directive_use *use, void *field)
{
	bool nocase = strcasecmp(use->row->name, "BrowserMatchNoCase") == 0;
	struct env_rule rule = { .subject = env_rule_header,
		.name = SPAN("User-Agent") };

	return add_rule(use, 0, nocase, &rule, field);
}

static int
merge_rules(struct arena *arena, void *field, const void *outer)
{
	struct rule_list *list = field;

	(void)arena;
	list->outer = outer;
	return 0;
}

#define ROW(name_, syntax_, parse_, min_, ...)                                 \
	DIRECTIVE_CUSTOM(name_, IN_ANY, setenvif_conf, list, struct rule_list, \
	    NULL, syntax_, __VA_ARGS__, .parse = parse_, .merge = merge_rules, \
	    .min_args = min_, .max_args = -1, .repeats = true)

static const struct directive rows[] = {
	ROW("SetEnvIf", "attribute regex [!]variable[=value] ...", parse_if, 3,
	    "set variables for requests of which a header field matches, or "
	    "Remote_Addr, Server_Addr, Request_Method, Request_Protocol or "
	    "Request_URI",
	    .differs =
		"parts of certificates (OID) are errors, and "
		"Remote_Host is Remote_Addr, since no name is looked up"),
	ROW("SetEnvIfNoCase", "attribute regex [!]variable[=value] ...",
	    parse_if, 3, "as SetEnvIf, whatever the case",
	    .differs = "as for SetEnvIf"),
	ROW("BrowserMatch", "regex [!]variable[=value] ...", parse_browser, 2,
	    "set variables for requests whose User-Agent matches",
	    .differs = "nokeepalive has its effect; downgrade-1.0, "
		       "force-response-1.0, redirect-carefully and no-gzip "
		       "are variables like any other"),
	ROW("BrowserMatchNoCase", "regex [!]variable[=value] ...",
	    parse_browser, 2, "as BrowserMatch, whatever the case",
	    .differs = "as for BrowserMatch"),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_setenvif.c", NULL };

static unsigned section_id;
static const struct conf_section setenvif_section = {
	.name = "setenvif",
	.rows = rows,
	.size = sizeof(struct setenvif_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* ---- requests ---- */

/* A scope is either in a section or not, with all its rules. */
static void
run(struct exchange *x, const struct rule_list *list, bool in_section)
{
	if (list->outer != NULL)
		run(x, list->outer, in_section);
	if (list->count == 0 || list->rules[0].in_section != in_section)
		return;
	for (size_t i = 0; i < list->count; i++)
		env_rule_run(x, &list->rules[i]);
}

static void
setenvif_begin(struct exchange *x)
{
	const struct setenvif_conf *conf = exchange_conf(x, &setenvif_section);

	run(x, &conf->list, false);
}

/* The file that stands for a directory: as in Apache what was asked for is
 * looked at, and not that, too. */
static bool
is_index(const struct exchange *x)
{
	const struct uri *uri = &x->request.uri;

	return x->route.again > 0 && uri->raw_path.len > 0 &&
	       uri->raw_path.ptr[uri->raw_path.len - 1] == '/' &&
	       uri->path.len > 0 && uri->path.ptr[uri->path.len - 1] != '/';
}

static enum hook_result
setenvif_check(struct exchange *x)
{
	const struct setenvif_conf *conf = exchange_conf(x, &setenvif_section);

	if (!is_index(x))
		run(x, &conf->list, true);
	return HOOK_PASS;
}

const struct module setenvif_module = {
	.conf = &setenvif_section,
	.only_where_set = &setenvif_section,
	.begin = setenvif_begin,
	.check = setenvif_check,
};
