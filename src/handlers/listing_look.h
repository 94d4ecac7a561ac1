/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A listing in the forms that Apache's have and style sheets and scripts of
 * its users expect: a plain list, columns in <pre>, a table.
 */
#ifndef DROVER_HANDLERS_LISTING_LOOK_H
#define DROVER_HANDLERS_LISTING_LOOK_H

#include "handlers/listing_print.h"

enum listing_form {
	LISTING_PLAIN,
	LISTING_COLUMNS,
	LISTING_TABLE,
};

struct listing_look {
	enum listing_form form;
	unsigned options;	     /* enum index_option */
	size_t name_width;	     /* in characters; 0: of the longest name */
	size_t description_width;    /* 0: they are not cut */
	int icon_width, icon_height; /* 0: not said */
	bool raw;	    /* another charset than UTF-8: bytes as they are */
	struct span parent; /* its path; empty: there is no link to it */
	struct listing_icon parent_icon, blank_icon;
	const char *parent_description;
};

/* The characters that a name takes: those of the widest are the width. */
size_t listing_name_width(struct span name, bool raw);

extern const struct listing_format listing_apache;

#endif
