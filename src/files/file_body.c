/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The body of a response over a cached file: bytes that are in memory, or a
 * range of an open file, for sendfile or read piece by piece.  What was
 * announced is sent or the connection is cut: a file that became shorter is
 * never padded, one that grew or was replaced is sent as it was.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "files/cache.h"

/* Read at once, where the transport cannot take the file itself. */
#define PIECE_SIZE (32 * 1024)

static enum body_result
file_next(struct body *body, size_t max, struct span *data_r)
{
	struct body_file *file = &body->file;
	size_t size = max < PIECE_SIZE ? max : PIECE_SIZE;
	ssize_t n;

	if (file->left == 0)
		return BODY_END;
	if (file->left < size)
		size = (size_t)file->left;
	if (body->buffer == NULL)
		body->buffer = malloc(PIECE_SIZE);
	if (body->buffer == NULL)
		return BODY_ERROR;
	do
		n = pread(file->fd, body->buffer, size, file->offset);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return BODY_ERROR;
	file->offset += n;
	file->left -= (uint64_t)n;
	body->length -= n;
	*data_r = span_of(body->buffer, (size_t)n);
	return BODY_DATA;
}

static void
source_close(struct body *body)
{
	free(body->buffer);
	cache_put(body->source);
}

static const struct body_ops memory_ops = { body_memory_next, source_close };
static const struct body_ops file_ops = { file_next, source_close };

void
cache_body(struct cached_file *file, struct body *body, uint64_t offset,
    uint64_t length)
{
	body_none(body);
	body->source = file;
	body->length = (int64_t)length;
	if (file->fd < 0) {
		body->ops = &memory_ops;
		body->memory =
		    span_of(file->content.ptr + offset, (size_t)length);
		return;
	}
	body->ops = &file_ops;
	body->file = (struct body_file){ file->fd, (off_t)offset, length };
}
