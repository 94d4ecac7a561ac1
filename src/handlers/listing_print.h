/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory's listing as text: HTML for people, JSON for programs. */
#ifndef DROVER_HANDLERS_LISTING_PRINT_H
#define DROVER_HANDLERS_LISTING_PRINT_H

#include "base/buf.h"
#include "handlers/listing.h"

struct listing_look;

struct listing_icon {
	const char *url;  /* NULL: none */
	const char *text; /* for those who do not see it */
};

/* A file that stands on top of a listing or at its end. */
enum listing_insert {
	INSERT_NONE,
	INSERT_TEXT,
	INSERT_HTML,
};

struct listing_page {
	struct span path; /* of the URI, decoded */
	struct listing_order order;
	struct span query; /* of links, behind C and O: ";F=1", HTML */
	bool has_parent;
	bool cut;	   /* there is more than is listed; known at the end */
	bool descriptions; /* there are some */
	const char *style_sheet, *head; /* a URL, and HTML; NULL: none */
	struct span signature;		/* HTML; empty: none */
	enum listing_insert header, readme;
	const struct listing_look *look; /* of listing_apache alone */
	struct listing_icon icon;	 /* of the next entry */
};

/*
 * What is printed: top, a header, begin, each entry (first: none was before),
 * end, a readme, bottom.  Without a top there is no room for files.
 */
struct listing_format {
	struct span content_type;
	void (*top)(struct buf *, const struct listing_page *);
	void (*begin)(struct buf *, const struct listing_page *);
	void (*entry)(struct buf *, const struct listing_page *,
	    const struct entry *, bool first);
	void (*end)(struct buf *, const struct listing_page *);
	void (*bottom)(struct buf *, const struct listing_page *);
};

extern const struct listing_format listing_html, listing_json;

/* "973" is "1.0K": as Apache prints sizes, in four characters at most. */
#define LISTING_SIZE_SIZE 24
void listing_print_size(int64_t size, char to[LISTING_SIZE_SIZE]);

#endif
