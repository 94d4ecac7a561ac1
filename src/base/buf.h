/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing byte buffer with a bound.  An append that would pass the bound,
 * or for which there is no memory, marks the buffer as failed and changes
 * nothing; later appends do nothing either, so a writer checks once, at the
 * end, with buf_failed().
 */
#ifndef DROVER_BASE_BUF_H
#define DROVER_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct buf {
	char *data;	/* owned; NULL while nothing was appended */
	size_t len;	/* bytes in use */
	size_t size;	/* bytes allocated */
	size_t max;	/* len never passes this */
	bool failed;
};

/* An empty buffer that holds at most max bytes. */
void buf_init(struct buf *, size_t max);
/* Frees the storage; the buffer is empty and usable again. */
void buf_release(struct buf *);
/* Empties it (and clears failed) but keeps the storage. */
void buf_clear(struct buf *);

void buf_add(struct buf *, const void *data, size_t len);
void buf_add_span(struct buf *, struct span);
void buf_add_str(struct buf *, const char *);
void buf_add_char(struct buf *, char);
void buf_add_number(struct buf *, int64_t);
void buf_printf(struct buf *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *, const char *format, va_list);

/* Appends text with & < > " ' as character references, for HTML. */
void buf_add_html(struct buf *, struct span text);
/* Appends path with all but RFC 3986 unreserved and "/" percent-encoded. */
void buf_add_url_path(struct buf *, struct span path);
/*
 * Appends with every byte outside printable ASCII, and " and \, escaped as
 * \n \r \t \" \\ or \xhh: Apache's form, for logs and diagnostics.
 */
void buf_add_escaped(struct buf *, struct span text);

/* Room for len bytes more at buf_end(), or NULL (and failed). */
char *buf_reserve(struct buf *, size_t len);
/* Counts len bytes written into reserved room as appended. */
void buf_commit(struct buf *, size_t len);
/* Drops the first n bytes, moving the rest to the front. */
void buf_consume(struct buf *, size_t n);
/* Ends the text with a NUL (not counted); "" if the buffer failed. */
const char *buf_str(struct buf *);

static inline bool
buf_failed(const struct buf *b)
{
	return b->failed;
}

static inline struct span
buf_span(const struct buf *b)
{
	return (struct span){ b->data, b->len };
}

#endif
