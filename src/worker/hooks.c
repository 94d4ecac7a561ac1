/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * modules[] by stage.  Most modules have one or two hooks, and every request
 * would look at all of them six times; the lists are made once in a process.
 */
#include "config.h"

#include "worker/hooks.h"

#include <string.h>

#include "base/fatal.h"
#include "http/module.h"

/* More than there will be handlers. */
#define MODULES_MAX 64

static bool listed[HOOKS_COUNT];
static const struct server_conf *conf;

static bool
is_asked(const struct module *m)
{
	return m->only_where_set == NULL || conf == NULL ||
	       conf_sets(conf, m->only_where_set);
}

static bool
has_hook(const struct module *m, enum hook_stage stage)
{
	switch (stage) {
	case HOOKS_BEGIN:
		return m->begin != NULL;
	case HOOKS_MAP:
		return m->map != NULL;
	case HOOKS_CHECK:
		return m->check != NULL;
	case HOOKS_FIXUP:
		return m->fixup != NULL;
	case HOOKS_HANDLE:
		return m->handle != NULL && m->handler == NULL;
	default:
		return m->decorate != NULL;
	}
}

void
hooks_prepare(const struct server_conf *served)
{
	conf = served;
	memset(listed, 0, sizeof(listed));
}

const struct module *const *
hooks_at(enum hook_stage stage)
{
	static const struct module *lists[HOOKS_COUNT][MODULES_MAX + 1];
	size_t count = 0;

	if (listed[stage])
		return lists[stage];
	for (const struct module *const *m = modules; *m != NULL; m++) {
		if (!has_hook(*m, stage) || !is_asked(*m))
			continue;
		if (count == MODULES_MAX)
			fatal("more than %d modules", MODULES_MAX);
		lists[stage][count++] = *m;
	}
	listed[stage] = true;
	return lists[stage];
}
