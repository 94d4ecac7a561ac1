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
compare_bytes(char a, char b, bool exact_case)
{
	return exact_case ? (unsigned char)a - (unsigned char)b
			  : span_fold(a) - span_fold(b);
}

static int
compare_names(struct span a, struct span b, bool exact_case)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int result;

	for (size_t i = 0; i < len; i++) {
		result = compare_bytes(a.ptr[i], b.ptr[i], exact_case);
		if (result != 0)
			return result;
	}
	return a.len < b.len ? -1 : a.len > b.len;
}

static bool
is_digit(struct span s, size_t at)
{
	return at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9';
}

/* How many digits there are from at on. */
static size_t
digits(struct span s, size_t at)
{
	size_t n = 0;

	while (is_digit(s, at + n))
		n++;
	return n;
}

/* Digits behind a "0" are a fraction, "1.05" goes before "1.5"; others are a
 * number, of which the longer is the larger. */
static int
compare_digits(struct span a, struct span b)
{
	if (a.ptr[0] != '0' && b.ptr[0] != '0' && a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return compare_names(a, b, true);
}

static size_t
skip_spaces(struct span s, size_t at)
{
	while (at < s.len &&
	       (s.ptr[at] == ' ' || (s.ptr[at] >= '\t' && s.ptr[at] <= '\r')))
		at++;
	return at;
}

/* Numbers within names by their values, spaces do not count. */
static int
compare_versions(struct span a, struct span b, bool exact_case)
{
	size_t i = 0, j = 0;
	int result;

	for (;;) {
		i = skip_spaces(a, i);
		j = skip_spaces(b, j);
		if (i == a.len || j == b.len)
			return (i < a.len) - (j < b.len);
		if (is_digit(a, i) && is_digit(b, j)) {
			struct span one = { a.ptr + i, digits(a, i) };
			struct span other = { b.ptr + j, digits(b, j) };

			result = compare_digits(one, other);
			i += one.len;
			j += other.len;
		} else {
			result =
			    compare_bytes(a.ptr[i++], b.ptr[j++], exact_case);
		}
		if (result != 0)
			return result;
	}
}

/* No two names of a directory are equal. */
static int
compare_in_order(
    struct span a, struct span b, const struct listing_order *order)
{
	int result = order->versions ? compare_versions(a, b, order->exact_case)
				     : compare_names(a, b, order->exact_case);

	return result != 0 ? result : compare_names(a, b, true);
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* A directory has none, which is less than that of an empty file. */
static int64_t
size_of(const struct entry *entry)
{
	return entry->directory ? -1 : entry->size;
}

static int
compare_descriptions(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int
compare_keys(const struct entry *a, const struct entry *b,
    const struct listing_order *order)
{
	int result = 0;

	if (order->key == LISTING_MODIFIED)
		result = compare_numbers(a->modified, b->modified);
	else if (order->key == LISTING_SIZE)
		result = compare_numbers(size_of(a), size_of(b));
	else if (order->key == LISTING_DESCRIPTION)
		result = compare_descriptions(a->description, b->description);
	return result != 0 ? result : compare_in_order(a->name, b->name, order);
}

static int
compare(const void *one, const void *other, void *order)
{
	const struct listing_order *o = order;
	const struct entry *a = one, *b = other;

	if (a->directory != b->directory && !o->mixed)
		return a->directory ? -1 : 1;
	return o->descending ? compare_keys(b, a, o) : compare_keys(a, b, o);
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

/* As the arena does, with a NUL. */
static size_t
rounded(size_t len)
{
	return (len + 16) / 16 * 16;
}

const char *
listing_keep(struct listing *l, const char *text)
{
	if (!take_bytes(l, rounded(strlen(text))))
		return NULL;
	return arena_strdup(&l->names, text);
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
	if (!take_bytes(l, rounded(entry->name.len)))
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
