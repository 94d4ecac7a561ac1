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
#include "http/exchange_env.h"
#include "http/filter.h"
#include "http/mime.h"
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

/* The variables that are known of the real one; -1 without memory. */
static int
copy_variables(struct exchange *probe, const struct exchange *x)
{
	for (const struct env_variable *v = x->env; v != NULL; v = v->next)
		if (exchange_env_set(probe, v->name, v->value) != 0)
			return -1;
	return 0;
}

static bool
prepare(struct exchange *probe, const struct exchange *x, struct span uri_path)
{
	probe->client = x->client;
	probe->quiet = true;
	probe->request = x->request;
	probe->request.method = METHOD_GET;
	probe->request.uri.path = uri_path;
	probe->route.host = x->route.host;
	probe->is_handled = x->is_handled;
	probe->settings = x->route.host->settings;
	return copy_variables(probe, x) == 0;
}

/* As for route. */
static void
take_group(void *data, struct span variable, struct span value)
{
	struct exchange *probe = data;
	struct span copy = arena_span(&probe->arena, value);

	if (copy.ptr != NULL)
		(void)exchange_env_set(probe, variable, copy);
}

/* By the settings for its two paths. */
static bool
is_allowed(struct exchange *probe, struct lookup_cache *lookups)
{
	const struct lookup_subject subject = {
		.host = probe->route.host,
		.uri_path = probe->request.uri.path,
		.file_path = probe->file_path,
		.capture = take_group,
		.data = probe,
	};

	probe->settings =
	    lookup_settings(lookups, &subject, &probe->held, NULL);
	return probe->settings != NULL && passes_checks(probe);
}

/* The files that it may look at are those of the real one's root. */
bool
probe_file(struct exchange *probe, const struct exchange *x,
    struct lookup_cache *lookups, struct span uri_path, struct span file_path)
{
	if (!prepare(probe, x, uri_path))
		return false;
	probe->file_path = file_path;
	probe->root_path = span_of(file_path.ptr, x->root_path.len);
	probe->uri_prefix = x->uri_prefix;
	return is_allowed(probe, lookups);
}

bool
probe_sends(struct exchange *probe, mode_t mode, struct span *type_r)
{
	struct mime_info info;

	if (probe->is_handled == NULL || probe->is_handled(probe) ||
	    mime_describe(
		probe->settings, probe->file_path, &probe->arena, &info) != 0)
		return false;
	if (info.encoding.len > 0 || mime_names_handler(info.type) ||
	    filter_lacking(
		probe->settings, probe->file_path, info.type, mode) != NULL)
		return false;
	*type_r = info.type;
	return true;
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
probe_uri(struct exchange *probe, const struct exchange *x,
    struct lookup_cache *lookups, struct span uri_path)
{
	return prepare(probe, x, uri_path) && find_file(probe) &&
	       is_allowed(probe, lookups) && probe->response.status == 0;
}

bool
probe_finds(struct exchange *x, struct span uri_path)
{
	char storage[1024];
	struct exchange probe;
	struct stat st;
	bool found = false;

	exchange_init(&probe, x->peer, x->conf, storage, sizeof(storage));
	if (prepare(&probe, x, uri_path) && find_file(&probe))
		found = probe.mapped_handler != NULL ||
			(files_stat(&probe, probe.file_path, &st) &&
			    S_ISREG(st.st_mode));
	exchange_release(&probe);
	return found;
}
