/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of Apache's modules.  A configuration uses the name of the source
 * (mod_dir.c) and the name of the structure (dir_module) for one thing.
 */
#include "config.h"

#include "base/span.h"
#include "conf/module_name.h"

/* Where the two names do not follow from each other. */
static const struct {
	const char *source, *structure;
} irregular[] = {
	{ "core.c", "core_module" },
	{ "http_core.c", "http_module" },
	{ "event.c", "mpm_event_module" },
	{ "worker.c", "mpm_worker_module" },
	{ "prefork.c", "mpm_prefork_module" },
};

struct span
module_stem(const char *name)
{
	struct span s = span_str(name);

	for (size_t i = 0; i < sizeof(irregular) / sizeof(*irregular); i++) {
		if (span_is(s, irregular[i].source))
			s = span_str(irregular[i].structure);
	}
	if (span_ends_nocase(s, "_module"))
		s.len -= strlen("_module");
	if (span_starts(s, "mod_") && span_ends_nocase(s, ".c")) {
		s = span_skip(s, strlen("mod_"));
		s.len -= strlen(".c");
	}
	return s;
}

bool
module_is_same(const char *a, const char *b)
{
	return span_equal(module_stem(a), module_stem(b));
}

bool
module_is_mpm(const char *name)
{
	return module_is_same(name, "mpm_event_module") ||
	       module_is_same(name, "mpm_worker_module") ||
	       module_is_same(name, "mpm_prefork_module");
}

bool
module_is_known(const struct conf_schema *schema, const char *name)
{
	for (unsigned i = 0; i < schema->count; i++) {
		const char *const *m = schema->sections[i]->apache_modules;

		for (; m && *m; m++) {
			if (module_is_same(*m, name))
				return true;
		}
	}
	return false;
}

bool
module_is_loaded(const char *const *loaded, const char *name)
{
	while (*loaded && !module_is_same(*loaded, name))
		loaded++;
	return *loaded != NULL;
}

/* What an Apache has compiled in whose modules are shared objects. */
static bool
is_static(const char *name)
{
	static const char *const names[] = { "core.c", "http_core.c",
		"mod_log_config.c", "mod_logio.c", "mod_so.c", "mod_unixd.c",
		"mod_version.c", NULL };

	return module_is_loaded(names, name);
}

bool
module_is_there(const struct conf_schema *schema, const char *const *loaded,
    const char *name)
{
	if (module_is_loaded(loaded, name))
		return true;
	if (!module_is_known(schema, name))
		return false;
	if (module_is_mpm(name)) {
		while (*loaded && !module_is_mpm(*loaded))
			loaded++;
		return *loaded == NULL;
	}
	return is_static(name) || !module_is_loaded(loaded, "mod_authz_core.c");
}
