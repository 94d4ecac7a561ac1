/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of every HTML page that the server makes itself: one look, which
 * is htdocs/style.css, and no resource from elsewhere.
 *
 *	buf_init(&page, PAGE_LIMIT);
 *	page_begin(&page, &(struct page_frame){ .title = title, .data = true });
 *	buf_add_str(&page, "<p>");
 *	buf_add_html(&page, whatever_came_from_outside);
 *	page_end(&page);
 *	response_page(x, 200, &page);
 */
#ifndef DROVER_HTTP_PAGE_H
#define DROVER_HTTP_PAGE_H

#include <stdbool.h>

#include "base/buf.h"

struct exchange;

struct page_frame {
	struct span title; /* of the window and as <h1>; any bytes */
	const char *head;  /* HTML for the <head>; NULL: none */
	struct span last;  /* more of it, behind the style */
	bool data;	   /* there are tables, code, lists: the style
			    * has what they need */
	bool wide;	   /* as wide as the window; with data */
};

#define PAGE_END "</main></body></html>\n"

/* Up to and with the <h1>; what follows stands in <main>. */
void page_begin(struct buf *, const struct page_frame *);
void page_end(struct buf *);
/*
 * Makes the page the response, with this status; its memory goes to the
 * response's body.  A page that failed (no memory, beyond its limit) makes it
 * the error 500.  What was set before is dropped, fields may be added after.
 */
void response_page(struct exchange *, int status, struct buf *page);

/* The parts of htdocs/style.css, made at build. */
extern const char page_style_base[], page_style_data[];

#endif
