/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scoreboard: pages for each worker, so that a worker can be left those
 * that it may write while all others are beyond its reach.  Behind them is
 * the master's board.
 */
#include "config.h"

#include "ipc/scoreboard.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"

/* A reader that loses so often against deaths of workers takes a sum that may
 * be wrong by one of them. */
#define SUM_TRIES 1000

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

struct master_board *
scoreboard_master(const struct scoreboard *board)
{
	return writable_slot(board, SCOREBOARD_SLOTS);
}

const struct master_board *
scoreboard_master_view(const struct scoreboard *board)
{
	return (const void *)scoreboard_slot(board, SCOREBOARD_SLOTS);
}

unsigned
scoreboard_used(const struct scoreboard *board)
{
	unsigned used = atomic_load(&scoreboard_master_view(board)->slots_used);

	return used < SCOREBOARD_SLOTS ? used : SCOREBOARD_SLOTS;
}

bool
scoreboard_progress(
    const struct worker_slot *slot, unsigned place, struct progress *progress_r)
{
	struct progress *p = progress_r;

	if (!seqlock_read(slot->progress[place], p, sizeof(*p)) ||
	    p->since_ms == 0)
		return false;
	p->client[sizeof(p->client) - 1] = '\0';
	p->host[sizeof(p->host) - 1] = '\0';
	p->request[sizeof(p->request) - 1] = '\0';
	return true;
}

/* The lowest free one: what mean() looks at stays short. */
int
scoreboard_take(struct scoreboard *board, uint64_t generation, unsigned number)
{
	struct master_board *master = scoreboard_master(board);
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
	slot->started_ms = clock_now_ms();
	atomic_store(&slot->state, WORKER_STARTING);
	board->taken[i] = true;
	if (i >= atomic_load(&master->slots_used))
		atomic_store(&master->slots_used, i + 1);
	return (int)i;
}

/* ---- totals ---- */

static uint64_t
count_of(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static void
add_slot(struct load_totals *totals, const struct worker_slot *slot)
{
	totals->accepted += count_of(&slot->accepted);
	totals->requests += count_of(&slot->requests);
	totals->bytes += count_of(&slot->bytes_sent);
	totals->duration_ms += count_of(&slot->duration_ms);
	totals->handed_over += count_of(&slot->handed_over);
	totals->cpu_user_us += count_of(&slot->cpu_user_us);
	totals->cpu_system_us += count_of(&slot->cpu_system_us);
}

void
scoreboard_free(struct scoreboard *board, unsigned slot)
{
	struct master_board *master = scoreboard_master(board);
	struct worker_slot *gone = writable_slot(board, slot);
	uint64_t moving = atomic_load(&master->moving);

	atomic_store(&master->moving, moving + 1);
	atomic_thread_fence(memory_order_seq_cst);
	add_slot(&master->gone, gone);
	memset(gone, 0, SCOREBOARD_SLOT_SIZE);
	atomic_store(&master->moving, moving + 2);
	board->taken[slot] = false;
}

void
scoreboard_totals(const struct scoreboard *board, struct load_totals *totals_r)
{
	const struct master_board *master = scoreboard_master_view(board);
	unsigned used = scoreboard_used(board), i, tries;
	uint64_t before, after;

	for (tries = 0; tries < SUM_TRIES; tries++) {
		before = atomic_load(&master->moving);
		*totals_r = master->gone;
		for (i = 0; i < used; i++)
			add_slot(totals_r, scoreboard_slot(board, i));
		atomic_thread_fence(memory_order_seq_cst);
		after = atomic_load(&master->moving);
		if (before == after && (before & 1) == 0)
			return;
	}
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
	unsigned used = scoreboard_used(board);
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

bool
scoreboard_others_have_room(const struct scoreboard *board, unsigned own,
    int64_t now_ms, int64_t max_age_ms)
{
	uint64_t generation = scoreboard_slot(board, own)->generation;
	unsigned used = scoreboard_used(board), i;

	for (i = 0; i < used; i++) {
		const struct worker_slot *slot = scoreboard_slot(board, i);

		if (i != own && counts(slot, generation, now_ms - max_age_ms) &&
		    atomic_load(&slot->full) == 0)
			return true;
	}
	return false;
}
