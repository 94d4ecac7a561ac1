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
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "ipc/succession.h"

/* So many may wait, and so long. */
#define WAITING_MAX 4096
#define WAITING_MS 5000
/* From so many on those who give them keep them, and serve them meanwhile: here
 * nobody does. */
#define HOLD_FROM 64
/* Of our descriptors at most one in so many is one that waits: what a worker
 * sends when there is none left is lost. */
#define DESCRIPTORS_SHARE 4

struct parcel {
	struct list_node node;
	int64_t since_ms;
	struct message message; /* cut behind its data; fd is owned */
};

static unsigned
waiting_max(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur / DESCRIPTORS_SHARE > WAITING_MAX)
		return WAITING_MAX;
	return (unsigned)limit.rlim_cur / DESCRIPTORS_SHARE;
}

void
relay_init(struct relay *r, void (*hold)(struct relay *, bool hold))
{
	*r = (struct relay){ .hold = hold };
	list_init(&r->waiting);
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
	r->abroad = NULL;
	while (to == NULL && (node = list_first(&r->waiting)) != NULL)
		parcel_destroy(r, LIST_ENTRY(node, struct parcel, node));
	relay_pump(r);
}

void
relay_set_abroad(struct relay *r, struct mailbox *mailbox)
{
	r->to = NULL;
	r->abroad = mailbox;
	relay_pump(r);
}

enum delivery {
	DELIVERED,
	DELIVERY_LATER,
	DELIVERY_FAILED, /* there is something wrong with it */
};

/* In a graceful stop: what was under way when all began to drain is served by
 * those who still do. */
static enum delivery
deliver_last(struct generation *g, const struct message *m)
{
	struct list_node *n;
	enum delivery result = DELIVERY_FAILED;
	struct child *child;

	LIST_FOREACH (n, &g->children) {
		child = LIST_ENTRY(n, struct child, node);
		if (child->state != CHILD_DRAINING)
			continue;
		if (mailbox_try(&child->mailbox, m) == 0)
			return DELIVERED;
		if (errno == EAGAIN)
			result = DELIVERY_LATER;
	}
	return result;
}

static enum delivery
failure(void)
{
	return errno == EAGAIN || errno == EPIPE ? DELIVERY_LATER
						 : DELIVERY_FAILED;
}

/* Tries each worker once, beginning behind the one that had the last. */
static enum delivery
deliver_here(struct generation *g, struct message *m)
{
	struct child *child;
	unsigned i;

	m->type = MESSAGE_ADOPT;
	if (g->state == GENERATION_RETIRED)
		return deliver_last(g, m);
	for (i = 0; i < g->seat_count; i++) {
		child = g->seats[g->next_adopter++ % g->seat_count].child;
		if (child == NULL || child->state != CHILD_SERVING)
			continue;
		if (mailbox_try(&child->mailbox, m) == 0)
			return DELIVERED;
		if (failure() == DELIVERY_FAILED)
			return DELIVERY_FAILED;
	}
	return DELIVERY_LATER;
}

static enum delivery
deliver(struct relay *r, struct message *m)
{
	if (r->abroad == NULL)
		return deliver_here(r->to, m);
	m->type = SUCCESSION_CONNECTION;
	return mailbox_try(r->abroad, m) == 0 ? DELIVERED : failure();
}

static unsigned
hold_from(const struct relay *r)
{
	return r->max < HOLD_FROM ? r->max : HOLD_FROM;
}

static void
hold_givers(struct relay *r)
{
	/* Again and again: another may have begun to give. */
	if (r->count >= hold_from(r))
		r->hold(r, r->holding = true);
}

static void
release_givers(struct relay *r)
{
	if (r->holding && r->count <= hold_from(r) / 2)
		r->hold(r, r->holding = false);
}

static void
put_aside(struct relay *r, const struct message *m)
{
	size_t data = offsetof(struct message, data) + m->len;
	struct parcel *parcel = NULL;

	r->max = waiting_max();
	/* What one sent before it died comes whether there is room or not. */
	if (r->count < 2 * r->max)
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
	hold_givers(r);
}

void
relay_take(struct relay *r, struct message *m)
{
	enum delivery delivery = DELIVERY_LATER;

	if (r->to == NULL && r->abroad == NULL) {
		close(m->fd);
		return;
	}
	if (list_empty(&r->waiting))
		delivery = deliver(r, m);
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
		if (deliver(r, &parcel->message) == DELIVERY_LATER)
			break;
		parcel_destroy(r, parcel);
	}
	release_givers(r);
}

void
relay_tick(struct relay *r)
{
	struct list_node *node;
	struct parcel *parcel;

	while ((node = list_first(&r->waiting)) != NULL) {
		parcel = LIST_ENTRY(node, struct parcel, node);
		if (clock_now_ms() - parcel->since_ms < WAITING_MS)
			break;
		parcel_destroy(r, parcel);
	}
	release_givers(r);
}
