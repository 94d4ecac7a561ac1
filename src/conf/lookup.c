/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a request to its settings.  The sections that match are a set; what
 * they come to is merged once and remembered under the host and the set.
 */
#include "config.h"

#include <stdlib.h>

#include "base/table.h"
#include "conf/host_index.h"
#include "conf/lookup.h"
#include "conf/lookup_private.h"
#include "conf/scope.h"
#include "conf/section_index.h"
#include "conf/section_order.h"

struct conf_lookup {
	struct host_index *hosts;
	struct section_index **sections; /* the distinct ones */
	size_t section_count;
};

/* What a set of sections came to. */
struct merged {
	struct span key;
	const struct settings *settings;
};

/* By which merged settings are found: where they are the same, so are these. */
struct section_key {
	const struct host *host;
	const struct section_link *links[];
};

struct lookup_cache {
	const struct server_conf *conf;
	struct table sets;	   /* key -> struct merged */
	const struct merged *last; /* most requests ask for the same again */
	struct arena arena;	   /* keys and settings */
	size_t count, max;
	struct section_scratch scratch;
	const struct section **sorted; /* room for the largest set */
	struct section_key *key;       /* the latest */
};

/* The main server has an index always, a host if it has sections. */
static bool
index_sections(struct server_conf *conf, struct host *hosts)
{
	struct conf_lookup *l = conf->lookup;

	for (size_t i = 0; i < conf->host_count; i++) {
		struct section_index *x;

		if (i > 0 && hosts[i].section_count == 0)
			continue;
		x = section_index_create(
		    hosts[i].sections, hosts[i].section_count, &conf->arena);
		if (!x)
			return false;
		l->sections[l->section_count++] = x;
		hosts[i].section_index = x;
	}
	return true;
}

bool
lookup_prepare(struct server_conf *conf, struct host *hosts, struct diag *diag)
{
	struct conf_lookup *l = arena_calloc(&conf->arena, 1, sizeof(*l));

	conf->lookup = l;
	if (!l)
		return false;
	l->sections = arena_calloc(
	    &conf->arena, conf->host_count, sizeof(struct section_index *));
	if (!l->sections || !index_sections(conf, hosts))
		return false;
	l->hosts = host_index_create(conf, &conf->arena, diag);
	return l->hosts != NULL;
}

void
lookup_release(struct server_conf *conf)
{
	struct conf_lookup *l = conf->lookup;

	if (!l)
		return;
	if (l->hosts)
		host_index_release(l->hosts);
	for (size_t i = 0; i < l->section_count; i++)
		section_index_release(l->sections[i]);
}

const struct host *
lookup_host(
    const struct server_conf *conf, const struct addr *local, struct span name)
{
	if (conf->host_count == 1)
		return &conf->hosts[0];
	return host_index_find(conf->lookup->hosts, conf, local, name);
}

const struct host *
lookup_unnamed(const struct server_conf *conf, const struct addr *local,
    struct span raw_path)
{
	if (conf->host_count == 1)
		return &conf->hosts[0];
	return host_index_find_path(conf->lookup->hosts, conf, local, raw_path);
}

struct lookup_cache *
lookup_cache_create(const struct server_conf *conf, size_t max)
{
	struct lookup_cache *c;
	size_t count = 0;

	for (size_t i = 1; i < conf->host_count; i++) {
		if (conf->hosts[i].section_count > count)
			count = conf->hosts[i].section_count;
	}
	count += conf->hosts[0].section_count;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->conf = conf;
	c->max = max;
	table_init(&c->sets, false);
	arena_init(&c->arena, NULL, 0, 0);
	c->sorted = calloc(count + 1, sizeof(*c->sorted));
	c->key = calloc(1, sizeof(*c->key) + count * sizeof(*c->key->links));
	if (!c->sorted || !c->key)
		lookup_cache_destroy(&c);
	return c;
}

void
lookup_cache_destroy(struct lookup_cache **cache)
{
	if (!*cache)
		return;
	table_release(&(*cache)->sets);
	arena_release(&(*cache)->arena);
	free((*cache)->scratch.text);
	free((*cache)->sorted);
	free((*cache)->key);
	free(*cache);
	*cache = NULL;
}

/* The sections in the order in which they merge. */
static void
sort(struct lookup_cache *c, size_t count)
{
	for (size_t i = 0; i < count; i++)
		c->sorted[i] = section_of(c->key->links[i]);
	section_order_sort(c->sorted, count);
}

static const struct settings *
merge(struct lookup_cache *c, size_t count, struct arena *arena)
{
	const struct scope *scope = c->key->host->settings->scope;

	sort(c, count);
	for (size_t i = 0; scope && i < count; i++)
		scope = scope_merge(scope, c->sorted[i]->scope, false, arena);
	return scope ? scope_settings(scope, arena) : NULL;
}

/* Keeps a new set in the cache; NULL without memory. */
static const struct settings *
keep(struct lookup_cache *c, size_t count, struct span key)
{
	struct merged *m = arena_alloc(&c->arena, sizeof(*m));

	if (!m)
		return NULL;
	m->key = arena_span(&c->arena, key);
	m->settings = merge(c, count, &c->arena);
	if (!m->key.ptr || !m->settings || table_put(&c->sets, m->key, m) == -1)
		return NULL;
	c->count++;
	return m->settings;
}

static const struct settings *
find_set(struct lookup_cache *c, size_t count, struct arena *overflow)
{
	struct span key = span_of((const char *)c->key,
	    sizeof(*c->key) + count * sizeof(*c->key->links));
	const struct merged *m = c->last;

	if (!m || !span_equal(m->key, key))
		m = table_get(&c->sets, key);
	if (m) {
		c->last = m;
		return m->settings;
	}
	if (c->count >= c->max)
		return merge(c, count, overflow);
	return keep(c, count, key);
}

static void
note_match(struct lookup_cache *c, size_t count, struct lookup_match *match)
{
	size_t max = sizeof(match->sections) / sizeof(*match->sections);

	sort(c, count);
	for (size_t i = 0; i < count && i < max; i++)
		match->sections[i] = c->sorted[i];
	match->count = count;
}

const struct settings *
lookup_settings(struct lookup_cache *c, const struct lookup_subject *subject,
    struct arena *overflow, struct lookup_match *match)
{
	const struct host *host = subject->host, *main = c->conf->hosts;
	struct section_set set = { .links = c->key->links };

	if (match)
		match->count = 0;
	if (host->section_count + main->section_count == 0)
		return host->settings;
	if (!section_index_match(main->section_index,
		host == main ? NULL : host->section_index, subject, &c->scratch,
		&set))
		return NULL;
	if (match)
		note_match(c, set.count, match);
	if (set.count == 0)
		return host->settings;
	c->key->host = host;
	return find_set(c, set.count, overflow);
}

const struct section *
lookup_gave_up(const struct lookup_cache *c)
{
	return c->scratch.gave_up;
}
