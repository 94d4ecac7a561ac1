/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ${NAME} and <IfDefine NAME> refer to: names given by Define and -D,
 * then, for ${NAME} only, the environment.
 */
#ifndef DROVER_CONF_VARIABLE_H
#define DROVER_CONF_VARIABLE_H

#include "base/arena.h"
#include "base/table.h"
#include "conf/diag.h"

struct variables {
	struct table names;
};

void variables_init(struct variables *);
void variables_release(struct variables *);

/* Both are borrowed; value NULL: only defined.  -1 without memory. */
int variable_define(struct variables *, const char *name, const char *value);
void variable_undefine(struct variables *, const char *name);
bool variable_is_defined(const struct variables *, const char *name);

/* "NAME" or "NAME=value" of all, by name, NULL-terminated; NULL without
 * memory. */
const char *const *variables_list(const struct variables *, struct arena *);

/*
 * text with each ${NAME} replaced, once; text itself where there is none.  An
 * unknown name is a warning and stays; ${map:key} is RewriteMap's and stays.
 * NULL (and an error) if that becomes too long.
 */
const char *variables_expand(const struct variables *, struct arena *,
    struct diag *, const struct conf_place *, const char *text);

#endif
