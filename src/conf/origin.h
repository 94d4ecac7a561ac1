/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a setting of the libconfig tree was written.  libconfig knows a line
 * of what it parsed itself, and nothing of settings that were added; a hook
 * in each setting knows it all.
 */
#ifndef DROVER_CONF_ORIGIN_H
#define DROVER_CONF_ORIGIN_H

#include <libconfig.h>

#include "conf/directive.h"

/* Lets the hooks be freed with their settings; once per config_t. */
void origin_init(config_t *);
/* Notes a copy of the place; -1 without memory. */
int origin_set(config_setting_t *, const struct conf_place *);
/* The place, or one without a file. */
struct conf_place origin_get(const config_setting_t *);

#endif
