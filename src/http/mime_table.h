/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of content types by file extension, made from the text of a types
 * file.  Pure; mime.c reads the file and knows the settings.
 */
#ifndef DROVER_HTTP_MIME_TABLE_H
#define DROVER_HTTP_MIME_TABLE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"

struct extension;
struct mime_table;

/*
 * One type a line, then its extensions; # begins a comment.  An extension that
 * comes again has the later type.  The table and its spans live in the arena
 * and borrow from text.  NULL without memory, or with *bad_line_r (from 1) set
 * to a line whose type is none; else that is 0.
 */
const struct mime_table *mime_table_parse(struct arena *, struct span text,
    unsigned *bad_line_r);
/* The type of an extension, or empty. */
struct span mime_table_find(
    const struct mime_table *, const struct extension *);

/* type "/" subtype (RFC 9110, 8.3.1); parameters are taken as they are. */
bool mime_is_type(struct span);

#endif
