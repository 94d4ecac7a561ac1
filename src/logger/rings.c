/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rings of all producers.  They are read to their ends, and what was read
 * moves from all rings to the queues of all destinations in one step, so that
 * a line is in one of both whenever the logger is killed.  A ring that makes no
 * sense is given up; the others are none the worse.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/report.h"
#include "ipc/log_ring.h"
#include "logger/logger_private.h"

struct ring {
	struct list_node node;
	uint32_t number;
	struct log_ring ring;
	uint64_t position; /* read up to here, not yet given back */
	bool dead;	   /* nobody writes it any more */
	bool corrupt;
};

static struct ring *
find(struct logger *l, uint32_t number)
{
	struct list_node *node;

	LIST_FOREACH (node, &l->rings) {
		struct ring *r = LIST_ENTRY(node, struct ring, node);

		if (r->number == number)
			return r;
	}
	return NULL;
}

static void
forget(struct ring *r)
{
	list_remove(&r->node);
	log_ring_unmap(&r->ring);
	free(r);
}

void
rings_add(struct logger *l, uint32_t number, int fd)
{
	struct ring *r = calloc(1, sizeof(*r)), *old = find(l, number);

	if (r == NULL || log_ring_map(&r->ring, fd) == -1) {
		report_errno(
		    REPORT_CRIT, "logger", "ring %u cannot be read", number);
		l->failed = true;
		free(r);
		close(fd);
		return;
	}
	close(fd);
	if (old != NULL)
		forget(old);
	r->number = number;
	r->position = r->ring.position;
	list_append(&l->rings, &r->node);
}

void
rings_end(struct logger *l, uint32_t number)
{
	struct ring *r = find(l, number);

	if (r == NULL)
		control_reply(l, MESSAGE_RING_DONE, number, 0);
	else
		r->dead = true;
}

void
rings_end_all(struct logger *l)
{
	struct list_node *node;

	LIST_FOREACH (node, &l->rings)
		LIST_ENTRY(node, struct ring, node)->dead = true;
}

/* A producer whose memory was overwritten may hold anything at all. */
static void
give_up(struct ring *r)
{
	r->corrupt = true;
	log_ring_abandon(&r->ring);
	report(REPORT_CRIT, "logger",
	    "ring %u makes no sense at %llu and is read no more", r->number,
	    (unsigned long long)r->position);
}

static bool
read_ring(struct logger *l, struct ring *r)
{
	enum log_ring_status status = LOG_RING_EMPTY;
	struct log_record record;
	bool found = false;

	while (!r->corrupt && (status = log_ring_next(&r->ring, r->dead,
				   &r->position, &record)) == LOG_RING_RECORD) {
		logger_add(l, record.dest, span_of(record.line, record.len));
		found = true;
	}
	if (status == LOG_RING_CORRUPT)
		give_up(r);
	return found;
}

/* Reads to the ends of all rings; notes how far.  How many had something. */
static uint32_t
read_all(struct logger *l)
{
	struct log_store_control *c = l->board->store.control;
	struct list_node *node;
	uint32_t count = 0;

	LIST_FOREACH (node, &l->rings) {
		struct ring *r = LIST_ENTRY(node, struct ring, node);

		if (count == LOG_STORE_RINGS)
			break;
		if (!read_ring(l, r))
			continue;
		atomic_store(&c->rings[count].ring, r->number);
		log_store_set(&c->rings[count++].tail, r->position);
	}
	atomic_store(&c->ring_count, count);
	return count;
}

/* Rings from which nothing can come any more. */
static void
end_dead(struct logger *l)
{
	struct list_node *node, *after;

	LIST_FOREACH_SAFE (node, after, &l->rings) {
		struct ring *r = LIST_ENTRY(node, struct ring, node);

		if (!r->dead || l->dying_since_ms != 0)
			continue;
		control_reply(l, MESSAGE_RING_DONE, r->number, 0);
		forget(r);
	}
}

bool
rings_read(struct logger *l)
{
	struct log_store_control *c = l->board->store.control;
	struct list_node *node;
	uint32_t count;

	/* Until all that there is was told, lines could not be placed. */
	if (!l->told)
		return false;
	l->group.reading = true;
	count = read_all(l);
	l->group.reading = false;
	if (count > 0 || !list_empty(&l->group.touched)) {
		dests_note(&l->group);
		log_store_set_step(c, LOG_STORE_ALL);
		dests_apply(&l->group);
		LIST_FOREACH (node, &l->rings) {
			struct ring *r = LIST_ENTRY(node, struct ring, node);

			if (r->position != r->ring.position)
				log_ring_consume(&r->ring, r->position);
		}
		log_store_set_step(c, LOG_STORE_NOTHING);
	}
	if (count < LOG_STORE_RINGS)
		end_dead(l);
	return count > 0;
}

/* Its tail, if a step that was begun by a logger before us moves it. */
static void
recover_tail(struct ring *r, uint64_t tail)
{
	if (tail - r->ring.position > LOG_RING_SIZE)
		return;
	r->position = tail;
	log_ring_consume(&r->ring, tail);
}

void
rings_recover(struct logger *l)
{
	struct log_store_control *c = l->board->store.control;
	uint32_t i, count = atomic_load(&c->ring_count);

	if (atomic_load(&c->step) == LOG_STORE_TAILS) {
		for (i = 0; i < count && i < LOG_STORE_RINGS; i++) {
			struct ring *r =
			    find(l, atomic_load(&c->rings[i].ring));

			if (r != NULL)
				recover_tail(r, atomic_load(&c->rings[i].tail));
		}
	}
	log_store_set_step(c, LOG_STORE_NOTHING);
}

bool
rings_have_lines(const struct logger *l)
{
	const struct list_node *node;

	if (!l->told)
		return false;
	LIST_FOREACH (node, &l->rings) {
		const struct ring *r =
		    LIST_ENTRY((uintptr_t)node, const struct ring, node);
		uint64_t position = r->position;
		struct log_record record;

		if (!r->corrupt && log_ring_next(&r->ring, r->dead, &position,
				       &record) != LOG_RING_EMPTY)
			return true;
	}
	return false;
}
