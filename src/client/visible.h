/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes of a peer as text for a person: nothing in it controls a terminal.
 * Printable ASCII and well-formed UTF-8 stay, but for control characters
 * (C0, DEL, C1), which become \xhh like every byte that is neither.
 */
#ifndef DROVER_CLIENT_VISIBLE_H
#define DROVER_CLIENT_VISIBLE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Appends on one line: line ends and tabs become \n, \r and \t. */
void visible_add(struct buf *, struct span);

#define VISIBLE_SIZE 512
/* The same as a string, cut to the room. */
const char *visible(struct span, char to[VISIBLE_SIZE]);

/*
 * Text for a terminal, as it comes in pieces: line ends and tabs stay.  Takes
 * from the front of text and appends; returns the bytes taken, which are all
 * but for a character at the end that is not whole yet, or -1 for what is no
 * text (a NUL, bytes that are not UTF-8).  at_end: nothing follows.
 */
long visible_text(struct buf *, struct span text, bool at_end);

#endif
