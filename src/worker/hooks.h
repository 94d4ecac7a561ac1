/* SPDX-License-Identifier: BSD-2-Clause */
/* Which modules are asked at which stage of a request: those that have the
 * hook, in the order of modules[]. */
#ifndef DROVER_WORKER_HOOKS_H
#define DROVER_WORKER_HOOKS_H

struct module;
struct server_conf;

enum hook_stage {
	HOOKS_BEGIN,
	HOOKS_MAP,
	HOOKS_CHECK,
	HOOKS_FIXUP,
	HOOKS_HANDLE,	/* without those that SetHandler must name */
	HOOKS_DECORATE,
	HOOKS_COUNT,
};

/* For which configuration; else modules that are asked only_where_set are asked
 * always. */
void hooks_prepare(const struct server_conf *);
/* Ends with NULL. */
const struct module *const *hooks_at(enum hook_stage);

#endif
