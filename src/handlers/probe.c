/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request that nobody sent: it has the client and the host of a real one,
 * goes through the settings and checks as that would, and is answered by
 * nobody.
 */
#include "config.h"

#include "handlers/probe.h"

#include <sys/stat.h>

#include "files/files.h"
#include "http/module.h"

/* The last check is asked only if those before have nothing against it. */
static bool
passes_checks(struct exchange *probe)
{
	enum hook_result result = HOOK_PASS;

	for (const struct module *const *m = modules;
	     *m != NULL && result == HOOK_PASS; m++)
		if ((*m)->check != NULL)
			result = (*m)->check(probe);
	if (result == HOOK_DONE)
		return probe->response.status < 400;
	return result == HOOK_PASS;
}

static void
prepare(struct exchange *probe, const struct exchange *x, struct span uri_path)
{
	probe->quiet = true;
	probe->request = x->request;
	probe->request.method = METHOD_GET;
	probe->request.uri.path = uri_path;
	probe->route.host = x->route.host;
	probe->is_handled = x->is_handled;
}

/* By the settings for its two paths. */
static bool
is_allowed(struct exchange *probe, struct lookup_cache *lookups)
{
	const struct lookup_subject subject = {
		.host = probe->route.host,
		.uri_path = probe->request.uri.path,
		.file_path = probe->file_path,
	};

	probe->settings =
	    lookup_settings(lookups, &subject, &probe->arena, NULL);
	return probe->settings != NULL && passes_checks(probe);
}

/* The files that it may look at are those of the real one's root. */
bool
probe_finds(struct exchange *x, struct span uri_path)
{
	char storage[1024];
	struct exchange probe;
	struct stat st;
	bool found = false;

	exchange_init(&probe, x->peer, x->conf, storage, sizeof(storage));
	probe.client = x->client;
	probe.quiet = true;
	probe.request = x->request;
	probe.request.uri.path = uri_path;
	probe.route.host = x->route.host;
	probe.settings = x->route.host->settings;
	for (const struct module *const *m = modules;
	     *m != NULL && probe.file_path.len == 0; m++)
		if ((*m)->map != NULL && (*m)->map(&probe) != HOOK_PASS)
			break;
	if (probe.file_path.len > 0)
		found = probe.mapped_handler != NULL ||
			(files_stat(&probe, probe.file_path, &st) &&
			    S_ISREG(st.st_mode));
	exchange_release(&probe);
	return found;
}

bool
probe_allows(struct exchange *x, struct lookup_cache *lookups,
    struct span uri_path, struct span file_path)
{
	char storage[1024];
	struct exchange probe;
	bool allowed;

	exchange_init(&probe, x->peer, x->conf, storage, sizeof(storage));
	prepare(&probe, x, uri_path);
	probe.file_path = file_path;
	probe.root_path = span_of(file_path.ptr, x->root_path.len);
	probe.uri_prefix = x->uri_prefix;
	allowed = is_allowed(&probe, lookups);
	exchange_release(&probe);
	return allowed;
}

/* As route does; a redirect leads to no file. */
static bool
find_file(struct exchange *probe)
{
	for (const struct module *const *m = modules; *m != NULL; m++) {
		if ((*m)->map == NULL)
			continue;
		if ((*m)->map(probe) != HOOK_PASS)
			return false;
		if (probe->file_path.len > 0)
			return true;
	}
	return false;
}

bool
probe_open(struct exchange *probe, const struct exchange *x,
    struct lookup_cache *lookups, struct span uri_path)
{
	prepare(probe, x, uri_path);
	probe->settings = probe->route.host->settings;
	return find_file(probe) && is_allowed(probe, lookups) &&
	       probe->response.status == 0;
}
