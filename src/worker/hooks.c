/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * modules[] by stage.  Most modules have one or two hooks, and every request
 * would look at all of them six times; the lists are made once in a process.
 */
#include "config.h"

#include "worker/hooks.h"

#include "base/fatal.h"
#include "http/module.h"

/* More than there will be handlers. */
#define MODULES_MAX 64

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

const struct module *const *
hooks_at(enum hook_stage stage)
{
	static const struct module *lists[HOOKS_COUNT][MODULES_MAX + 1];
	static bool listed[HOOKS_COUNT];
	size_t count = 0;

	if (listed[stage])
		return lists[stage];
	for (const struct module *const *m = modules; *m != NULL; m++) {
		if (!has_hook(*m, stage))
			continue;
		if (count == MODULES_MAX)
			fatal("more than %d modules", MODULES_MAX);
		lists[stage][count++] = *m;
	}
	listed[stage] = true;
	return lists[stage];
}
