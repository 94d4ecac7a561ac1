/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies that need no handler: none, and bytes in memory of others or own. */
#include "config.h"

#include "http/body.h"

#include <stdlib.h>

enum body_result
body_memory_next(struct body *body, size_t max, struct span *data_r)
{
	size_t n = body->memory.len < max ? body->memory.len : max;

	if (n == 0)
		return BODY_END;
	*data_r = span_of(body->memory.ptr, n);
	body->memory = span_skip(body->memory, n);
	body->length -= (int64_t)n;
	return BODY_DATA;
}

static void
memory_close(struct body *body)
{
	(void)body;
}

static const struct body_ops memory_ops = { body_memory_next, memory_close };

void
body_none(struct body *body)
{
	*body = (struct body){ .file = { .fd = -1 } };
}

void
body_memory(struct body *body, struct span data)
{
	body_none(body);
	body->ops = &memory_ops;
	body->memory = data;
	body->length = (int64_t)data.len;
}

static void
buffer_close(struct body *body)
{
	free(body->buffer);
}

static const struct body_ops buffer_ops = { body_memory_next, buffer_close };

void
body_buffer(struct body *body, struct buf *from)
{
	size_t max = from->max;

	body_memory(body, buf_span(from));
	body->ops = &buffer_ops;
	body->buffer = from->data;
	buf_init(from, max);
}

void
body_narrow(struct body *body, uint64_t first, uint64_t count)
{
	body->length = (int64_t)count;
	if (body->memory.ptr != NULL) {
		body->memory = span_of(body->memory.ptr + first, (size_t)count);
		return;
	}
	body->file.offset += (off_t)first;
	body->file.left = count;
}

void
body_close(struct body *body)
{
	const struct body_ops *ops = body->ops;

	body->ops = NULL;
	if (ops != NULL)
		ops->close(body);
	body_none(body);
}
