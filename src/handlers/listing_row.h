/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the forms of listing_look.h, and what the heads of columns need. */
#ifndef DROVER_HANDLERS_LISTING_ROW_H
#define DROVER_HANDLERS_LISTING_ROW_H

#include "handlers/listing_look.h"

/* An entry, or where entry is NULL the parent directory. */
struct listing_row {
	const struct entry *entry;
	struct span href, name;
	const char *slash; /* behind both */
	const struct listing_icon *icon;
	const char *description;
};

static inline bool
listing_has(const struct listing_look *look, unsigned option)
{
	return (look->options & option) != 0;
}

void listing_add_row(
    struct buf *, const struct listing_look *, const struct listing_row *);
void listing_add_text(struct buf *, struct span, const struct listing_look *);
/* The icon with its text, which may stand in brackets. */
void listing_add_image(struct buf *, const struct listing_look *,
    const struct listing_icon *, bool brackets);
/* Spaces for the rest of the name's column behind what takes width. */
void listing_fill_column(
    struct buf *, size_t width, const struct listing_look *);
/* What stands before the ">" of a tag without content. */
const char *listing_end_of_tag(const struct listing_look *);

#endif
