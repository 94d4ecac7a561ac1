/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passing idle connections on, to each serving worker in turn.  What they
 * carry besides their descriptor is opaque here.
 */
#include "config.h"

#include "master/relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"

/* Descriptors are held for so many, and so long, at most. */
#define WAITING_MAX 4096
#define WAITING_MS 5000

struct parcel {
	struct list_node node;
	int64_t since_ms;
	struct message message; /* cut behind its data; fd is owned */
};

void
relay_init(struct relay *r)
{
	list_init(&r->waiting);
	r->count = 0;
	r->to = NULL;
}

static void
parcel_destroy(struct relay *r, struct parcel *parcel)
{
	list_remove(&parcel->node);
	r->count--;
	close(parcel->message.fd);
	free(parcel);
}

void
relay_set(struct relay *r, struct generation *to)
{
	struct list_node *node;

	r->to = to;
	while (to == NULL && (node = list_first(&r->waiting)) != NULL)
		parcel_destroy(r, LIST_ENTRY(node, struct parcel, node));
	relay_pump(r);
}

enum delivery {
	DELIVERED,
	DELIVERY_LATER,
	DELIVERY_FAILED, /* there is something wrong with it */
};

/* Tries each worker once, beginning behind the one that had the last. */
static enum delivery
deliver(struct generation *g, const struct message *m)
{
	struct child *child;
	unsigned i;

	for (i = 0; i < g->seat_count; i++) {
		child = g->seats[g->next_adopter++ % g->seat_count].child;
		if (child == NULL || child->state != CHILD_SERVING)
			continue;
		if (mailbox_try(&child->mailbox, m) == 0)
			return DELIVERED;
		if (errno != EAGAIN && errno != EPIPE)
			return DELIVERY_FAILED;
	}
	return DELIVERY_LATER;
}

static void
put_aside(struct relay *r, const struct message *m)
{
	size_t data = offsetof(struct message, data) + m->len;
	struct parcel *parcel = NULL;

	if (r->count < WAITING_MAX)
		parcel = malloc(offsetof(struct parcel, message) + data);
	if (parcel == NULL) {
		report(REPORT_WARN, "master",
		    "a connection is closed: too many wait for a worker");
		close(m->fd);
		return;
	}
	memcpy(&parcel->message, m, data);
	parcel->since_ms = clock_now_ms();
	list_append(&r->waiting, &parcel->node);
	r->count++;
}

void
relay_take(struct relay *r, struct message *m)
{
	enum delivery delivery = DELIVERY_LATER;

	m->type = MESSAGE_ADOPT;
	if (r->to == NULL) {
		close(m->fd);
		return;
	}
	if (list_empty(&r->waiting))
		delivery = deliver(r->to, m);
	if (delivery == DELIVERY_LATER)
		put_aside(r, m);
	else
		close(m->fd);
}

void
relay_pump(struct relay *r)
{
	struct list_node *node;
	struct parcel *parcel;

	while ((node = list_first(&r->waiting)) != NULL) {
		parcel = LIST_ENTRY(node, struct parcel, node);
		if (deliver(r->to, &parcel->message) == DELIVERY_LATER)
			return;
		parcel_destroy(r, parcel);
	}
}

void
relay_tick(struct relay *r)
{
	struct list_node *node;
	struct parcel *parcel;

	while ((node = list_first(&r->waiting)) != NULL) {
		parcel = LIST_ENTRY(node, struct parcel, node);
		if (clock_now_ms() - parcel->since_ms < WAITING_MS)
			return;
		parcel_destroy(r, parcel);
	}
}
