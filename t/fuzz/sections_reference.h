/* SPDX-License-Identifier: BSD-2-Clause */
/* Which sections hold, found out one by one. */
#ifndef FUZZ_SECTIONS_REFERENCE_H
#define FUZZ_SECTIONS_REFERENCE_H

#include "conf/conf.h"

/*
 * For each host, and that path as the URI's and the file's: the look-up finds
 * the sections that match, in the order in which they merge, and what they say
 * last is what holds, be it kept or not.
 */
void sections_check(const struct server_conf *, struct span path);

#endif
