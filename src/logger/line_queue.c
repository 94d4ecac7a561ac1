/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two arrays that are filled at the end and emptied at the front.  What was
 * taken stays until the first line is complete (a rewind needs its bytes).
 * The front is moved away only to where nothing of the rest lies, so that
 * each moment has a whole queue; that is when as much was taken as is left,
 * so a byte is moved at most about once.
 */
#include "config.h"

#include "logger/line_queue.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ipc/log_store.h"

/* Text is moved to the beginning when its end is beyond this; an empty queue
 * gives larger memory back: a burst is not paid for ever. */
#define KEEP_SIZE ((size_t)512 * 1024)

uint64_t
line_queue_span(const struct line_queue *q)
{
	return log_store_span(q->start + q->begun, q->end);
}

/* The word, without what was not published. */
static void
store_span(struct line_queue *q)
{
	log_store_set(
	    q->span, log_store_span(q->start + q->begun, q->published));
}

void
line_queue_release(struct line_queue *q)
{
	free(q->lens);
	memset(q, 0, sizeof(*q));
}

/* To the beginning of the text, which is free. */
static void
move_front(struct line_queue *q)
{
	size_t used = q->end - q->start;

	if (used > 0)
		memcpy(q->text, q->text + q->start, used);
	q->published -= q->start;
	q->start = 0;
	q->end = used;
	store_span(q);
}

/* It is empty, and nothing of it need be kept. */
static void
begin_anew(struct line_queue *q)
{
	q->first = q->last = 0;
	q->start = q->end = q->published = 0;
	store_span(q);
	if (q->peak > KEEP_SIZE)
		(void)madvise(q->text, q->size, MADV_REMOVE);
	q->peak = 0;
}

void
line_queue_publish(struct line_queue *q)
{
	q->published = q->end;
	if (q->first == q->last)
		begin_anew(q);
	else
		store_span(q);
}

static bool
text_room(struct line_queue *q, size_t need)
{
	size_t used = q->end - q->start;

	if (q->start > 0 && used <= q->start && q->end + need > KEEP_SIZE)
		move_front(q);
	return q->size - q->end >= need;
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

static void
add_len(struct line_queue *q, size_t len)
{
	q->lens[q->last++] = (uint32_t)len;
}

/* The lines of a queue that was left to us. */
static bool
find_lines(struct line_queue *q)
{
	size_t at, end;

	while (q->start > 0 && q->text[q->start - 1] != '\n') {
		q->start--;
		q->begun++;
	}
	for (at = q->start; at < q->end; at = end) {
		struct span rest = { q->text + at, q->end - at };

		end = at + span_find(rest, '\n') + 1;
		if (end > q->end)
			end = q->end;
		if (!lens_room(q))
			return false;
		add_len(q, end - at);
	}
	return true;
}

bool
line_queue_init(
    struct line_queue *q, char *text, size_t size, _Atomic uint64_t *span)
{
	uint64_t word = atomic_load(span);

	memset(q, 0, sizeof(*q));
	q->text = text;
	q->size = size;
	q->span = span;
	q->start = (size_t)(word >> 32);
	q->end = q->published = (size_t)(word & UINT32_MAX);
	q->peak = size; /* of who had it before it is not known */
	if (q->end > size || q->start >= q->end)
		q->start = q->end = q->published = 0;
	return find_lines(q);
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
	if (q->end > q->peak)
		q->peak = q->end;
	add_len(q, line.len + 1);
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
line_queue_rest(const struct line_queue *q)
{
	if (q->first == q->last)
		return span_of(NULL, 0);
	return span_of(
	    q->text + q->start + q->begun, q->lens[q->first] - q->begun);
}

struct span
line_queue_first(const struct line_queue *q)
{
	if (q->first == q->last)
		return span_of(NULL, 0);
	return span_of(q->text + q->start, q->lens[q->first] - 1);
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
	if (q->first == q->last)
		begin_anew(q);
	else
		store_span(q);
	return lines;
}

void
line_queue_rewind(struct line_queue *q)
{
	q->begun = 0;
	store_span(q);
}

size_t
line_queue_drop(struct line_queue *q)
{
	size_t keep = q->begun > 0 ? 1 : 0;
	size_t lines = q->last - q->first - keep;

	q->last = q->first + keep;
	q->end = q->start + (keep ? q->lens[q->first] : 0);
	if (q->published > q->end)
		q->published = q->end;
	return lines;
}
