/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Circular doubly linked lists whose nodes are members of what they link.
 * An unlinked node points to itself, so removing twice does no harm.
 */
#ifndef DROVER_BASE_LIST_H
#define DROVER_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_node {
	struct list_node *prev, *next;
};

struct list {
	struct list_node head;
};

/* The object of the given type whose member is at node. */
#define LIST_ENTRY(node, type, member) \
	((type *)(void *)((char *)(node) - offsetof(type, member)))

/* The body must not remove node; use the _SAFE form for that. */
#define LIST_FOREACH(node, list) \
	for ((node) = (list)->head.next; (node) != &(list)->head; \
	     (node) = (node)->next)

#define LIST_FOREACH_SAFE(node, after, list) \
	for ((node) = (list)->head.next, (after) = (node)->next; \
	     (node) != &(list)->head; (node) = (after), (after) = (node)->next)

static inline void
list_node_init(struct list_node *n)
{
	n->prev = n->next = n;
}

static inline void
list_init(struct list *l)
{
	list_node_init(&l->head);
}

static inline bool
list_empty(const struct list *l)
{
	return l->head.next == &l->head;
}

static inline bool
list_linked(const struct list_node *n)
{
	return n->next != n;
}

static inline void
list_insert_before(struct list_node *at, struct list_node *n)
{
	n->prev = at->prev;
	n->next = at;
	at->prev->next = n;
	at->prev = n;
}

static inline void
list_append(struct list *l, struct list_node *n)
{
	list_insert_before(&l->head, n);
}

static inline void
list_prepend(struct list *l, struct list_node *n)
{
	list_insert_before(l->head.next, n);
}

static inline void
list_remove(struct list_node *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_node_init(n);
}

/* The first node, or NULL. */
static inline struct list_node *
list_first(struct list *l)
{
	return list_empty(l) ? NULL : l->head.next;
}

#endif
