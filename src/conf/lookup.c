/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a request to its settings.  The sections that match are a set; what
 * they come to is merged once and remembered under the host and the set, and
 * that again under the path.
 */
#include "config.h"

#include <stdlib.h>

#include "conf/host_index.h"
#include "conf/known_paths.h"
#include "conf/lookup.h"
#include "conf/lookup_private.h"
#include "conf/merged.h"
#include "conf/section_index.h"
#include "conf/section_order.h"

struct conf_lookup {
	struct host_index *hosts;
	struct section_index **sections; /* the distinct ones */
	size_t section_count;
};

/* By which merged settings are found: where they are the same, so are these. */
struct section_key {
	const struct host *host;
	const struct section_link *links[];
};

struct lookup_cache {
	const struct server_conf *conf;
	struct known_paths *paths;
	struct merged_store sets;
	unsigned long matches;
	struct section_scratch scratch;
	const struct section **sorted; /* room for the largest set */
	struct section_key *key;       /* the latest */
};

struct lookup_hold {
	struct lookup_hold *next;
	struct merged *merged;
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
	merged_store_init(&c->sets, max * LOOKUP_SET_BYTES);
	c->paths = known_paths_create(max);
	c->sorted = calloc(count + 1, sizeof(*c->sorted));
	c->key = calloc(1, sizeof(*c->key) + count * sizeof(*c->key->links));
	if (!c->paths || !c->sorted || !c->key)
		lookup_cache_destroy(&c);
	return c;
}

void
lookup_cache_destroy(struct lookup_cache **cache)
{
	if (!*cache)
		return;
	known_paths_destroy(&(*cache)->paths);
	merged_store_release(&(*cache)->sets);
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

static struct merged *
find_set(struct lookup_cache *c, size_t count)
{
	struct span key = span_of((const char *)c->key,
	    sizeof(*c->key) + count * sizeof(*c->key->links));
	struct merged *m = merged_find(&c->sets, key);

	if (m)
		return m;
	sort(c, count);
	return merged_add(&c->sets, key, c->key->host->settings->scope,
	    c->sorted, count);
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

/* False as lookup_settings' NULL; merged_r is NULL if no section matches. */
static bool
match_sections(struct lookup_cache *c, const struct lookup_subject *subject,
    struct lookup_match *match, struct merged **merged_r)
{
	const struct host *host = subject->host, *main = c->conf->hosts;
	struct section_set set = { .links = c->key->links };

	c->matches++;
	if (!section_index_match(main->section_index,
		host == main ? NULL : host->section_index, subject, &c->scratch,
		&set))
		return false;
	if (match)
		note_match(c, set.count, match);
	*merged_r = NULL;
	if (set.count == 0)
		return true;
	c->key->host = host;
	*merged_r = find_set(c, set.count);
	return *merged_r != NULL;
}

static const struct settings *
hold(struct lookup_holds *holds, struct merged *m)
{
	struct lookup_hold *h = holds->first;

	if (h && h->merged == m)
		return m->settings;
	h = arena_alloc(holds->arena, sizeof(*h));
	if (!h)
		return NULL;
	*h = (struct lookup_hold){ .next = holds->first, .merged = m };
	holds->first = h;
	merged_hold(m);
	return m->settings;
}

void
lookup_holds_release(struct lookup_holds *holds)
{
	for (struct lookup_hold *h = holds->first; h; h = h->next)
		merged_drop(h->merged);
	holds->first = NULL;
}

/* Whoever wants to know more than the settings has to have it matched. */
const struct settings *
lookup_settings(struct lookup_cache *c, const struct lookup_subject *subject,
    struct lookup_holds *holds, struct lookup_match *match)
{
	const struct host *host = subject->host;
	struct known_path *path;
	struct merged *merged;
	bool known = false;

	if (match)
		match->count = 0;
	c->scratch.gave_up = NULL;
	if (host->section_count + c->conf->hosts->section_count == 0)
		return host->settings;
	path = known_paths_find(c->paths, subject, &known);
	if (known && !match)
		merged = path->merged;
	else if (!match_sections(c, subject, match, &merged))
		return NULL;
	else if (path && (!merged || !merged->captures))
		known_path_keep(path, subject, merged);
	if (!merged)
		return host->settings;
	return holds ? hold(holds, merged) : merged->settings;
}

const struct section *
lookup_gave_up(const struct lookup_cache *c)
{
	return c->scratch.gave_up;
}

struct lookup_counts
lookup_cache_counts(const struct lookup_cache *c)
{
	return (struct lookup_counts){
		.matches = c->matches,
		.merges = c->sets.merges,
		.bytes = c->sets.bytes,
	};
}
