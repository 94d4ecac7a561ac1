/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings of <Location> for map hooks.  Hosts that have none of them pay a
 * test. */
#include "config.h"

#include "handlers/location.h"

#include <stdlib.h>

#include "http/module.h"

/* Merged sets. */
#define LOOKUPS_MAX 64

/* Itself, without what it has of the main server's. */
static bool
host_has_any(const struct host *host, const struct conf_section *section)
{
	for (size_t i = 0; i < host->section_count; i++)
		if (host->sections[i]->kind == SECTION_LOCATION &&
		    section_get(host->sections[i], section) != NULL)
			return true;
	return false;
}

static void
stop(struct location_rules *rules)
{
	lookup_cache_destroy(&rules->cache);
	free(rules->hosts);
	rules->hosts = NULL;
}

int
location_rules_start(struct location_rules *rules,
    const struct conf_section *section, const struct server_conf *conf)
{
	bool any = false;

	stop(rules);
	rules->section = section;
	rules->hosts = calloc(conf->host_count, sizeof(bool));
	if (rules->hosts == NULL)
		return -1;
	for (size_t i = 0; i < conf->host_count; i++) {
		rules->hosts[i] = rules->hosts[0] ||
				  host_has_any(&conf->hosts[i], section);
		any |= rules->hosts[i];
	}
	if (!any)
		return 0;
	rules->cache = lookup_cache_create(conf, LOOKUPS_MAX);
	return rules->cache == NULL ? -1 : 0;
}

/* Where it cannot be told what matches there is no memory, or the request is
 * refused as soon as its settings are looked up. */
static const void *
look_up(struct location_rules *rules, struct exchange *x)
{
	const struct lookup_subject subject = {
		.host = x->route.host,
		.uri_path = x->request.uri.path,
	};
	const struct settings *settings =
	    lookup_settings(rules->cache, &subject, &x->held, NULL);

	return settings_get(
	    settings == NULL ? x->settings : settings, rules->section);
}

const void *
location_rules_find(struct location_rules *rules, struct exchange *x)
{
	if (rules->cache == NULL || !rules->hosts[x->route.host->index])
		return exchange_conf(x, rules->section);
	return look_up(rules, x);
}
