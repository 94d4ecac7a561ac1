/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two arrays that are filled at the end and emptied at the front.  What was
 * taken stays until the first line is complete (a rewind needs its bytes);
 * the front is moved away only when the end finds no room, so that a byte is
 * moved at most about once.
 */
#include "config.h"

#include "logger/line_queue.h"

#include <stdlib.h>
#include <string.h>

/* An empty queue gives larger storage back: a burst is not paid for ever. */
#define KEEP_SIZE ((size_t)512 * 1024)

void
line_queue_init(struct line_queue *q)
{
	memset(q, 0, sizeof(*q));
}

void
line_queue_release(struct line_queue *q)
{
	free(q->text);
	free(q->lens);
	line_queue_init(q);
}

static bool
text_room(struct line_queue *q, size_t need)
{
	size_t used = q->end - q->start, size = q->size;
	char *larger;

	if (q->size - q->end >= need)
		return true;
	if (used > 0)
		memmove(q->text, q->text + q->start, used);
	q->start = 0;
	q->end = used;
	/* At least half empty, or moving would come too often. */
	while (size < 2 * used || size - used < need)
		size = size == 0 ? (size_t)16 * 1024 : size * 2;
	if (size == q->size)
		return true;
	larger = realloc(q->text, size);
	if (larger == NULL)
		return q->size - q->end >= need;
	q->text = larger;
	q->size = size;
	return true;
}

static bool
lens_room(struct line_queue *q)
{
	size_t used = q->last - q->first, room = q->room;
	uint32_t *larger;

	if (q->last < q->room)
		return true;
	if (used > 0)
		memmove(q->lens, q->lens + q->first, used * sizeof(*q->lens));
	q->first = 0;
	q->last = used;
	if (room == 0 || used > room / 2)
		room = room == 0 ? 128 : room * 2;
	if (room == q->room)
		return true;
	larger = realloc(q->lens, room * sizeof(*q->lens));
	if (larger == NULL)
		return q->last < q->room;
	q->lens = larger;
	q->room = room;
	return true;
}

bool
line_queue_add(struct line_queue *q, struct span line)
{
	if (line.len >= UINT32_MAX || !text_room(q, line.len + 1) ||
	    !lens_room(q))
		return false;
	if (line.len > 0)
		memcpy(q->text + q->end, line.ptr, line.len);
	q->text[q->end + line.len] = '\n';
	q->end += line.len + 1;
	q->lens[q->last++] = (uint32_t)line.len + 1;
	return true;
}

struct span
line_queue_bytes(const struct line_queue *q)
{
	if (q->first == q->last)
		return span_of(NULL, 0);
	return span_of(
	    q->text + q->start + q->begun, q->end - q->start - q->begun);
}

struct span
line_queue_whole(const struct line_queue *q, size_t max)
{
	struct span all = line_queue_bytes(q);
	size_t i, len;

	if (all.len <= max)
		return all;
	len = q->lens[q->first] - q->begun;
	if (len > max)
		len = max;
	else
		for (i = q->first + 1; i < q->last && len + q->lens[i] <= max;
		     i++)
			len += q->lens[i];
	return span_of(all.ptr, len);
}

struct span
line_queue_first(const struct line_queue *q)
{
	if (q->first == q->last)
		return span_of(NULL, 0);
	return span_of(q->text + q->start, q->lens[q->first] - 1);
}

static void
when_empty(struct line_queue *q)
{
	if (q->first != q->last)
		return;
	if (q->size > KEEP_SIZE)
		line_queue_release(q);
	else
		q->start = q->end = q->first = q->last = 0;
}

size_t
line_queue_take(struct line_queue *q, size_t n)
{
	size_t lines = 0;

	q->begun += n;
	while (q->first < q->last && q->begun >= q->lens[q->first]) {
		q->begun -= q->lens[q->first];
		q->start += q->lens[q->first++];
		lines++;
	}
	when_empty(q);
	return lines;
}

void
line_queue_rewind(struct line_queue *q)
{
	q->begun = 0;
}

size_t
line_queue_drop(struct line_queue *q)
{
	size_t keep = q->begun > 0 ? 1 : 0;
	size_t lines = q->last - q->first - keep;

	q->last = q->first + keep;
	q->end = q->start + (keep ? q->lens[q->first] : 0);
	when_empty(q);
	return lines;
}
