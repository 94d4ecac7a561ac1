/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes and reads the groups of the libconfig tree.  Only this file knows
 * the names of their members (the dump and .cfg files use the same).
 */
#include "config.h"

#include "conf/origin.h"
#include "conf/tree.h"

config_setting_t *
tree_init(config_t *config)
{
	config_init(config);
	origin_init(config);
	return config_setting_add(
	    config_root_setting(config), TREE_BODY, CONFIG_TYPE_LIST);
}

config_setting_t *
tree_root(const config_t *config)
{
	return config_setting_get_member(
	    config_root_setting(config), TREE_BODY);
}

static int
add_string(config_setting_t *parent, const char *name, const char *text,
    const struct conf_place *place)
{
	config_setting_t *s =
	    config_setting_add(parent, name, CONFIG_TYPE_STRING);

	if (!s || config_setting_set_string(s, text) != CONFIG_TRUE)
		return -1;
	return origin_set(s, place);
}

config_setting_t *
tree_add(config_setting_t *scope, const struct statement *st)
{
	config_setting_t *group, *args;

	group = config_setting_add(scope, NULL, CONFIG_TYPE_GROUP);
	if (!group || origin_set(group, &st->place) == -1 ||
	    add_string(group, TREE_NAME, st->name, &st->place) == -1)
		return NULL;
	args = config_setting_add(group, TREE_ARGS, CONFIG_TYPE_LIST);
	if (!args)
		return NULL;
	for (int i = 0; i < st->arg_count; i++) {
		if (add_string(
			args, NULL, st->args[i].text, &st->args[i].place) == -1)
			return NULL;
	}
	return group;
}

config_setting_t *
tree_add_body(config_setting_t *group)
{
	return config_setting_add(group, TREE_BODY, CONFIG_TYPE_LIST);
}

int
tree_get(
    const config_setting_t *group, struct arena *arena, struct statement *st)
{
	const config_setting_t *args;
	struct word *words;
	int count;

	args = config_setting_get_member(group, TREE_ARGS);
	count = config_setting_length(args);
	words = arena_calloc(arena, (size_t)count + 1, sizeof(*words));
	if (!words)
		return -1;
	for (int i = 0; i < count; i++) {
		const config_setting_t *arg =
		    config_setting_get_elem(args, (unsigned)i);

		words[i].text = config_setting_get_string(arg);
		words[i].place = origin_get(arg);
	}
	*st = (struct statement){
		.place = origin_get(group),
		.args = words,
		.arg_count = count,
	};
	config_setting_lookup_string(group, TREE_NAME, &st->name);
	return 0;
}

config_setting_t *
tree_body(const config_setting_t *group)
{
	return config_setting_get_member(group, TREE_BODY);
}
