/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For allocators of our own: tells AddressSanitizer which bytes nobody may
 * touch.  In builds without it these cost nothing and POISON_GAP is 0.
 */
#ifndef DROVER_BASE_POISON_H
#define DROVER_BASE_POISON_H

#include <stddef.h>

/* gcc defines the macro, clang answers the question. */
#if defined(__SANITIZE_ADDRESS__)
#define POISON_WORKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISON_WORKS 1
#endif
#endif

#ifdef POISON_WORKS
#include <sanitizer/asan_interface.h>
/* Bytes to leave poisoned behind each piece, so that overruns are seen. */
#define POISON_GAP 16
#else
#define POISON_GAP 0
#endif

/* From now on reading or writing these bytes is an error. */
static inline void
poison(const void *at, size_t size)
{
#ifdef POISON_WORKS
	/* gcc 12 takes the call for a read of memory just allocated. */
	__asm__("" : "+r"(at));
	__asan_poison_memory_region(at, size);
#else
	(void)at;
	(void)size;
#endif
}

static inline void
unpoison(const void *at, size_t size)
{
#ifdef POISON_WORKS
	__asan_unpoison_memory_region(at, size);
#else
	(void)at;
	(void)size;
#endif
}

#endif
