/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A record in shared memory that one process writes while others read it: a
 * sequence number, odd during a write, and the record in words.  Who reads
 * gets the record of one write, never half of two; who writes never waits.
 *
 *	_Atomic uint64_t place[SEQLOCK_WORDS(struct thing)];
 *
 * A place of zeros holds a record of zeros.
 */
#ifndef DROVER_IPC_SEQLOCK_H
#define DROVER_IPC_SEQLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEQLOCK_WORDS(type) (1 + (sizeof(type) + 7) / 8)
/* No record is larger. */
#define SEQLOCK_SIZE_MAX 4096

void seqlock_write(_Atomic uint64_t *place, const void *record, size_t size);
/*
 * False when it is always being written: by a writer that died in the middle
 * of it, say.  What comes from a process that may be mad is no better than
 * that process: texts need not have an end.
 */
bool seqlock_read(const _Atomic uint64_t *place, void *record_r, size_t size);

#endif
