/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared memory between a parent and its children, by memfd. */
#ifndef DROVER_OS_SHM_H
#define DROVER_OS_SHM_H

#include <stddef.h>

struct shm {
	int fd;		/* CLOEXEC, sealed against shrinking and growing */
	void *memory;	/* mapped shared, zeroed at first; NULL: unmapped */
	size_t size;
};

/* The file alone, sealed as said, for mappings of another shape; -1 with
 * errno.  name is for /proc only. */
int shm_file(const char *name, size_t size);
/* 0, or -1 with errno. */
int shm_create(struct shm *, const char *name, size_t size);
/*
 * Maps what another process made; size must be the file's.  The descriptor is
 * taken over on success only.  0, or -1 with errno (EINVAL: another size;
 * EPERM: not sealed, so it could shrink under the mapping).
 */
int shm_map(struct shm *, int fd, size_t size);
/*
 * In a child: the inherited mapping gives way to a read-only one that this
 * process cannot make writable again, and the descriptor is closed.  After
 * the first such call nobody can map it writable any more; mappings that
 * exist stay.  0, or -1 with errno and nothing changed.
 */
int shm_readonly(struct shm *);
/* Unmaps and closes. */
void shm_release(struct shm *);
/* Unmaps and keeps the descriptor: a parent that only passes it on. */
void shm_unmap(struct shm *);

#endif
