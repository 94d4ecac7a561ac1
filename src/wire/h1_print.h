/* SPDX-License-Identifier: BSD-2-Clause */
/* The head of an HTTP/1 message, from parts to bytes (RFC 9112, 2 to 5). */
#ifndef DROVER_WIRE_H1_PRINT_H
#define DROVER_WIRE_H1_PRINT_H

#include "base/buf.h"
#include "base/span.h"

/*
 * "HTTP/1.1 200 OK\r\n"; status is 100 to 999.  reason may be empty; one that
 * is no field value is left out.
 */
void h1_print_status_line(struct buf *, int status, struct span reason);
/*
 * "Name: value\r\n".  A name that is no token, or a value with CR, LF, NUL or
 * another control but HTAB, prints nothing and returns false: no handler can
 * split a response.  Whether it fitted is the buffer's to say.
 */
bool h1_print_field(struct buf *, struct span name, struct span value);
/* "\r\n" */
void h1_print_end(struct buf *);
/* The size line of a chunk of len bytes, "1f\r\n", somewhere in to; or at the
 * end of a buffer. */
#define H1_CHUNK_SIZE_MAX (2 * sizeof(size_t) + 2)
struct span h1_chunk_size(size_t len, char to[H1_CHUNK_SIZE_MAX]);
void h1_print_chunk_size(struct buf *, size_t len);

#endif
