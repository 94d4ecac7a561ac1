/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request that nobody sent: it has the client and the host of a real one,
 * goes through the settings and checks as that would, and is answered by
 * nobody.  The files that it may look at are those of the real one's root.
 */
#include "config.h"

#include "handlers/probe.h"

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

bool
probe_allows(struct exchange *x, struct lookup_cache *lookups,
    struct span uri_path, struct span file_path)
{
	const struct lookup_subject subject = {
		.host = x->route.host,
		.uri_path = uri_path,
		.file_path = file_path,
	};
	char storage[1024];
	struct exchange probe;
	bool allowed = false;

	exchange_init(&probe, x->peer, x->conf, storage, sizeof(storage));
	probe.quiet = true;
	probe.request = x->request;
	probe.request.method = METHOD_GET;
	probe.request.uri.path = uri_path;
	probe.route.host = x->route.host;
	probe.file_path = file_path;
	probe.root_path = span_of(file_path.ptr, x->root_path.len);
	probe.uri_prefix = x->uri_prefix;
	probe.settings = lookup_settings(lookups, &subject, &probe.arena, NULL);
	if (probe.settings != NULL)
		allowed = passes_checks(&probe);
	exchange_release(&probe);
	return allowed;
}
