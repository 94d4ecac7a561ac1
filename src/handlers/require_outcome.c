/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conditions have three outcomes.  Granted and denied; and neutral, where
 * "not", or <RequireNone>, found nothing to deny: that alone grants nothing.
 * A condition that <Limit> makes for other methods does not count: granted
 * where all are needed, denied where one is enough.
 */
#include "config.h"

#include <netinet/in.h>

#include "handlers/require_private.h"
#include "http/exchange_env.h"

enum outcome {
	OUTCOME_NEUTRAL,
	OUTCOME_DENIED,
	OUTCOME_GRANTED,
};

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
is_local(const struct exchange *x)
{
	return is_loopback(exchange_client(x)) ||
	       addr_equal_ip(exchange_client(x), &x->peer->local);
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
		return is_local(x);
	case REQUIRE_IP:
		return is_from(r, exchange_client(x));
	case REQUIRE_ENV:
		return has_variable(r, x);
	case REQUIRE_METHOD:
		return (r->named & METHOD_BIT(x->request.method)) != 0;
	default:
		return false;
	}
}

static enum outcome outcome_of(
    const struct require *, struct exchange *, enum require_kind outer);

static enum outcome
outcome_of_all(const struct require *r, struct exchange *x)
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
outcome_of_any(const struct require *r, struct exchange *x)
{
	enum outcome any = OUTCOME_NEUTRAL;

	for (size_t i = 0; i < r->count && any != OUTCOME_GRANTED; i++) {
		enum outcome one = outcome_of(r->inside[i], x, r->kind);

		if (one != OUTCOME_NEUTRAL)
			any = one;
	}
	/* That none of several was met is nobody's doing alone. */
	if (any != OUTCOME_GRANTED && r->count > 1)
		x->route.decided_at = NULL;
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
outcome_of(
    const struct require *r, struct exchange *x, enum require_kind outer)
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
	x->route.decided_at = &r->place;
	if (r->negated)
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
