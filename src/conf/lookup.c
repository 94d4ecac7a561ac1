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

struct lookup_cache {
	const struct server_conf *conf;
	struct table sets;	   /* key -> struct merged */
	const struct merged *last; /* most requests ask for the same again */
	struct arena arena;	   /* keys and settings */
	size_t count, max;
	struct section_scratch scratch;
	uint64_t key[]; /* the host's index, then the set */
};

/* Hosts without sections of their own share the main server's index. */
static bool
index_sections(struct server_conf *conf, struct host *hosts)
{
	struct conf_lookup *l = conf->lookup;

	for (size_t i = 0; i < conf->host_count; i++) {
		struct section_index *x;

		hosts[i].section_index = hosts[0].section_index;
		if (i > 0 && hosts[i].sections == hosts[0].sections)
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
	size_t sections = 0;

	for (size_t i = 0; i < conf->host_count; i++) {
		if (conf->hosts[i].section_count > sections)
			sections = conf->hosts[i].section_count;
	}
	c = calloc(1, sizeof(*c) + (1 + sections / 64 + 1) * sizeof(*c->key));
	if (!c)
		return NULL;
	c->conf = conf;
	c->max = max;
	table_init(&c->sets, false);
	arena_init(&c->arena, NULL, 0, 0);
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
	free(*cache);
	*cache = NULL;
}

/* Walks a set in merge order: the bit from *bit on, which moves behind it. */
static const struct section *
next_section(const struct host *host, const uint64_t *words, size_t *bit)
{
	while (*bit < host->section_count) {
		uint64_t rest = words[*bit / 64] >> *bit % 64;

		if (rest == 0) {
			*bit = (*bit / 64 + 1) * 64;
			continue;
		}
		*bit += (size_t)__builtin_ctzll(rest) + 1;
		return host->sections[*bit - 1];
	}
	return NULL;
}

static const struct settings *
merge(const struct host *host, const uint64_t *words, struct arena *arena)
{
	const struct scope *scope = host->settings->scope;
	const struct section *s;
	size_t bit = 0;

	while (scope && (s = next_section(host, words, &bit)))
		scope = scope_merge(scope, s->scope, false, arena);
	return scope ? scope_settings(scope, arena) : NULL;
}

/* Keeps a new set in the cache; NULL without memory. */
static const struct settings *
keep(struct lookup_cache *c, const struct host *host, struct span key)
{
	struct merged *m = arena_alloc(&c->arena, sizeof(*m));

	if (!m)
		return NULL;
	m->key = arena_span(&c->arena, key);
	m->settings = merge(host, c->key + 1, &c->arena);
	if (!m->key.ptr || !m->settings || table_put(&c->sets, m->key, m) == -1)
		return NULL;
	c->count++;
	return m->settings;
}

static const struct settings *
find_set(struct lookup_cache *c, const struct host *host, struct span key,
    struct arena *overflow)
{
	const struct merged *m = c->last;

	if (!m || !span_equal(m->key, key))
		m = table_get(&c->sets, key);
	if (m) {
		c->last = m;
		return m->settings;
	}
	if (c->count >= c->max)
		return merge(host, c->key + 1, overflow);
	return keep(c, host, key);
}

static void
note_match(
    const struct host *host, const uint64_t *words, struct lookup_match *match)
{
	const struct section *s;
	size_t bit = 0;

	match->count = 0;
	while ((s = next_section(host, words, &bit))) {
		if (match->count <
		    sizeof(match->sections) / sizeof(*match->sections))
			match->sections[match->count] = s;
		match->count++;
	}
}

const struct settings *
lookup_settings(struct lookup_cache *c, const struct lookup_subject *subject,
    struct arena *overflow, struct lookup_match *match)
{
	const struct host *host = subject->host;
	struct section_set set = {
		.words = c->key + 1,
		.count = (host->section_count + 63) / 64,
	};
	uint64_t any = 0;

	if (match)
		match->count = 0;
	if (host->section_count == 0)
		return host->settings;
	if (!section_index_match(
		host->section_index, subject, &c->scratch, &set))
		return NULL;
	if (match)
		note_match(host, set.words, match);
	for (size_t i = 0; i < set.count; i++)
		any |= set.words[i];
	if (any == 0)
		return host->settings;
	c->key[0] = host->index;
	return find_set(c, host,
	    span_of((const char *)c->key, (1 + set.count) * sizeof(*c->key)),
	    overflow);
}

const struct section *
lookup_gave_up(const struct lookup_cache *c)
{
	return c->scratch.gave_up;
}
