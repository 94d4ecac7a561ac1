/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scoreboard: a page for each worker.  Pages, so that a worker can be
 * left one that it may write while all others are beyond its reach.
 */
#include "config.h"

#include "ipc/scoreboard.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Behind the slots, written by the master alone: slots from `used` on were
 * never taken, so nobody looks at them (a look would give them memory).
 */
struct scoreboard_tail {
	_Atomic uint32_t used;
};

#define SLOTS_SIZE ((size_t)SCOREBOARD_SLOTS * SCOREBOARD_SLOT_SIZE)
#define ALL_SIZE (SLOTS_SIZE + SCOREBOARD_SLOT_SIZE)

static void *
writable_slot(const struct scoreboard *board, unsigned slot)
{
	return (char *)board->shm.memory + (size_t)slot * SCOREBOARD_SLOT_SIZE;
}

int
scoreboard_create(struct scoreboard *board)
{
	if (shm_create(&board->shm, "drover-scoreboard", ALL_SIZE) == -1)
		return -1;
	board->own = NULL;
	board->all = board->shm.memory;
	memset(board->taken, 0, sizeof(board->taken));
	return 0;
}

/*
 * The inherited mapping is writable; all of it goes but the pages that hold
 * the slot (on machines with larger pages its neighbours, too).
 */
static void
keep_only(char *memory, size_t from, size_t to)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	from -= from % page;
	to = (to + page - 1) / page * page;
	if (from > 0)
		munmap(memory, from);
	if (to < ALL_SIZE)
		munmap(memory + to, ALL_SIZE - to);
}

int
scoreboard_join(struct scoreboard *board, unsigned slot)
{
	struct worker_slot *own = writable_slot(board, slot);
	char *memory = board->shm.memory;
	size_t at = (size_t)slot * SCOREBOARD_SLOT_SIZE;

	board->shm.memory = NULL; /* shm_readonly unmaps nothing */
	if (shm_readonly(&board->shm) == -1) {
		board->shm.memory = memory;
		return -1;
	}
	keep_only(memory, at, at + SCOREBOARD_SLOT_SIZE);
	board->own = own;
	board->all = board->shm.memory;
	return 0;
}

const struct worker_slot *
scoreboard_slot(const struct scoreboard *board, unsigned slot)
{
	return (
	    const struct worker_slot *)(const void *)(board->all +
						      (size_t)slot *
							  SCOREBOARD_SLOT_SIZE);
}

/* The lowest free one: what mean() looks at stays short. */
int
scoreboard_take(struct scoreboard *board, uint64_t generation, unsigned number)
{
	struct scoreboard_tail *tail = writable_slot(board, SCOREBOARD_SLOTS);
	struct worker_slot *slot;
	unsigned i;

	for (i = 0; i < SCOREBOARD_SLOTS && board->taken[i]; i++)
		;
	if (i == SCOREBOARD_SLOTS) {
		errno = ENOSPC;
		return -1;
	}
	slot = writable_slot(board, i);
	memset(slot, 0, SCOREBOARD_SLOT_SIZE);
	slot->generation = generation;
	slot->number = number;
	atomic_store(&slot->state, WORKER_STARTING);
	board->taken[i] = true;
	if (i >= atomic_load(&tail->used))
		atomic_store(&tail->used, i + 1);
	return (int)i;
}

void
scoreboard_free(struct scoreboard *board, unsigned slot)
{
	memset(writable_slot(board, slot), 0, SCOREBOARD_SLOT_SIZE);
	board->taken[slot] = false;
}

void
scoreboard_release(struct scoreboard *board)
{
	shm_release(&board->shm);
	board->own = NULL;
	board->all = NULL;
}

/* Waiting workers write nothing, so what they said last is still true. */
static bool
counts(const struct worker_slot *slot, uint64_t generation, int64_t oldest_ms)
{
	uint32_t state =
	    atomic_load_explicit(&slot->state, memory_order_relaxed);

	if (slot->generation != generation ||
	    atomic_load_explicit(&slot->draining, memory_order_relaxed) != 0)
		return false;
	return state == WORKER_WAITING ||
	       (state == WORKER_BUSY && atomic_load_explicit(&slot->turn_ms,
					    memory_order_relaxed) >= oldest_ms);
}

double
scoreboard_mean(const struct scoreboard *board, uint64_t generation,
    int64_t now_ms, int64_t max_age_ms, unsigned *workers_r)
{
	const struct scoreboard_tail *tail =
	    (const void *)scoreboard_slot(board, SCOREBOARD_SLOTS);
	unsigned used = atomic_load(&tail->used);
	uint64_t connections = 0;
	unsigned i, workers = 0;

	for (i = 0; i < used; i++) {
		const struct worker_slot *slot = scoreboard_slot(board, i);

		if (!counts(slot, generation, now_ms - max_age_ms))
			continue;
		workers++;
		connections += atomic_load_explicit(
		    &slot->connections, memory_order_relaxed);
	}
	*workers_r = workers;
	return workers == 0 ? 0 : (double)connections / workers;
}
