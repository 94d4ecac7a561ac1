/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a generation: its workers are started together, replaced while
 * it serves, and retired together.  How a worker is started or replaced is
 * children.c's.
 */
#include "config.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "master/children_private.h"

struct generation *
generation_create(struct children *c, struct server_conf *conf, unsigned seats)
{
	struct generation *g = calloc(1, sizeof(*g));
	unsigned i;

	if (g == NULL)
		return NULL;
	g->seats = calloc(seats, sizeof(*g->seats));
	if (g->seats == NULL) {
		free(g);
		return NULL;
	}
	for (i = 0; i < seats; i++)
		seat_init(&g->seats[i], g, i + 1);
	g->owner = c;
	g->conf = conf;
	g->number = conf->generation;
	g->since_ms = clock_now_ms();
	g->seat_count = seats;
	list_init(&g->children);
	list_append(&c->generations, &g->node);
	return g;
}

void
generation_start(struct generation *g)
{
	unsigned i;

	/* One that fails ends the others' start. */
	for (i = 0; i < g->seat_count && g->state == GENERATION_STARTING; i++)
		seat_fill(&g->seats[i]);
}

/* Its seats are given up; its workers live on. */
static void
retire(struct generation *g)
{
	unsigned i;

	g->state = GENERATION_RETIRED;
	for (i = 0; i < g->seat_count; i++) {
		loop_timer_stop(&g->seats[i].timer);
		if (g->seats[i].child != NULL)
			g->seats[i].child->seat = NULL;
		g->seats[i].child = NULL;
		g->seats[i].retiring = NULL;
	}
	g->serving = 0;
}

static void
tell_if_empty(struct generation *g)
{
	if (list_empty(&g->children))
		g->owner->generation_empty(g);
}

void
generation_drain(struct generation *g, enum drain_mode mode)
{
	struct list_node *n;
	struct child *child;

	retire(g);
	LIST_FOREACH (n, &g->children) {
		child = LIST_ENTRY(n, struct child, node);
		if (child->state != CHILD_STOPPING)
			child_drain(child, mode);
	}
	/* Ours keep nobody waiting: the workers' are the last. */
	listener_set_close(&g->listeners);
	tell_if_empty(g);
}

void
generation_stop(struct generation *g)
{
	struct list_node *n;

	retire(g);
	LIST_FOREACH (n, &g->children)
		child_stop(LIST_ENTRY(n, struct child, node));
	listener_set_close(&g->listeners);
	tell_if_empty(g);
}

bool
generation_is_over(const struct generation *g)
{
	return g->state == GENERATION_RETIRED && list_empty(&g->children) &&
	       g->rings == 0;
}

bool
generation_is_quiet(const struct generation *g)
{
	const struct list_node *n;

	if (g->state != GENERATION_RETIRED)
		return false;
	LIST_FOREACH (n, &g->children)
		if (LIST_ENTRY(n, struct child, node)->accepts)
			return false;
	return true;
}

void
generation_destroy(struct generation **generation_p)
{
	struct generation *g = *generation_p;

	*generation_p = NULL;
	assert(list_empty(&g->children));
	list_remove(&g->node);
	listener_set_close(&g->listeners);
	root_watch_close(&g->roots);
	conf_destroy(&g->conf);
	free(g->seats);
	free(g);
}
