/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Environment variables of a request: what SetEnv and SetEnvIf set, conditions
 * ask for, logs print and programs get.  An exchange without any costs
 * nothing.
 */
#ifndef DROVER_HTTP_EXCHANGE_ENV_H
#define DROVER_HTTP_EXCHANGE_ENV_H

#include "http/exchange.h"

struct env_variable {
	struct env_variable *next;
	struct span name, value;
};

/* As in Apache case makes no difference; ptr NULL: it is not set. */
struct span exchange_env_get(const struct exchange *, struct span name);
/*
 * Sets or replaces.  Both are borrowed: from the configuration or the
 * exchange's arena.  -1 without memory.
 */
int exchange_env_set(struct exchange *, struct span name, struct span value);
void exchange_env_unset(struct exchange *, struct span name);

/* Notes, which modules leave for the log alone (%{name}n): as variables. */
struct span exchange_note_get(const struct exchange *, struct span name);
int exchange_note_set(struct exchange *, struct span name, struct span value);

#endif
