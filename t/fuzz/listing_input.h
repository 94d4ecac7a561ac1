/* SPDX-License-Identifier: BSD-2-Clause */
/* Listings of names that somebody else has chosen. */
#ifndef FUZZ_LISTING_INPUT_H
#define FUZZ_LISTING_INPUT_H

#include "base/span.h"

/*
 * The first line is the path of the directory, the others are names, of
 * directories behind a "/".  They come out in one order in whatever order they
 * come.  A page has the tags that it has with harmless names, in JSON what
 * stands outside of strings is the same, and each name has its link.
 */
void listing_input(struct span options, struct span lines);

#endif
