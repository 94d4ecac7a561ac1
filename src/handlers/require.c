/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conditions have three outcomes.  Granted and denied; and neutral, where
 * "not", or <RequireNone>, found nothing to deny: that alone grants nothing.
 * A condition that <Limit> makes for other methods does not count: granted
 * where all are needed, denied where one is enough.
 */
#include "config.h"

#include "handlers/require.h"

#include <netinet/in.h>
#include <strings.h>

#include "base/subnet.h"
#include "http/exchange_env.h"
#include "http/module.h"

enum outcome {
	OUTCOME_NEUTRAL,
	OUTCOME_DENIED,
	OUTCOME_GRANTED,
};

enum kind {
	REQUIRE_ANY,
	REQUIRE_ALL,
	REQUIRE_NONE,
	REQUIRE_EVERYBODY, /* all granted */
	REQUIRE_NOBODY,	   /* all denied */
	REQUIRE_LOCAL,
	REQUIRE_IP,
	REQUIRE_ENV,
	REQUIRE_METHOD,
	REQUIRE_LACKING, /* something that Drover has not: stays closed */
};

struct require {
	enum kind kind;
	bool not ;
	unsigned methods; /* METHOD_BITs; of a container: of all inside */
	size_t count;	  /* of what the kind has */
	const struct require *const *inside;
	const struct subnet *subnets;
	const struct span *variables;
	unsigned named; /* by "method": METHOD_BITs */
	struct require *outer;
};

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
	int at = r->not ? 1 : 0;
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
	return r->not || r->kind == REQUIRE_NONE;
}

static int
add(const struct directive_use *use, struct require *to, struct require *r)
{
	const struct require *const *inside;

	if (only_denies(r) && to->kind != REQUIRE_ALL)
		return directive_error(use, -1,
		    "%s can only deny, which means nothing %s%s: it belongs "
		    "into <RequireAll>",
		    r->not ? "\"not\"" : "<RequireNone>",
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
	r->not = strcasecmp(use->args[0], "not") == 0;
	r->methods = require_methods(use->limit);
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

/* ---- a request ---- */

static bool
is_loopback(const struct addr *addr)
{
	if (addr->any.sa_family == AF_INET)
		return ntohl(addr->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return addr->any.sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(&addr->v6.sin6_addr);
}

/* As in Apache: from 127.0.0.0/8 or ::1, or from the address that it came
 * to. */
static bool
is_local(const struct exchange_peer *peer)
{
	return is_loopback(&peer->remote) ||
	       addr_equal_ip(&peer->remote, &peer->local);
}

static bool
is_from(const struct require *r, const struct addr *client)
{
	for (size_t i = 0; i < r->count; i++)
		if (subnet_has(&r->subnets[i], client))
			return true;
	return false;
}

static bool
has_variable(const struct require *r, const struct exchange *x)
{
	for (size_t i = 0; i < r->count; i++)
		if (exchange_env_get(x, r->variables[i]).ptr != NULL)
			return true;
	return false;
}

static bool
is_met(const struct require *r, const struct exchange *x)
{
	switch (r->kind) {
	case REQUIRE_EVERYBODY:
		return true;
	case REQUIRE_LOCAL:
		return is_local(x->peer);
	case REQUIRE_IP:
		return is_from(r, &x->peer->remote);
	case REQUIRE_ENV:
		return has_variable(r, x);
	case REQUIRE_METHOD:
		return (r->named & METHOD_BIT(x->request.method)) != 0;
	default:
		return false;
	}
}

static enum outcome outcome_of(
    const struct require *, const struct exchange *, enum kind outer);

static enum outcome
outcome_of_all(const struct require *r, const struct exchange *x)
{
	enum outcome all = OUTCOME_NEUTRAL;

	for (size_t i = 0; i < r->count && all != OUTCOME_DENIED; i++) {
		enum outcome one = outcome_of(r->inside[i], x, r->kind);

		if (one != OUTCOME_NEUTRAL)
			all = one;
	}
	return all;
}

static enum outcome
outcome_of_any(const struct require *r, const struct exchange *x)
{
	enum outcome any = OUTCOME_NEUTRAL;

	for (size_t i = 0; i < r->count && any != OUTCOME_GRANTED; i++) {
		enum outcome one = outcome_of(r->inside[i], x, r->kind);

		if (one != OUTCOME_NEUTRAL)
			any = one;
	}
	return any;
}

/* What Drover lacks could be met by anybody: what it was to keep out stays
 * out. */
static bool
has_lacking(const struct require *r)
{
	if (r->kind == REQUIRE_LACKING)
		return true;
	for (size_t i = 0; i < r->count && r->inside != NULL; i++)
		if (has_lacking(r->inside[i]))
			return true;
	return false;
}

static enum outcome
outcome_of(const struct require *r, const struct exchange *x, enum kind outer)
{
	if (!(r->methods & METHOD_BIT(x->request.method)))
		return outer == REQUIRE_ALL ? OUTCOME_GRANTED : OUTCOME_DENIED;
	if (r->kind == REQUIRE_ALL)
		return outcome_of_all(r, x);
	if (r->kind == REQUIRE_ANY)
		return outcome_of_any(r, x);
	if (r->kind == REQUIRE_NONE)
		return outcome_of_any(r, x) == OUTCOME_GRANTED || has_lacking(r)
			   ? OUTCOME_DENIED
			   : OUTCOME_NEUTRAL;
	if (r->not )
		return is_met(r, x) || has_lacking(r) ? OUTCOME_DENIED
						      : OUTCOME_NEUTRAL;
	return is_met(r, x) ? OUTCOME_GRANTED : OUTCOME_DENIED;
}

bool
require_grants(const struct require_rules *rules, struct exchange *x)
{
	return rules->merged == NULL ||
	       outcome_of(rules->merged, x, REQUIRE_ALL) == OUTCOME_GRANTED;
}
