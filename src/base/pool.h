/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for objects of one size that come and go in thousands.  They lie side
 * by side in slabs that are taken from the system and given back to it, which
 * malloc's heap, with other things in between, could not do.  One thread.
 */
#ifndef DROVER_BASE_POOL_H
#define DROVER_BASE_POOL_H

#include <stddef.h>

#include "base/list.h"

/* What is taken from the system at once; the pages of it that no object was on
 * cost nothing. */
#define POOL_SLAB_SIZE (64 * 1024)

struct pool {
	size_t size;	   /* of an object */
	unsigned a_slab;   /* objects in one */
	unsigned spare;	   /* places for others in all slabs */
	struct list roomy; /* slabs that have some */
	unsigned slabs;	   /* all of them */
};

/* For objects of size bytes, of which several fit in a slab. */
void pool_init(struct pool *, size_t size);
/* Aligned as malloc's, its bytes are anything; NULL without memory. */
void *pool_take(struct pool *);
/* Slabs that nothing is left on go back to the system, but for some room. */
void pool_give(struct pool *, void *object);
/* All was given back before. */
void pool_release(struct pool *);

#endif
