/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of log lines.  A record is one word (length, destination, check) and
 * the line, padded to words; positions count bytes from the ring's birth and
 * never wrap in practice (2^64).  Only the producer's half trusts the shared
 * memory: the logger wrote what it reads there.  The consumer's half expects
 * the other side to be broken or hostile, and that words change between two
 * looks at them.
 */
#include "config.h"

#include "ipc/log_ring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A record begins with one word and is padded to whole ones. */
#define WORD sizeof(uint64_t)

_Static_assert((LOG_RING_SIZE & (LOG_RING_SIZE - 1)) == 0,
    "a position becomes an offset by a mask");
_Static_assert(LOG_LINE_MAX + WORD <= LOG_RING_SIZE / 2,
    "a long line waits for less than a whole ring to drain");

/* The header has pages of its own: what follows must start on one. */
static size_t
header_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t
file_size(void)
{
	return header_size() + LOG_RING_SIZE;
}

/* The data is mapped twice. */
static size_t
mapped_size(void)
{
	return file_size() + LOG_RING_SIZE;
}

static size_t
padded(size_t len)
{
	return (len + WORD - 1) & ~(WORD - 1);
}

/*
 * The first word of a record.  The check ties it to its position, so that
 * stale or overwritten memory is taken for a record once in 65536 times.
 */
static uint64_t
record_word(uint64_t position, unsigned dest, size_t len)
{
	uint64_t mixed =
	    (position ^ (uint64_t)len << 40 ^ (uint64_t)dest << 20) *
	    0x9e3779b97f4a7c15u;

	return (uint64_t)len | (uint64_t)dest << 32 | (mixed >> 48) << 48;
}

int
log_ring_create(void)
{
	return shm_file("drover-log", file_size());
}

/* A descriptor of another size would mean SIGBUS later. */
static int
check_size(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (st.st_size != (off_t)file_size()) {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

int
log_ring_map(struct log_ring *ring, int fd)
{
	size_t total = mapped_size();
	char *base;

	if (check_size(fd) == -1)
		return -1;
	base = mmap(NULL, total, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (base == MAP_FAILED)
		return -1;
	if (mmap(base, file_size(), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED ||
	    mmap(base + file_size(), LOG_RING_SIZE, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_FIXED, fd,
		(off_t)header_size()) == MAP_FAILED) {
		int saved = errno;

		munmap(base, total);
		errno = saved;
		return -1;
	}
	ring->header = (struct log_ring_header *)(void *)base;
	ring->data = base + header_size();
	ring->position = atomic_load(&ring->header->tail);
	return 0;
}

void
log_ring_keep_from_children(struct log_ring *ring)
{
	/* It cannot fail for memory that is mapped. */
	(void)madvise(ring->header, mapped_size(), MADV_DONTFORK);
}

void
log_ring_unmap(struct log_ring *ring)
{
	if (ring->header == NULL)
		return;
	munmap(ring->header, mapped_size());
	ring->header = NULL;
	ring->data = NULL;
}

static char *
data_at(const struct log_ring *ring, uint64_t position)
{
	return ring->data + (position & (LOG_RING_SIZE - 1));
}

char *
log_ring_reserve(struct log_ring *ring, size_t min, size_t *room_r)
{
	uint64_t tail =
	    atomic_load_explicit(&ring->header->tail, memory_order_acquire);
	uint64_t used = ring->position - tail;
	size_t room;

	if (used > LOG_RING_SIZE - WORD)
		return NULL;
	room = LOG_RING_SIZE - (size_t)used - WORD;
	if (room > LOG_LINE_MAX)
		room = LOG_LINE_MAX;
	if (min > room || log_ring_abandoned(ring))
		return NULL;
	*room_r = room;
	return data_at(ring, ring->position) + WORD;
}

void
log_ring_stage(struct log_ring *ring, int dest, size_t len)
{
	unsigned number =
	    dest < 0 || dest > UINT16_MAX ? UINT16_MAX : (unsigned)dest;

	if (len > LOG_LINE_MAX)
		len = LOG_LINE_MAX;
	*(uint64_t *)(void *)data_at(ring, ring->position) =
	    record_word(ring->position, number, len);
	ring->position += WORD + padded(len);
	atomic_store_explicit(
	    &ring->header->staged, ring->position, memory_order_release);
}

uint64_t
log_ring_mark(const struct log_ring *ring)
{
	return ring->position;
}

void
log_ring_publish(struct log_ring *ring, uint64_t mark)
{
	atomic_store_explicit(&ring->header->head, mark, memory_order_release);
}

bool
log_ring_has_staged(const struct log_ring *ring)
{
	return ring->position !=
	       atomic_load_explicit(&ring->header->head, memory_order_relaxed);
}

void
log_ring_unstage_to(struct log_ring *ring, uint64_t mark)
{
	ring->position = mark;
	atomic_store_explicit(
	    &ring->header->staged, mark, memory_order_release);
}

void
log_ring_unstage(struct log_ring *ring)
{
	log_ring_unstage_to(ring,
	    atomic_load_explicit(&ring->header->head, memory_order_relaxed));
}

bool
log_ring_append(struct log_ring *ring, int dest, struct span line)
{
	size_t room;
	char *to;

	if (line.len > LOG_LINE_MAX)
		line.len = LOG_LINE_MAX;
	if (log_ring_has_staged(ring))
		return false;
	to = log_ring_reserve(ring, line.len, &room);
	if (to == NULL)
		return false;
	if (line.len > 0)
		memcpy(to, line.ptr, line.len);
	log_ring_stage(ring, dest, line.len);
	log_ring_publish(ring, ring->position);
	return true;
}

/* Up to where records may be read; false when that makes no sense. */
static bool
readable_end(const struct log_ring *ring, bool dead, uint64_t *end_r)
{
	const struct log_ring_header *h = ring->header;
	uint64_t end = atomic_load_explicit(&h->head, memory_order_acquire);

	if (dead) {
		uint64_t staged =
		    atomic_load_explicit(&h->staged, memory_order_acquire);

		/* Never behind the head; nonsense costs what was staged. */
		if (staged - end <= LOG_RING_SIZE)
			end = staged;
	}
	*end_r = end;
	return end - ring->position <= LOG_RING_SIZE && end % WORD == 0 &&
	       ring->position % WORD == 0;
}

enum log_ring_status
log_ring_next(const struct log_ring *ring, bool dead, uint64_t *position,
    struct log_record *record_r)
{
	uint64_t end, word;
	size_t len;
	unsigned dest;

	if (!readable_end(ring, dead, &end) ||
	    *position - ring->position > end - ring->position)
		return LOG_RING_CORRUPT;
	if (*position == end)
		return LOG_RING_EMPTY;
	word = atomic_load_explicit(
	    (_Atomic uint64_t *)(void *)data_at(ring, *position),
	    memory_order_relaxed);
	len = (size_t)(word & UINT32_MAX);
	dest = (unsigned)(word >> 32) & UINT16_MAX;
	if (len > LOG_LINE_MAX || WORD + padded(len) > end - *position ||
	    word != record_word(*position, dest, len))
		return LOG_RING_CORRUPT;
	record_r->dest = (int)dest;
	record_r->line = data_at(ring, *position) + WORD;
	record_r->len = len;
	*position += WORD + padded(len);
	return LOG_RING_RECORD;
}

void
log_ring_consume(struct log_ring *ring, uint64_t position)
{
	ring->position = position;
	atomic_store_explicit(
	    &ring->header->tail, position, memory_order_release);
}

void
log_ring_abandon(struct log_ring *ring)
{
	atomic_store_explicit(
	    &ring->header->abandoned, 1, memory_order_release);
}
