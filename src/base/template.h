/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts that take groups of a regular expression, as Apache has them: $0 to $9
 * stand for those, "\" takes the meaning from the character behind it, and
 * anything else stands for itself.
 */
#ifndef DROVER_BASE_TEMPLATE_H
#define DROVER_BASE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/regex.h"

/* How much of the text is as it stands, whatever matched. */
size_t template_fixed(const char *text);
/* The first piece of a text that is not empty, which goes on behind it: a group
 * (ptr may be NULL), a quoted character, or a character. */
struct span template_next(struct span *rest,
    const struct span groups[REGEX_GROUPS], bool *is_group_r);
/* With a NUL behind; ptr NULL without memory. */
struct span template_expand(struct arena *, struct span text,
    const struct span groups[REGEX_GROUPS]);

#endif
