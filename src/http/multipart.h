/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * multipart/form-data (RFC 7578, 2046): names, values, and of files their
 * names, types and sizes.  It may come in pieces of any size.  Pure: all
 * memory is the caller's, and no more of the body is kept than it gives.
 *
 *	if (!multipart_boundary(content_type, &boundary)) ...
 *	multipart_init(&m, boundary, parts, 100, text, sizeof(text), 4096);
 *	multipart_add(&m, piece);
 *	for (size_t i = 0; i < m.count; i++) ... m.parts[i].name ...
 *
 * A multipart within a part is content like any other.  Names are as they
 * came but for "\"" and "\\" (browsers write %22 for a quote, and cannot be
 * told from who means %22).
 */
#ifndef DROVER_HTTP_MULTIPART_H
#define DROVER_HTTP_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Of a boundary (RFC 2046, 5.1.1); of a line of a part's header; of those. */
#define MULTIPART_BOUNDARY_MAX 70
#define MULTIPART_LINE_MAX 4096
#define MULTIPART_LINES_MAX 32

struct multipart_part {
	struct span name, file_name, type; /* in the caller's text: any byte */
	struct span value; /* the first bytes; of a file none are kept */
	uint64_t size;	   /* of the value or file */
	bool is_file;	   /* it has a file name, if an empty one */
	bool cut;	   /* some of a span found no room */
};

struct multipart {
	struct multipart_part *parts; /* the caller's */
	size_t count, count_max;
	uint64_t seen;	/* parts in all, with those beyond count_max */
	bool complete;	/* the last boundary has come */
	bool malformed; /* what is behind the parts so far is no part */
	/* The rest is private. */
	struct multipart_part part; /* that is read */
	char *text;
	size_t text_len, text_max, span_max;
	int state;
	bool in_part, has_disposition, has_type;
	char delimiter[4 + MULTIPART_BOUNDARY_MAX];
	size_t delimiter_len;
	size_t matched; /* bytes of it that the data may end with, */
	size_t assumed; /* and how many of those were no data */
	char line[MULTIPART_LINE_MAX];
	size_t line_len;
	unsigned lines;
};

/* The boundary of a Content-Type; false: it is not multipart/form-data, or
 * has none, or two. */
bool multipart_boundary(struct span content_type, struct span *boundary_r);
/*
 * At most count_max parts, whose names, types and values together take at most
 * text_max bytes, each at most span_max.  What is beyond is passed over and
 * marked, and so are further parts, of which seen tells.
 */
void multipart_init(struct multipart *, struct span boundary,
    struct multipart_part *parts, size_t count_max, char *text, size_t text_max,
    size_t span_max);
void multipart_add(struct multipart *, struct span piece);
/* Nothing follows: without a last boundary the last part is what there is. */
void multipart_end(struct multipart *);

#endif
