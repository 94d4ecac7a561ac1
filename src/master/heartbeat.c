/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The look at all workers' slots, once a second.  An idle worker is not woken
 * for it: it says WAITING and needs to say no more.
 */
#include "config.h"

#include "master/heartbeat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "master/master_conf.h"
#include "os/file.h"

#define TICK_MS 1000
/* Our own look came so late that the machine slept, or all was stopped. */
#define LATE_MS 1000
#define STATUS_MAX 65536

/* Since when the worker is at it; 0: it is not. */
static int64_t
stuck_since(const struct child *child)
{
	const struct worker_slot *slot =
	    scoreboard_slot(&child->generation->owner->scoreboard, child->slot);

	if (child->stopped_ms != 0)
		return child->stopped_ms;
	if (atomic_load_explicit(&slot->state, memory_order_acquire) !=
	    WORKER_BUSY)
		return 0;
	return atomic_load_explicit(&slot->busy_since_ms, memory_order_relaxed);
}

/* A person with a debugger takes the time that it takes. */
static bool
is_traced(pid_t pid)
{
	static const char key[] = "\nTracerPid:";
	char path[64], *text;
	const char *at;
	size_t len;
	bool traced;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	text = file_read(path, STATUS_MAX, &len);
	if (text == NULL)
		return false;
	at = strstr(text, key);
	traced = at != NULL && strtol(at + strlen(key), NULL, 10) != 0;
	free(text);
	return traced;
}

/* Those that start or end have bounds of their own. */
static bool
is_watched(const struct child *child)
{
	return child->state != CHILD_STARTING && child->state != CHILD_STOPPING;
}

/* How long it is at it, or stopped, since then; all its time is before it once
 * a debugger has let go of it. */
static int64_t
stuck_for(const struct heartbeat *h, int64_t since, int64_t traced_ms)
{
	if (since < h->floor_ms)
		since = h->floor_ms;
	if (since < traced_ms)
		since = traced_ms;
	return clock_now_ms() - since;
}

static bool
is_stuck(
    const struct heartbeat *h, const struct child *child, int64_t max_age_ms)
{
	int64_t since = stuck_since(child);

	return since != 0 && stuck_for(h, since, child->traced_ms) > max_age_ms;
}

/* One that runs is to tell where; if it does not, the next look kills it. */
static void
end(struct child *child)
{
	if (child->stopped_ms != 0)
		child_kill(child, "it was stopped for WorkerTimeout");
	else if (child->killed_for == NULL)
		child_abort(child, "it was stuck for WorkerTimeout");
	else
		child_kill(child, child->killed_for);
}

static void
look_at(const struct heartbeat *h, struct child *child)
{
	int64_t timeout =
	    master_conf_get(child->generation->conf)->worker_timeout_ms;

	if (!is_watched(child) || !is_stuck(h, child, TICK_MS)) {
		child->held_up = false;
		return;
	}
	if (!child->held_up)
		children_poke(child->generation->owner);
	child->held_up = true;
	if (is_traced(child->pid))
		child->traced_ms = clock_now_ms();
	else if (is_stuck(h, child, timeout))
		end(child);
}

/* All lines wait for it.  Its time is that of the newest workers. */
static void
look_at_logger(struct heartbeat *h, const struct children *c)
{
	struct logger_process *l = c->logger;
	const struct generation *g;
	int64_t since = l->stopped_ms;

	if (l->pid == 0 || since == 0 || list_empty(&c->generations))
		return;
	g = LIST_ENTRY(c->generations.head.prev, struct generation, node);
	if (is_traced(l->pid))
		h->logger_traced_ms = clock_now_ms();
	if (stuck_for(h, since, h->logger_traced_ms) >
	    master_conf_get(g->conf)->worker_timeout_ms)
		logger_process_kill(l, "it was stopped for WorkerTimeout");
}

void
heartbeat_tick(struct heartbeat *h, struct children *c)
{
	struct list_node *g, *n;
	int64_t now = clock_now_ms();

	if (h->last_ms != 0 && now - h->last_ms > TICK_MS + LATE_MS)
		h->floor_ms = now;
	h->last_ms = now;
	CHILDREN_FOREACH (g, n, c)
		look_at(h, LIST_ENTRY(n, struct child, node));
	look_at_logger(h, c);
}

bool
heartbeat_is_fresh(
    const struct heartbeat *h, const struct children *c, int64_t max_age_ms)
{
	const struct list_node *g, *n;
	const struct child *child;

	CHILDREN_FOREACH (g, n, c) {
		child = LIST_ENTRY(n, struct child, node);
		if (is_watched(child) && !is_stuck(h, child, max_age_ms))
			return true;
	}
	return false;
}
