/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts that take groups of a regular expression, as Apache has them: $0 to $9
 * stand for those, "\" takes the meaning from the character behind it, and
 * anything else stands for itself.
 */
#ifndef DROVER_BASE_TEMPLATE_H
#define DROVER_BASE_TEMPLATE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/regex.h"

/* How much of the text is as it stands, whatever matched. */
size_t template_fixed(const char *text);
/* With a NUL behind; ptr NULL without memory. */
struct span template_expand(struct arena *, struct span text,
    const struct span groups[REGEX_GROUPS]);

#endif
