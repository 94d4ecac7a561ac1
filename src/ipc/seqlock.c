/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One writer, any readers.  The words are atomic, though relaxed, so a read
 * beside a write is no race; the fences order them between the two changes of
 * the sequence.
 */
#include "config.h"

#include "ipc/seqlock.h"

#include <assert.h>
#include <string.h>

/* A write takes less than a microsecond; its writer may lose the processor
 * in between, and then a reader can do without the record. */
#define READ_TRIES 1000

static size_t
word_size(size_t left)
{
	return left < sizeof(uint64_t) ? left : sizeof(uint64_t);
}

void
seqlock_write(_Atomic uint64_t *place, const void *record, size_t size)
{
	/* Odd, whatever a writer that died here has left. */
	uint64_t odd =
	    atomic_load_explicit(place, memory_order_relaxed) | UINT64_C(1);
	size_t done, len;
	uint64_t word;

	assert(size <= SEQLOCK_SIZE_MAX);
	atomic_store_explicit(place, odd, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	for (done = 0; done < size; done += len) {
		len = word_size(size - done);
		word = 0;
		memcpy(&word, (const char *)record + done, len);
		atomic_store_explicit(&place[1 + done / sizeof(word)], word,
		    memory_order_relaxed);
	}
	atomic_store_explicit(place, odd + 1, memory_order_release);
}

static void
copy_words(const _Atomic uint64_t *words, char *to, size_t size)
{
	size_t done, len;
	uint64_t word;

	for (done = 0; done < size; done += len) {
		len = word_size(size - done);
		word = atomic_load_explicit(
		    &words[done / sizeof(word)], memory_order_relaxed);
		memcpy(to + done, &word, len);
	}
}

bool
seqlock_read(const _Atomic uint64_t *place, void *record_r, size_t size)
{
	_Alignas(uint64_t) char copy[SEQLOCK_SIZE_MAX];
	uint64_t before, after;
	unsigned tries;

	assert(size <= sizeof(copy));
	for (tries = 0; tries < READ_TRIES; tries++) {
		before = atomic_load_explicit(place, memory_order_acquire);
		if (before & 1)
			continue;
		copy_words(place + 1, copy, size);
		atomic_thread_fence(memory_order_acquire);
		after = atomic_load_explicit(place, memory_order_relaxed);
		if (before == after) {
			memcpy(record_r, copy, size);
			return true;
		}
	}
	return false;
}
