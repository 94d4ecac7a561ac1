/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Places in the hooks of libconfig's settings.  The hook is freed by
 * libconfig through the destructor of the tree.
 */
#include "config.h"

#include <stdlib.h>

#include "conf/origin.h"

void
origin_init(config_t *config)
{
	config_set_destructor(config, free);
}

int
origin_set(config_setting_t *setting, const struct conf_place *place)
{
	struct conf_place *copy = malloc(sizeof(*copy));

	if (!copy)
		return -1;
	*copy = *place;
	free(config_setting_get_hook(setting));
	config_setting_set_hook(setting, copy);
	return 0;
}

struct conf_place
origin_get(const config_setting_t *setting)
{
	const struct conf_place *place = config_setting_get_hook(setting);

	return place ? *place : (struct conf_place){ .file = NULL };
}
