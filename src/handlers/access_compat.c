/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of mod_access_compat.  All of them are looked at; Order says
 * whether Allow or Deny has the last word, and what holds where neither says
 * anything.
 */
#include "config.h"

#include "handlers/access_compat.h"

#include <string.h>
#include <strings.h>

#include "base/subnet.h"
#include "handlers/require.h"
#include "http/exchange_env.h"
#include "http/module.h"

enum order {
	DENY_THEN_ALLOW, /* open where nothing is said */
	ALLOW_THEN_DENY, /* closed */
	MUTUAL_FAILURE,
};

enum satisfy {
	SATISFY_ALL,
	SATISFY_ANY,
};

enum compat_kind {
	COMPAT_ALL,
	COMPAT_SUBNET,
	COMPAT_ENV,
	COMPAT_NAME, /* of a host: nobody can be known to be it */
};

struct compat_rule {
	enum compat_kind kind;
	unsigned methods;
	struct subnet subnet;
	struct span variable;
	bool unset; /* env=!variable */
};

static void
set_for(uint8_t values[METHOD_COUNT], unsigned methods, int value)
{
	for (int i = 0; i < METHOD_COUNT; i++)
		if (methods & METHOD_BIT(i))
			values[i] = (uint8_t)value;
}

int
compat_parse_order(const struct directive_use *use, void *field)
{
	static const struct directive_keyword keywords[] = {
		{ "allow,deny", ALLOW_THEN_DENY },
		{ "deny,allow", DENY_THEN_ALLOW },
		{ "mutual-failure", MUTUAL_FAILURE },
		{ NULL, 0 },
	};
	struct compat_rules *rules = field;
	int order;

	if (use->arg_count > 1)
		return directive_error(use, 1,
		    "the order is one word, without spaces: allow,deny or "
		    "deny,allow");
	if (directive_keyword(use, 0, keywords, &order) == -1)
		return -1;
	set_for(rules->order, require_methods(use->limit), order);
	return 0;
}

int
compat_parse_satisfy(const struct directive_use *use, void *field)
{
	static const struct directive_keyword keywords[] = {
		{ "All", SATISFY_ALL },
		{ "Any", SATISFY_ANY },
		{ NULL, 0 },
	};
	struct compat_rules *rules = field;
	int satisfy;

	if (directive_keyword(use, 0, keywords, &satisfy) == -1)
		return -1;
	set_for(rules->satisfy, require_methods(use->limit), satisfy);
	return 0;
}

static int
parse_name(const struct directive_use *use, int arg, struct compat_rule *rule)
{
	rule->kind = COMPAT_NAME;
	return directive_unsupported(use, arg,
	    "\"%s\" is neither \"all\", \"env=\" nor an address, and a worker "
	    "looks up no name",
	    use->args[arg]);
}

static int
parse_rule(const struct directive_use *use, int arg, struct compat_rule *rule)
{
	const char *text = use->args[arg];
	struct err err;

	rule->methods = require_methods(use->limit);
	if (strcasecmp(text, "all") == 0)
		return 0;
	if (strncasecmp(text, "env=", 4) == 0) {
		rule->kind = COMPAT_ENV;
		rule->unset = text[4] == '!';
		rule->variable = span_str(text + 4 + rule->unset);
		if (rule->variable.len == 0)
			return directive_error(use, arg,
			    "a variable's name is missing behind \"env=\"");
		return 0;
	}
	rule->kind = COMPAT_SUBNET;
	if (subnet_parse(span_str(text), &rule->subnet, &err) == 0)
		return 0;
	/* A name has a letter that no address has; else it is misspelt. */
	if (strchr(text, '/') != NULL || strchr(text, ':') != NULL ||
	    strspn(text, "0123456789.") == strlen(text))
		return directive_error(use, arg, "%s", err.text);
	return parse_name(use, arg, rule);
}

static int
add(const struct directive_use *use, const struct compat_rule **rules,
    size_t *count, const struct compat_rule *rule)
{
	const struct compat_rule *all =
	    arena_append(use->arena, *rules, *count, rule, 1, sizeof(*rule));

	if (all == NULL)
		return -1;
	*rules = all;
	(*count)++;
	return 0;
}

/* "localhost" has two addresses. */
static int
add_localhost(const struct directive_use *use, const struct compat_rule **rules,
    size_t *count)
{
	struct compat_rule rule = {
		.kind = COMPAT_SUBNET,
		.methods = require_methods(use->limit),
	};

	for (int i = 0; i < 2; i++) {
		rule.subnet = subnet_localhost[i];
		if (add(use, rules, count, &rule) == -1)
			return -1;
	}
	return 0;
}

static int
parse_rules(const struct directive_use *use, const struct compat_rule **rules,
    size_t *count)
{
	if (strcasecmp(use->args[0], "from") != 0)
		return directive_error(
		    use, 0, "\"from\" stands here, and then who is meant");
	for (int i = 1; i < use->arg_count; i++) {
		struct compat_rule rule = { .kind = COMPAT_ALL };

		if (strcasecmp(use->args[i], "localhost") == 0) {
			if (add_localhost(use, rules, count) == -1)
				return -1;
		} else if (parse_rule(use, i, &rule) == -1 ||
			   add(use, rules, count, &rule) == -1) {
			return -1;
		}
	}
	return 0;
}

int
compat_parse_allow(const struct directive_use *use, void *field)
{
	struct compat_rules *rules = field;

	return parse_rules(use, &rules->allow, &rules->allow_count);
}

int
compat_parse_deny(const struct directive_use *use, void *field)
{
	struct compat_rules *rules = field;

	return parse_rules(use, &rules->deny, &rules->deny_count);
}

/* ---- a request ---- */

/* name: what a rule that nobody can be known to meet counts for. */
static bool
speak(const struct compat_rule *rules, size_t count, const struct exchange *x,
    bool name)
{
	for (size_t i = 0; i < count; i++) {
		const struct compat_rule *r = &rules[i];

		if (!(r->methods & METHOD_BIT(x->request.method)))
			continue;
		if (r->kind == COMPAT_ALL ||
		    (r->kind == COMPAT_SUBNET &&
			subnet_has(&r->subnet, exchange_client(x))) ||
		    (r->kind == COMPAT_ENV &&
			(exchange_env_get(x, r->variable).ptr == NULL) ==
			    r->unset) ||
		    (r->kind == COMPAT_NAME && name))
			return true;
	}
	return false;
}

bool
compat_grants(const struct compat_rules *rules, const struct exchange *x)
{
	bool allowed = speak(rules->allow, rules->allow_count, x, false);
	bool denied = speak(rules->deny, rules->deny_count, x, true);

	if (rules->order[x->request.method] == DENY_THEN_ALLOW)
		return allowed || !denied;
	return allowed && !denied;
}

bool
compat_needs_one(const struct compat_rules *rules, const struct exchange *x)
{
	return rules->satisfy[x->request.method] == SATISFY_ANY;
}
