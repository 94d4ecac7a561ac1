/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of open files.  A path may have several entries, for several
 * types or policies.  The list of unused ones is in the order in which their
 * last users left: what is closed first stands first.  An entry that proves
 * outdated leaves the table at once and ends with its last user.
 */
#include "config.h"

#include "files/cache.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/table.h"
#include "files/cache_private.h"

struct cache {
	struct root_set *roots;
	struct entry **buckets;
	size_t bucket_mask;
	struct list unused;
	unsigned files, max_files; /* kept, used or not */
	size_t bytes, max_bytes;
};

struct cache *
cache_create(struct root_set *roots, unsigned max_files, size_t max_bytes)
{
	struct cache *c = calloc(1, sizeof(*c));
	size_t buckets = 16;

	if (c == NULL)
		return NULL;
	while (buckets < max_files)
		buckets *= 2;
	c->buckets = calloc(buckets, sizeof(struct entry *));
	if (c->buckets == NULL) {
		free(c);
		return NULL;
	}
	c->bucket_mask = buckets - 1;
	c->roots = roots;
	c->max_files = max_files;
	c->max_bytes = max_bytes;
	list_init(&c->unused);
	return c;
}

static struct entry **
entry_place(struct entry *e)
{
	struct cache *c = e->cache;
	struct entry **place = &c->buckets[e->hash & c->bucket_mask];

	while (*place != e)
		place = &(*place)->next;
	return place;
}

/* Takes the entry out of the cache; it ends now, or with its last user. */
static void
forget(struct entry *e)
{
	struct cache *c = e->cache;

	*entry_place(e) = e->next;
	list_remove(&e->unused);
	c->files--;
	c->bytes -= e->bytes;
	e->cache = NULL;
	if (e->users == 0)
		entry_destroy(e);
}

void
cache_destroy(struct cache **cache)
{
	struct cache *c = *cache;

	if (c == NULL)
		return;
	for (size_t i = 0; i <= c->bucket_mask; i++)
		while (c->buckets[i] != NULL)
			forget(c->buckets[i]);
	free(c->buckets);
	free(c);
	*cache = NULL;
}

static struct entry *
oldest_unused(struct cache *c)
{
	struct list_node *node = list_first(&c->unused);

	return node == NULL ? NULL : LIST_ENTRY(node, struct entry, unused);
}

/* Keeps the entry if there is room, or others can be closed to make some. */
static void
keep(struct cache *c, struct entry *e)
{
	struct entry **bucket = &c->buckets[e->hash & c->bucket_mask];

	if (!e->lasting || e->bytes > c->max_bytes)
		return;
	while (c->files >= c->max_files || c->bytes + e->bytes > c->max_bytes) {
		struct entry *victim = oldest_unused(c);

		if (victim == NULL)
			return;
		forget(victim);
	}
	e->cache = c;
	e->next = *bucket;
	*bucket = e;
	c->files++;
	c->bytes += e->bytes;
}

static struct entry *
find(const struct cache *c, const struct file_key *key, uint64_t hash)
{
	struct entry *e = c->buckets[hash & c->bucket_mask];

	for (; e != NULL; e = e->next)
		if (e->hash == hash && e->root_len == key->root.len &&
		    (e->policy == NULL || e->policy == key->policy) &&
		    e->etag_parts == key->etag_parts &&
		    e->coding == key->coding && e->beside == key->beside &&
		    span_equal(e->path, key->path) &&
		    span_equal(e->file.content_type, key->content_type))
			return e;
	return NULL;
}

/* True if the entry may be used; asks the machine now and then. */
static bool
is_fresh(struct cache *c, struct entry *e, const struct file_key *key)
{
	int64_t now = clock_now_ms();
	bool resolve;

	/* The clock was set back: no file may seem younger than the answer that
	 * it is in (RFC 9110, 8.8.2.1). */
	if (e->file.validators.last_modified > clock_real())
		return false;
	if (now - e->checked_ms < CACHE_CHECK_MS)
		return true;
	resolve = now - e->resolved_ms >= CACHE_RESOLVE_MS;
	if (!entry_is_current(e, c->roots, resolve))
		return false;
	e->checked_ms = now;
	if (resolve) {
		e->resolved_ms = now;
		entry_look_beside(e, c->roots, key->policy);
	}
	return true;
}

/* A new entry; if descriptors have run out, the unused ones make room. */
static struct entry *
load(struct cache *c, const struct file_key *key)
{
	struct entry *e = entry_create(c->roots, key);

	if (e == NULL && (errno == EMFILE || errno == ENFILE)) {
		int saved = errno;

		if (cache_give_back(c) > 0)
			return entry_create(c->roots, key);
		errno = saved;
	}
	return e;
}

struct cached_file *
cache_get(struct cache *c, const struct file_key *key)
{
	uint64_t hash = table_hash(key->path.ptr, key->path.len);
	struct entry *e = find(c, key, hash);

	if (e != NULL && is_fresh(c, e, key)) {
		list_remove(&e->unused);
		e->users++;
		return &e->file;
	}
	if (e != NULL)
		forget(e);
	e = load(c, key);
	if (e == NULL)
		return NULL;
	e->hash = hash;
	entry_look_beside(e, c->roots, key->policy);
	keep(c, e);
	return &e->file;
}

void
cache_put(struct cached_file *file)
{
	struct entry *e = LIST_ENTRY(file, struct entry, file);

	if (--e->users > 0)
		return;
	if (e->cache == NULL) {
		entry_destroy(e);
		return;
	}
	e->unused_ms = clock_now_ms();
	list_append(&e->cache->unused, &e->unused);
}

void
cache_tick(struct cache *c)
{
	int64_t before = clock_now_ms() - CACHE_UNUSED_MS;
	struct entry *e;

	while ((e = oldest_unused(c)) != NULL && e->unused_ms <= before)
		forget(e);
}

unsigned
cache_give_back(struct cache *c)
{
	struct list_node *node, *after;
	unsigned closed = 0;

	LIST_FOREACH_SAFE (node, after, &c->unused) {
		struct entry *e = LIST_ENTRY(node, struct entry, unused);

		if (e->file.fd < 0)
			continue;
		forget(e);
		closed++;
	}
	return closed;
}
