/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chunked transfer coding (RFC 9112, 7.1), decoded without copying and
 * without leniency: hex digits only, extensions by the grammar and bounded,
 * CRLF or nothing (a bare LF, a space in front of the size: bad), trailers
 * by the grammar of fields, bounded.
 */
#ifndef DROVER_WIRE_H1_CHUNK_H
#define DROVER_WIRE_H1_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct h1_chunk {
	uint64_t left;		/* bytes left of the current chunk's data */
	uint32_t line_len;	/* of the size line or of all trailers so far */
	uint32_t extensions;	/* bytes of them in all chunks so far */
	uint16_t trailers;	/* fields so far */
	uint8_t state;
};

/*
 * Digits of a size, with zeros in front; bytes of one size line with its
 * extensions, without its end; bytes of the extensions of all chunks; fields
 * of the trailer, and bytes of them with their ends.  A chunk of 2^63 bytes or
 * more is bad.
 */
#define H1_CHUNK_DIGITS_MAX 16
#define H1_CHUNK_LINE_MAX 1024
#define H1_CHUNK_EXTENSIONS_MAX (16 * 1024)
#define H1_CHUNK_TRAILER_FIELDS_MAX 100
#define H1_CHUNK_TRAILERS_MAX 8192

void h1_chunk_init(struct h1_chunk *);
/*
 * Decodes from the front of data.  Returns the bytes used (0 when len is 0 or
 * the body has ended) and in *payload_r the decoded bytes among them (maybe
 * none; a span into data); call again while there is input.  It stops where
 * trailers begin, so that bytes are either theirs or not.  -1: bad coding,
 * nothing in *payload_r, the connection cannot be understood any further.
 */
long h1_chunk_decode(struct h1_chunk *, const char *data, size_t len,
    struct span *payload_r);
/* What is decoded next are trailers, or the empty line behind them. */
bool h1_chunk_in_trailers(const struct h1_chunk *);
/* Bytes that the chunk which has begun will still bring. */
uint64_t h1_chunk_left(const struct h1_chunk *);
/* True once the last chunk and its trailers have been used up. */
bool h1_chunk_ended(const struct h1_chunk *);

#endif
