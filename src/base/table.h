/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hash table from byte strings to pointers.  Keys are borrowed (they live
 * in the value, in an arena or in static storage and outlive their entry);
 * values are the caller's.  The hash is keyed per process (SipHash-1-3 or
 * better), since keys may come from a peer.
 */
#ifndef DROVER_BASE_TABLE_H
#define DROVER_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct table_entry {
	struct span key;
	uint64_t hash;
	void *value;	/* NULL: free, or removed if key.ptr is not NULL */
};

struct table {
	struct table_entry *entries;	/* open addressing, power of two */
	size_t size, count, removed;
	bool nocase;			/* ASCII case of keys is ignored */
	bool trusted;			/* by table_init_trusted */
};

void table_init(struct table *, bool nocase);
/* For one into which no stranger can put keys: it costs less to search. */
void table_init_trusted(struct table *, bool nocase);
void table_release(struct table *);
/* The value, or NULL. */
void *table_get(const struct table *, struct span key);
/* Sets or replaces; value is not NULL.  -1 without memory. */
int table_put(struct table *, struct span key, void *value);
/* Removes and returns the value that was there, or NULL. */
void *table_remove(struct table *, struct span key);
/*
 * Walks all entries in no order: start with *position 0; NULL at the end.
 * No put while walking; removing the entry just returned is allowed.
 */
struct table_entry *table_next(const struct table *, size_t *position);

/* The keyed hash itself, for tables of other shapes. */
uint64_t table_hash(const void *data, size_t len);

#endif
