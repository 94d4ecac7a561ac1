/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree between syntax and meaning.  A scope is a libconfig list of groups
 * { name; args; body }, in the order of the text: name is a directive or a
 * section, args a list of strings, body the scope of a section.  Each group
 * and each of its args has its origin.
 */
#ifndef DROVER_CONF_TREE_H
#define DROVER_CONF_TREE_H

#include <libconfig.h>

#include "base/arena.h"
#include "conf/directive.h"
#include "conf/line.h"

/* The members of a group; a .cfg file and the dump use the same names. */
#define TREE_NAME "name"
#define TREE_ARGS "args"
#define TREE_BODY "body"
/* At the outermost of a .cfg file, true: variables are put in already. */
#define TREE_EXPANDED "expanded"

/* A directive, or the opening of a section. */
struct statement {
	const char *name;
	struct conf_place place;
	const struct word *args;
	int arg_count;
};

/* The outermost scope of an empty tree; NULL without memory. */
config_setting_t *tree_init(config_t *);
config_setting_t *tree_root(const config_t *);

/* Adds a group; NULL without memory. */
config_setting_t *tree_add(config_setting_t *scope, const struct statement *);
/* Makes a group a section; its empty scope, or NULL without memory. */
config_setting_t *tree_add_body(config_setting_t *group);

/* The group as it was added; texts are the tree's.  -1 without memory. */
int tree_get(const config_setting_t *group, struct arena *,
    struct statement *statement_r);
/* The scope of a section; NULL: the group is a directive. */
config_setting_t *tree_body(const config_setting_t *group);

#endif
