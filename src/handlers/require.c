/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the tree of a scope: words, then containers, then what becomes of the
 * trees around it.
 */
#include "config.h"

#include "handlers/require.h"

#include <strings.h>

#include "handlers/require_private.h"
#include "http/method.h"

enum merging {
	MERGING_UNSET,
	MERGING_OFF,
	MERGING_AND,
	MERGING_OR,
};

/* ---- conditions ---- */

/* As in Apache what is said of GET or HEAD is said of both. */
static unsigned
get_is_head(unsigned set)
{
	const unsigned both = METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_HEAD);

	return set & both ? set | both : set;
}

unsigned
require_methods(const struct conf_limit *limit)
{
	unsigned set = 0;

	if (limit == NULL)
		return ~0u;
	/* Of a method that is not known there is no request. */
	for (int i = 0; i < limit->method_count; i++) {
		enum method method = method_find(span_str(limit->methods[i]));

		if (method != METHOD_UNKNOWN)
			set |= METHOD_BIT(method);
	}
	set = get_is_head(set);
	return limit->except ? ~set : set;
}

/* The arguments from first on are what the word is about. */
typedef int parse_kind(
    const struct directive_use *, int first, struct require *);

static int
take_none(const struct directive_use *use, int first)
{
	if (first < use->arg_count)
		return directive_error(use, first,
		    "nothing stands behind \"%s\"", use->args[first - 1]);
	return 0;
}

static int
parse_all(const struct directive_use *use, int first, struct require *r)
{
	const char *word = first < use->arg_count ? use->args[first] : "";

	if (strcasecmp(word, "granted") == 0)
		r->kind = REQUIRE_EVERYBODY;
	else if (strcasecmp(word, "denied") == 0)
		r->kind = REQUIRE_NOBODY;
	else
		return directive_error(use,
		    first < use->arg_count ? first : first - 1,
		    "behind \"all\" stands \"granted\" or \"denied\"");
	return take_none(use, first + 1);
}

static int
parse_local(const struct directive_use *use, int first, struct require *r)
{
	r->kind = REQUIRE_LOCAL;
	return take_none(use, first);
}

static int
parse_ip(const struct directive_use *use, int first, struct require *r)
{
	struct subnet *subnets =
	    arena_calloc(use->arena, (size_t)use->arg_count, sizeof(*subnets));
	struct err err;

	if (subnets == NULL)
		return -1;
	r->kind = REQUIRE_IP;
	r->subnets = subnets;
	for (int i = first; i < use->arg_count; i++) {
		if (subnet_parse(span_str(use->args[i]), &subnets[r->count++],
			&err) == -1)
			return directive_error(use, i, "%s", err.text);
	}
	return 0;
}

static int
parse_env(const struct directive_use *use, int first, struct require *r)
{
	struct span *names =
	    arena_calloc(use->arena, (size_t)use->arg_count, sizeof(*names));

	if (names == NULL)
		return -1;
	r->kind = REQUIRE_ENV;
	r->variables = names;
	for (int i = first; i < use->arg_count; i++)
		names[r->count++] = span_str(use->args[i]);
	return 0;
}

static int
parse_method(const struct directive_use *use, int first, struct require *r)
{
	r->kind = REQUIRE_METHOD;
	for (int i = first; i < use->arg_count; i++) {
		enum method method = method_find(span_str(use->args[i]));

		if (method == METHOD_UNKNOWN)
			return directive_error(use, i,
			    "\"%s\" is no method that Drover knows",
			    use->args[i]);
		r->named |= METHOD_BIT(method);
	}
	r->named = get_is_head(r->named);
	return 0;
}

/* Names: of this machine alone. */
static int
parse_host(const struct directive_use *use, int first, struct require *r)
{
	for (int i = first; i < use->arg_count; i++) {
		if (strcasecmp(use->args[i], "localhost") == 0)
			continue;
		r->kind = REQUIRE_LACKING;
		return directive_unsupported(use, i,
		    "a worker looks up no name: write the addresses of %s, "
		    "behind \"ip\"",
		    use->args[i]);
	}
	r->kind = REQUIRE_IP;
	r->subnets = subnet_localhost;
	r->count = 2;
	return 0;
}

static int
parse_lacking(const struct directive_use *use, int first, struct require *r)
{
	r->kind = REQUIRE_LACKING;
	return directive_unsupported(use, first - 1,
	    "\"%s\" is not supported by Drover; with UnsupportedModules warn "
	    "it "
	    "lets nobody in",
	    use->args[first - 1]);
}

static const struct {
	const char *word;
	parse_kind *parse;
	bool needs_argument;
} words[] = {
	{ "all", parse_all, false },
	{ "env", parse_env, true },
	{ "host", parse_host, true },
	{ "ip", parse_ip, true },
	{ "local", parse_local, false },
	{ "method", parse_method, true },
	/* Apache's other ones, by their modules. */
	{ "dbd-group", parse_lacking, false },
	{ "dbd-login", parse_lacking, false },
	{ "dbd-logout", parse_lacking, false },
	{ "dbm-file-group", parse_lacking, false },
	{ "dbm-group", parse_lacking, false },
	{ "expr", parse_lacking, false },
	{ "file-group", parse_lacking, false },
	{ "file-owner", parse_lacking, false },
	{ "forward-dns", parse_lacking, false },
	{ "group", parse_lacking, false },
	{ "ldap-attribute", parse_lacking, false },
	{ "ldap-dn", parse_lacking, false },
	{ "ldap-filter", parse_lacking, false },
	{ "ldap-group", parse_lacking, false },
	{ "ldap-search", parse_lacking, false },
	{ "ldap-user", parse_lacking, false },
	{ "ssl", parse_lacking, false },
	{ "ssl-verify-client", parse_lacking, false },
	{ "user", parse_lacking, false },
	{ "valid-user", parse_lacking, false },
};

/* A rule that is not understood must not be passed over: it would open what
 * it is to close. */
static int
parse_condition(const struct directive_use *use, struct require *r)
{
	int at = r->negated ? 1 : 0;
	size_t i = 0, count = sizeof(words) / sizeof(*words);

	if (at == use->arg_count)
		return directive_error(
		    use, 0, "what is not required stands behind \"not\"");
	while (i < count && strcasecmp(use->args[at], words[i].word) != 0)
		i++;
	if (i == count)
		return directive_error(use, at,
		    "\"%s\" is none of all, env, host, ip, local, method",
		    use->args[at]);
	if (words[i].needs_argument && at + 1 == use->arg_count)
		return directive_error(use, at,
		    "an argument is missing behind \"%s\"", use->args[at]);
	return words[i].parse(use, at + 1, r);
}

/* ---- the tree ---- */

static const char *
container_name(const struct require *container)
{
	return container->kind == REQUIRE_ANY	? "<RequireAny>"
	       : container->kind == REQUIRE_ALL ? "<RequireAll>"
						: "<RequireNone>";
}

/* What can only deny is of use where others can grant. */
static bool
only_denies(const struct require *r)
{
	return r->negated || r->kind == REQUIRE_NONE;
}

static int
add(const struct directive_use *use, struct require *to, struct require *r)
{
	const struct require *const *inside;

	if (only_denies(r) && to->kind != REQUIRE_ALL)
		return directive_error(use, -1,
		    "%s can only deny, which means nothing %s%s: it belongs "
		    "into <RequireAll>",
		    r->negated ? "\"not\"" : "<RequireNone>",
		    to->outer == NULL ? "where one condition is enough" : "in ",
		    to->outer == NULL ? "" : container_name(to));
	inside = arena_append(
	    use->arena, to->inside, to->count, &r, 1, sizeof(*to->inside));
	if (inside == NULL)
		return -1;
	to->inside = inside;
	to->count++;
	to->methods |= r->methods;
	return 0;
}

/* Where the next one goes: what a scope has is <RequireAny>. */
static struct require *
innermost(const struct directive_use *use, struct require_rules *rules)
{
	if (rules->root == NULL) {
		rules->root = arena_calloc(use->arena, 1, sizeof(*rules->root));
		rules->open = rules->root;
	}
	rules->merged = rules->root;
	return rules->open;
}

int
require_parse(const struct directive_use *use, void *field)
{
	struct require *to = innermost(use, field), *r;

	r = arena_calloc(use->arena, 1, sizeof(*r));
	if (to == NULL || r == NULL)
		return -1;
	r->negated = strcasecmp(use->args[0], "not") == 0;
	r->methods = require_methods(use->limit);
	r->place = use->place;
	if (parse_condition(use, r) == -1)
		return -1;
	return add(use, to, r);
}

static int
open_container(const struct directive_use *use, struct require_rules *rules)
{
	struct require *outer = innermost(use, rules), *r;

	r = arena_calloc(use->arena, 1, sizeof(*r));
	if (outer == NULL || r == NULL)
		return -1;
	r->kind = strcasecmp(use->row->name, "RequireAny") == 0 ? REQUIRE_ANY
		  : strcasecmp(use->row->name, "RequireAll") == 0
		      ? REQUIRE_ALL
		      : REQUIRE_NONE;
	r->outer = outer;
	rules->open = r;
	return 0;
}

static int
close_container(const struct directive_use *use, struct require_rules *rules)
{
	struct require *r = rules->open;
	bool grants = r->kind == REQUIRE_NONE;

	rules->open = r->outer;
	if (r->count == 0)
		return directive_error(use, -1, "there is no Require in it");
	for (size_t i = 0; i < r->count; i++)
		grants = grants || !only_denies(r->inside[i]);
	if (!grants)
		return directive_error(
		    use, -1, "all in it can only deny: it would let nobody in");
	return add(use, r->outer, r);
}

int
require_parse_container(const struct directive_use *use, void *field)
{
	return use->part == DIRECTIVE_OPEN ? open_container(use, field)
					   : close_container(use, field);
}

int
require_parse_merging(const struct directive_use *use, void *field)
{
	static const struct directive_keyword keywords[] = {
		{ "Off", MERGING_OFF },
		{ "And", MERGING_AND },
		{ "Or", MERGING_OR },
		{ NULL, 0 },
	};
	struct require_rules *rules = field;

	return directive_keyword(use, 0, keywords, &rules->merging);
}

int
require_merge(struct arena *arena, void *field, const void *outer)
{
	struct require_rules *rules = field;
	const struct require *theirs =
	    ((const struct require_rules *)outer)->merged;
	struct require *both;
	const struct require **pair;

	if (rules->merging == MERGING_OFF || theirs == NULL ||
	    (rules->merging == MERGING_UNSET && rules->root != NULL))
		return 0;
	if (rules->root == NULL) {
		rules->merged = theirs;
		return 0;
	}
	both = arena_calloc(arena, 1, sizeof(*both));
	pair = arena_calloc(arena, 2, sizeof(*pair));
	if (both == NULL || pair == NULL)
		return -1;
	pair[0] = theirs;
	pair[1] = rules->root;
	*both = (struct require){
		.kind =
		    rules->merging == MERGING_AND ? REQUIRE_ALL : REQUIRE_ANY,
		.methods = theirs->methods | rules->root->methods,
		.inside = pair,
		.count = 2,
	};
	rules->merged = both;
	return 0;
}
