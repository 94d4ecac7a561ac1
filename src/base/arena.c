/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena: a pointer that moves through the current block.  When a block is
 * full the next is taken from malloc; what is large gets a block of its own
 * and leaves the current one in use, so no room is given up for it.
 */
#include "config.h"

#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/poison.h"

#define ALIGNMENT alignof(max_align_t)
/* With malloc's own word and this header a block is one page. */
#define BLOCK_ROOM (4096 - 2 * sizeof(size_t) - sizeof(struct arena_block))
/* From this size on an allocation is large. */
#define LARGE_SIZE (BLOCK_ROOM / 4)

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) char data[];
};

void
arena_init(struct arena *a, void *first, size_t first_size, size_t max)
{
	size_t skip = 0;

	if (first != NULL)
		skip = -(uintptr_t)first % ALIGNMENT;
	if (skip > first_size)
		skip = first_size;
	*a = (struct arena){
		.first = first,
		.first_size = first_size,
		.max = max,
	};
	if (first != NULL) {
		a->next = a->first + skip;
		a->end = a->first + first_size;
		poison(first, first_size);
	}
}

void
arena_reset(struct arena *a)
{
	struct arena_block *block, *next;

	for (block = a->blocks; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	arena_init(a, a->first, a->first_size, a->max);
}

void
arena_release(struct arena *a)
{
	arena_reset(a);
	/* Its owner may use it for something else. */
	if (a->first != NULL)
		unpoison(a->first, a->first_size);
}

/* A new block with room for size bytes, counted; NULL without memory. */
static struct arena_block *
add_block(struct arena *a, size_t size)
{
	struct arena_block *block;

	size += sizeof(*block);
	if (a->max != 0 && size > a->max - a->used)
		return NULL;
	block = malloc(size);
	if (block == NULL)
		return NULL;
	a->used += size;
	block->next = a->blocks;
	a->blocks = block;
	return block;
}

/* How much room the next ordinary block has: what the bound leaves. */
static size_t
block_room(const struct arena *a)
{
	size_t left;

	if (a->max == 0)
		return BLOCK_ROOM;
	left = a->max - a->used;
	if (left >= sizeof(struct arena_block) + BLOCK_ROOM)
		return BLOCK_ROOM;
	if (left < sizeof(struct arena_block))
		return 0;
	return left - sizeof(struct arena_block);
}

/* size bytes, rounded up already, when the current block has no room. */
static void *
alloc_slowly(struct arena *a, size_t size)
{
	struct arena_block *block;
	size_t room = block_room(a);

	if (size >= LARGE_SIZE) {
		block = add_block(a, size);
		return block == NULL ? NULL : block->data;
	}
	block = size <= room ? add_block(a, room) : NULL;
	if (block == NULL)
		return NULL;
	poison(block->data, room);
	a->next = block->data + size;
	a->end = block->data + room;
	return block->data;
}

/* How much of a block an allocation takes. */
static size_t
room_for(size_t size)
{
	/* Never 0, so that every allocation has an address of its own. */
	if (size == 0)
		size = 1;
	return (size + POISON_GAP + ALIGNMENT - 1) & -ALIGNMENT;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	char *at = a->next;
	size_t room;

	if (size > SIZE_MAX / 2)
		return NULL;
	room = room_for(size);
	if (at != NULL && room <= (size_t)(a->end - at))
		a->next += room;
	else
		at = alloc_slowly(a, room);
	if (at != NULL)
		unpoison(at, size);
	return at;
}

void *
arena_calloc(struct arena *a, size_t count, size_t size)
{
	size_t total;
	void *at;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	at = arena_alloc(a, total);
	return at == NULL ? NULL : memset(at, 0, total);
}

/* For how many entries an array of count has room: the next power of two. */
static size_t
capacity(size_t count)
{
	size_t n = 1;

	while (n < count && n <= SIZE_MAX / 2)
		n *= 2;
	return count == 0 ? 0 : n;
}

void *
arena_append(struct arena *a, const void *entries, size_t count,
    const void *more, size_t more_count, size_t size)
{
	char *all = (char *)entries;

	if (more_count > SIZE_MAX / 2 - count)
		return NULL;
	if (count + more_count > capacity(count)) {
		all = arena_calloc(a, capacity(count + more_count), size);
		if (all == NULL)
			return NULL;
		if (count > 0)
			memcpy(all, entries, count * size);
	}
	if (more_count > 0)
		memcpy(all + count * size, more, more_count * size);
	return all;
}

char *
arena_strdup(struct arena *a, const char *str)
{
	return arena_strndup(a, str, strlen(str));
}

char *
arena_strndup(struct arena *a, const char *str, size_t len)
{
	char *copy;

	copy = len == SIZE_MAX ? NULL : arena_alloc(a, len + 1);
	if (copy == NULL)
		return NULL;
	if (len > 0)
		memcpy(copy, str, len);
	copy[len] = '\0';
	return copy;
}

struct span
arena_span(struct arena *a, struct span s)
{
	char *copy = arena_strndup(a, s.ptr, s.len);

	return span_of(copy, copy == NULL ? 0 : s.len);
}

char *
arena_vprintf(struct arena *a, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = len < 0 ? NULL : arena_alloc(a, (size_t)len + 1);
	if (text != NULL)
		vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *
arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(a, format, args);
	va_end(args);
	return text;
}
