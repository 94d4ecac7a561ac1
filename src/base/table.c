/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hash table: open addressing with linear steps.  A removed entry leaves
 * a tombstone, which a later put of a new key takes over; when entries and
 * tombstones fill three quarters, everything moves to a table that is half
 * full at most, so a search always meets a free entry.
 */
#include "config.h"

#include "base/table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/fatal.h"
#include "base/mix.h"
#include "base/siphash.h"

#define FIRST_SIZE 16

/*
 * Made at the first use and inherited by forked children, so that tables
 * which the master filled can be searched by its workers.
 */
static const struct siphash_key *
process_key(void)
{
	static struct siphash_key key;
	static bool made;
	ssize_t n;

	if (made)
		return &key;
	do
		n = getrandom(&key, sizeof(key), 0);
	while (n < 0 && errno == EINTR);
	/* Up to 256 bytes come whole or not at all. */
	if (n != (ssize_t)sizeof(key))
		fatal("no random numbers");
	made = true;
	return &key;
}

uint64_t
table_hash(const void *data, size_t len)
{
	return siphash13(process_key(), data, len, false);
}

void
table_init(struct table *t, bool nocase)
{
	*t = (struct table){ .nocase = nocase };
}

void
table_init_trusted(struct table *t, bool nocase)
{
	*t = (struct table){ .nocase = nocase, .trusted = true };
}

void
table_release(struct table *t)
{
	free(t->entries);
	*t = (struct table){ .nocase = t->nocase, .trusted = t->trusted };
}

static uint64_t
hash_key(const struct table *t, struct span key)
{
	if (t->trusted)
		return t->nocase ? mix_span_nocase(0, key) : mix_span(0, key);
	return siphash13(process_key(), key.ptr, key.len, t->nocase);
}

static bool
key_equal(const struct table *t, struct span a, struct span b)
{
	return t->nocase ? span_equal_nocase(a, b) : span_equal(a, b);
}

/* The entry of the key, or NULL. */
static struct table_entry *
find(const struct table *t, struct span key, uint64_t hash)
{
	struct table_entry *e;
	size_t i;

	if (t->size == 0)
		return NULL;
	for (i = hash & (t->size - 1);; i = (i + 1) & (t->size - 1)) {
		e = &t->entries[i];
		if (e->value == NULL && e->key.ptr == NULL)
			return NULL;
		if (e->value != NULL && e->hash == hash &&
		    key_equal(t, e->key, key))
			return e;
	}
}

/* The first entry without a value on the way of hash: free or tombstone. */
static struct table_entry *
find_vacant(struct table_entry *entries, size_t size, uint64_t hash)
{
	size_t i = hash & (size - 1);

	while (entries[i].value != NULL)
		i = (i + 1) & (size - 1);
	return &entries[i];
}

/* Makes room for one entry more. */
static int
make_room(struct table *t)
{
	struct table_entry *entries;
	size_t size, i;

	if (t->count + t->removed + 1 <= t->size / 4 * 3)
		return 0;
	size = t->size == 0 ? FIRST_SIZE : t->size;
	while (t->count + 1 > size / 2) {
		if (size > SIZE_MAX / 2) {
			errno = ENOMEM;
			return -1;
		}
		size *= 2;
	}
	entries = calloc(size, sizeof(*entries));
	if (entries == NULL)
		return -1;
	for (i = 0; i < t->size; i++)
		if (t->entries[i].value != NULL)
			*find_vacant(entries, size, t->entries[i].hash) =
			    t->entries[i];
	free(t->entries);
	t->entries = entries;
	t->size = size;
	t->removed = 0;
	return 0;
}

void *
table_get(const struct table *t, struct span key)
{
	struct table_entry *e = find(t, key, hash_key(t, key));

	return e == NULL ? NULL : e->value;
}

int
table_put(struct table *t, struct span key, void *value)
{
	uint64_t hash = hash_key(t, key);
	struct table_entry *e;

	assert(value != NULL);
	/* A NULL pointer marks a free entry; the empty key has one too. */
	if (key.ptr == NULL)
		key = span_str("");
	e = find(t, key, hash);
	if (e == NULL) {
		if (make_room(t) < 0)
			return -1;
		e = find_vacant(t->entries, t->size, hash);
		t->removed -= e->key.ptr != NULL;
		t->count++;
	}
	/* The key too: the old one may go with the old value. */
	*e = (struct table_entry){ key, hash, value };
	return 0;
}

void *
table_remove(struct table *t, struct span key)
{
	struct table_entry *e = find(t, key, hash_key(t, key));
	void *value;

	if (e == NULL)
		return NULL;
	value = e->value;
	*e = (struct table_entry){ .key = span_str("") };
	t->count--;
	t->removed++;
	return value;
}

struct table_entry *
table_next(const struct table *t, size_t *position)
{
	while (*position < t->size) {
		struct table_entry *e = &t->entries[(*position)++];

		if (e->value != NULL)
			return e;
	}
	return NULL;
}
