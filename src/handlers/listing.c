/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs of entries, each sorted when it is full, and a heap of runs by their
 * first entry.  A directory of 100,000 entries costs about 7 MiB.
 */
#include "config.h"

#include "handlers/listing.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define RUN_ENTRIES 1024
/* From this size on the memory of a listing is given back to the machine. */
#define LARGE_BYTES (1024 * 1024)

struct run {
	struct entry entries[RUN_ENTRIES];
	size_t count, next;
};

struct listing {
	struct listing_order order;
	struct arena names;
	struct run **runs;
	size_t count, room;
	size_t heap;  /* merging: that many of the first runs are a heap, those
		       * that have entries; the others are used up */
	size_t bytes; /* counted in bytes_in_use */
	bool merging;
};

/* Of all listings in this process. */
static size_t bytes_in_use;

struct listing *
listing_create(struct listing_order order)
{
	struct listing *l;

	if (bytes_in_use + sizeof(struct run) > LISTINGS_BYTES_MAX)
		return NULL;
	l = calloc(1, sizeof(*l));
	if (l == NULL)
		return NULL;
	l->order = order;
	arena_init(&l->names, NULL, 0, LISTING_BYTES_MAX);
	return l;
}

void
listing_destroy(struct listing **listing)
{
	struct listing *l = *listing;
	bool large;

	*listing = NULL;
	if (l == NULL)
		return;
	large = l->bytes >= LARGE_BYTES;
	bytes_in_use -= l->bytes;
	for (size_t i = 0; i < l->count; i++)
		free(l->runs[i]);
	free(l->runs);
	arena_release(&l->names);
	free(l);
	if (large)
		malloc_trim(0);
}

/* ---- order ---- */

static int
compare_names(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int result;

	for (size_t i = 0; i < len; i++) {
		result = span_fold(a.ptr[i]) - span_fold(b.ptr[i]);
		if (result != 0)
			return result;
	}
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return memcmp(a.ptr, b.ptr, len);
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_keys(const struct entry *a, const struct entry *b, enum listing_key key)
{
	int result = 0;

	if (key == LISTING_MODIFIED)
		result = compare_numbers(a->modified, b->modified);
	else if (key == LISTING_SIZE)
		result = compare_numbers(a->size, b->size);
	return result != 0 ? result : compare_names(a->name, b->name);
}

static int
compare(const void *one, const void *other, void *order)
{
	const struct listing_order *o = order;
	const struct entry *a = one, *b = other;

	if (a->directory != b->directory)
		return a->directory ? -1 : 1;
	return o->descending ? compare_keys(b, a, o->key)
			     : compare_keys(a, b, o->key);
}

static void
sort_run(struct listing *l, struct run *run)
{
	qsort_r(
	    run->entries, run->count, sizeof(struct entry), compare, &l->order);
}

/* ---- in ---- */

/* False where the bounds are. */
static bool
take_bytes(struct listing *l, size_t bytes)
{
	if (l->bytes + bytes > LISTING_BYTES_MAX ||
	    bytes_in_use + bytes > LISTINGS_BYTES_MAX)
		return false;
	l->bytes += bytes;
	bytes_in_use += bytes;
	return true;
}

static struct run *
add_run(struct listing *l)
{
	struct run *run;

	if (l->count == l->room) {
		size_t room = l->room == 0 ? 8 : 2 * l->room;
		struct run **runs = realloc(l->runs, room * sizeof(*runs));

		if (runs == NULL)
			return NULL;
		l->runs = runs;
		l->room = room;
	}
	if (!take_bytes(l, sizeof(*run)))
		return NULL;
	run = malloc(sizeof(*run));
	if (run == NULL)
		return NULL;
	run->count = run->next = 0;
	l->runs[l->count++] = run;
	return run;
}

int
listing_add(struct listing *l, const struct entry *entry)
{
	struct run *run = l->count > 0 ? l->runs[l->count - 1] : NULL;
	struct entry *copy;

	if (run == NULL || run->count == RUN_ENTRIES) {
		if (run != NULL)
			sort_run(l, run);
		run = add_run(l);
		if (run == NULL)
			return -1;
	}
	/* As the arena rounds it. */
	if (!take_bytes(l, (entry->name.len + 16) / 16 * 16))
		return -1;
	copy = &run->entries[run->count];
	*copy = *entry;
	copy->name = arena_span(&l->names, entry->name);
	if (copy->name.ptr == NULL)
		return -1;
	run->count++;
	return 0;
}

/* ---- out ---- */

static bool
run_before(struct listing *l, size_t a, size_t b)
{
	const struct run *one = l->runs[a], *other = l->runs[b];

	return compare(&one->entries[one->next], &other->entries[other->next],
		   &l->order) < 0;
}

static void
sift_down(struct listing *l, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		struct run *moved = l->runs[at];

		if (child >= l->heap)
			return;
		if (child + 1 < l->heap && run_before(l, child + 1, child))
			child++;
		if (!run_before(l, child, at))
			return;
		l->runs[at] = l->runs[child];
		l->runs[child] = moved;
		at = child;
	}
}

static void
begin_merging(struct listing *l)
{
	struct run *last = l->count > 0 ? l->runs[l->count - 1] : NULL;

	l->merging = true;
	l->heap = l->count;
	if (last != NULL && last->count == 0)
		l->heap--;
	else if (last != NULL)
		sort_run(l, last);
	for (size_t i = l->heap; i-- > 0;)
		sift_down(l, i);
}

const struct entry *
listing_next(struct listing *l)
{
	const struct entry *entry;
	struct run *run;

	if (!l->merging)
		begin_merging(l);
	if (l->heap == 0)
		return NULL;
	run = l->runs[0];
	entry = &run->entries[run->next++];
	if (run->next == run->count) {
		l->runs[0] = l->runs[--l->heap];
		l->runs[l->heap] = run;
	}
	sift_down(l, 0);
	return entry;
}
