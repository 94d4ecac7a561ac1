/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the module autoindex share. */
#ifndef DROVER_HANDLERS_AUTOINDEX_PRIVATE_H
#define DROVER_HANDLERS_AUTOINDEX_PRIVATE_H

#include <dirent.h>

#include "handlers/index_items.h"
#include "handlers/index_options.h"
#include "handlers/listing_print.h"
#include "http/exchange.h"

/* ---- autoindex_conf.c ---- */

struct ignored_names {
	const char *const *patterns;
	size_t count;
	bool reset; /* those of the outer scope do not count */
};

struct autoindex_conf {
	struct ignored_names ignored;
	struct listing_order order;
	struct index_options options;
	struct index_icons icons;
	struct index_list descriptions;
	/* NULL: none */
	const char *default_icon, *header, *readme, *head_insert, *style_sheet;
};

extern const struct conf_section autoindex_section;

/* Whether IndexIgnore names it. */
bool autoindex_ignores(const struct exchange *, const char *name);

/* What a listing is asked to be, by settings and query. */
struct autoindex_wish {
	struct listing_order order;
	const struct listing_format *format;
	/* In the exchange's arena; NULL: Drover's own form. */
	struct listing_look *look;
	struct span query; /* of links, as in struct listing_page */
	const char *pattern; /* names are to be like it; NULL: all are */
};

/* ---- autoindex_wish.c ---- */

/* -1 without memory. */
int autoindex_read_wish(struct exchange *, struct autoindex_wish *wish_r);

/* ---- autoindex_body.c ---- */

/* In each worker, before the first body; -1 without memory. */
int autoindex_body_start(const struct server_conf *);
/*
 * Whether an index of the directory, were it there, would be closed: then the
 * directory is, as in Apache, and is not listed instead.
 */
bool autoindex_is_closed(const struct exchange *);
/*
 * Makes the listing of the exchange's directory, which is open, the body of
 * its response.  Takes the directory over; -1 without memory.
 */
int autoindex_body(struct exchange *, DIR *, const struct autoindex_wish *);

#endif
