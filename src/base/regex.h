/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Regular expressions, Perl's as Apache has them (PCRE2).  Patterns are the
 * administrator's, what they are matched with is a peer's: so every match is
 * bounded in steps, memory and time.
 */
#ifndef DROVER_BASE_REGEX_H
#define DROVER_BASE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

struct regex;

/* $0, the whole, to $9. */
#define REGEX_GROUPS 10

enum regex_result {
	REGEX_NO,
	REGEX_YES,
	REGEX_GAVE_UP,	/* at a bound, or without memory */
};

/* A (?<name>...) of a pattern; several may have one name. */
struct regex_name {
	const char *name;
	unsigned group;
};

/*
 * Lives in the arena, which must not be a request's.  NULL with err, and
 * *offset_r says where in the pattern.
 */
const struct regex *regex_compile(struct arena *, const char *pattern,
    bool nocase, struct err *, size_t *offset_r);
/* Its named groups, in the order of the names; they live as long as it. */
size_t regex_names(const struct regex *, const struct regex_name **names_r);
/*
 * groups_r[i].ptr NULL: the group took no part in the match.  What cannot match
 * since it is too short, lacks a byte that the pattern asks for, or begins
 * otherwise than the pattern does, costs next to nothing.
 */
enum regex_result regex_match(const struct regex *, struct span subject,
    struct span groups_r[REGEX_GROUPS]);
/* A group of any number in the latest match, of this regex and subject, that
 * was REGEX_YES. */
struct span regex_group(struct span subject, unsigned group);

#endif
