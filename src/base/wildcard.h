/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wildcards: * stands for any bytes, ? for one, [a-z] for one of a set and
 * [!a-z] for one that is not in it; \* is a plain *.  What is matched is a
 * peer's: the time is at most that of the two lengths multiplied.
 */
#ifndef DROVER_BASE_WILDCARD_H
#define DROVER_BASE_WILDCARD_H

#include <stdbool.h>

#include "base/span.h"

enum wildcard_flag {
	WILDCARD_PATH = 1,	/* none of them stands for a "/" */
	WILDCARD_NOCASE = 2,	/* "A" is "a", but not within [ ] */
};

/* Whether all of text is as the pattern says.  A "[" that nothing closes is
 * a plain one. */
bool wildcard_match(const char *pattern, struct span text, unsigned flags);

#endif
