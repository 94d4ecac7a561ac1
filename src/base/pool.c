/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A slab begins with its own struct, on a multiple of its size, so an object's
 * address leads to it.  Places are handed out for the first time in their
 * order, so that pages are touched one by one, and later the last that was
 * given back first.
 */
#include "config.h"

#include "base/pool.h"

#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>

#include "base/poison.h"

/* What stands in a place that was given back; nobody may look behind it. */
struct spare {
	struct spare *next;
};

struct slab {
	struct list_node node; /* among the roomy ones, unlinked if full */
	struct spare *spare;
	unsigned used; /* places taken now */
	unsigned made; /* places that were ever taken */
	_Alignas(max_align_t) char places[];
};

void
pool_init(struct pool *pool, size_t size)
{
	const size_t unit = _Alignof(max_align_t);

	*pool = (struct pool){ .size = (size + unit - 1) / unit * unit };
	pool->a_slab =
	    (unsigned)((POOL_SLAB_SIZE - sizeof(struct slab)) / pool->size);
	assert(pool->a_slab > 1);
	list_init(&pool->roomy);
}

/* ---- slabs ---- */

static struct slab *
slab_of(void *object)
{
	return (struct slab *)(void *)((char *)object -
				       (uintptr_t)object % POOL_SLAB_SIZE);
}

/* Twice as much is mapped, and what is around the slab unmapped. */
static struct slab *
slab_map(void)
{
	char *all = mmap(NULL, 2 * POOL_SLAB_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (all == MAP_FAILED)
		return NULL;
	before = POOL_SLAB_SIZE - (uintptr_t)all % POOL_SLAB_SIZE;
	munmap(all, before);
	if (before < POOL_SLAB_SIZE)
		munmap(all + before + POOL_SLAB_SIZE, POOL_SLAB_SIZE - before);
	return (struct slab *)(void *)(all + before);
}

static struct slab *
slab_create(struct pool *pool)
{
	struct slab *slab = slab_map();

	if (slab == NULL)
		return NULL;
	/* Fresh memory is zero. */
	list_node_init(&slab->node);
	list_append(&pool->roomy, &slab->node);
	pool->spare += pool->a_slab;
	pool->slabs++;
	return slab;
}

static void
slab_destroy(struct pool *pool, struct slab *slab)
{
	list_remove(&slab->node);
	pool->spare -= pool->a_slab;
	pool->slabs--;
	unpoison(slab, POOL_SLAB_SIZE);
	munmap(slab, POOL_SLAB_SIZE);
}

/* ---- objects ---- */

void *
pool_take(struct pool *pool)
{
	struct list_node *node = list_first(&pool->roomy);
	struct slab *slab = node == NULL ? slab_create(pool)
					 : LIST_ENTRY(node, struct slab, node);
	void *object;

	if (slab == NULL)
		return NULL;
	object = slab->spare;
	if (object != NULL) {
		slab->spare = slab->spare->next;
		unpoison(object, pool->size);
	} else {
		object = slab->places + slab->made++ * pool->size;
	}
	pool->spare--;
	if (++slab->used == pool->a_slab)
		list_remove(&slab->node);
	return object;
}

void
pool_give(struct pool *pool, void *object)
{
	struct slab *slab = slab_of(object);
	struct spare *spare = object;

	spare->next = slab->spare;
	slab->spare = spare;
	poison(spare + 1, pool->size - sizeof(*spare));
	pool->spare++;
	if (slab->used-- == pool->a_slab)
		list_append(&pool->roomy, &slab->node);
	/* Enough stays that few who come and go move nothing. */
	if (slab->used == 0 && pool->spare >= pool->a_slab + pool->a_slab / 2)
		slab_destroy(pool, slab);
}

void
pool_release(struct pool *pool)
{
	struct list_node *node;

	while ((node = list_first(&pool->roomy)) != NULL)
		slab_destroy(pool, LIST_ENTRY(node, struct slab, node));
}
