/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names are looked up by getaddrinfo_a(), since getaddrinfo() cannot be told
 * when to give up.
 */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "client/deadline.h"
#include "client/resolve.h"

/* A name of the domain name system, or nothing that could be one. */
enum {
	NAME_SIZE = 256
};

struct query {
	struct gaicb request;
	struct addrinfo hints;
	char name[NAME_SIZE];
};

/* "[::1]" without its brackets. */
static struct span
bare_host(struct span host)
{
	if (host.len >= 2 && host.ptr[0] == '[')
		return span_of(host.ptr + 1, host.len - 2);
	return host;
}

static bool
add_literal(struct addr_list *list, struct span text, uint16_t port)
{
	if (!addr_parse(bare_host(text), port, &list->items[0]))
		return false;
	list->count = 1;
	return true;
}

/* HOST:PORT:ADDRESS; the host may be "*". */
static bool
rule_matches(struct span rule, const struct url *url, struct span *address_r)
{
	size_t host = rule.len > 0 && rule.ptr[0] == '['
			  ? span_find(rule, ']') + 1
			  : span_find(rule, ':');
	struct span name = span_of(rule.ptr, host < rule.len ? host : rule.len);
	struct span rest = span_skip(rule, name.len + 1);
	size_t colon = span_find(rest, ':');
	uint64_t port;

	*address_r = span_skip(rest, colon + 1);
	if (!span_is(name, "*") && !span_equal_nocase(name, url->host))
		return false;
	return number_parse(span_of(rest.ptr, colon), UINT16_MAX, &port) ==
		   NUMBER_OK &&
	       port == url->port;
}

/* Takes the answer over; addresses beyond the list's room are left out. */
static void
take_addresses(struct addr_list *list, struct addrinfo *found, uint16_t port)
{
	for (struct addrinfo *at = found; at != NULL; at = at->ai_next) {
		struct addr *addr = &list->items[list->count];

		if (list->count == RESOLVE_MAX)
			break;
		if (at->ai_family != AF_INET && at->ai_family != AF_INET6)
			continue;
		addr_set(addr, at->ai_addr, at->ai_addrlen);
		if (addr->any.sa_family == AF_INET)
			addr->v4.sin_port = htons(port);
		else
			addr->v6.sin6_port = htons(port);
		list->count++;
	}
	freeaddrinfo(found);
}

/* Waits for the answer.  False when the deadline has passed. */
static bool
wait_for(struct query *query, int64_t deadline)
{
	const struct gaicb *const list[] = { &query->request };
	int state = EAI_INPROGRESS;

	while (state == EAI_INPROGRESS) {
		int left = deadline_left(deadline);
		struct timespec time = { .tv_sec = left / 1000,
			.tv_nsec = left % 1000 * 1000000L };

		if (left == 0)
			return false;
		gai_suspend(list, 1, left < 0 ? NULL : &time);
		state = gai_error(&query->request);
	}
	return true;
}

static enum outcome
finish(struct addr_list *list, struct query *query, int state, uint16_t port,
    struct err *err)
{
	enum outcome outcome = OUTCOME_OK;

	if (state == 0)
		take_addresses(list, query->request.ar_result, port);
	if (list->count == 0)
		outcome = outcome_set(err, OUTCOME_RESOLVE,
		    "cannot resolve %s: %s", query->name,
		    state == 0 ? "no address" : gai_strerror(state));
	free(query);
	return outcome;
}

static enum outcome
look_up(struct addr_list *list, struct span name, uint16_t port,
    int64_t deadline, struct err *err)
{
	struct query *query = calloc(1, sizeof(*query));
	struct gaicb *requests[1];
	int state;

	if (query == NULL)
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	if (!span_copy(name, query->name, sizeof(query->name))) {
		free(query);
		return outcome_set(err, OUTCOME_RESOLVE, "host name too long");
	}
	query->hints.ai_socktype = SOCK_STREAM;
	query->request.ar_name = query->name;
	query->request.ar_request = &query->hints;
	requests[0] = &query->request;
	state = getaddrinfo_a(GAI_NOWAIT, requests, 1, NULL);
	if (state == 0) {
		/* Who still looks keeps the query: it is not freed. */
		if (!wait_for(query, deadline))
			return outcome_set(err, OUTCOME_TIMEOUT,
			    "time is up while resolving %s", query->name);
		state = gai_error(&query->request);
	}
	return finish(list, query, state, port, err);
}

enum outcome
resolve(struct addr_list *list, const struct url *url, const struct options *o,
    int64_t deadline, struct err *err)
{
	struct span address;

	list->count = 0;
	for (size_t i = o->resolves.count; i > 0; i--) {
		struct span rule = span_str(o->resolves.items[i - 1]);

		if (!rule_matches(rule, url, &address))
			continue;
		if (add_literal(list, address, url->port))
			return OUTCOME_OK;
		return outcome_set(err, OUTCOME_RESOLVE,
		    "--resolve: %.*s is no address", SPAN_ARG(address));
	}
	if (add_literal(list, url->host, url->port))
		return OUTCOME_OK;
	return look_up(list, url->host, url->port, deadline, err);
}
