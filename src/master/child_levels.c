/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log levels that change while workers run.  A worker that is forked later has
 * them from the master.
 */
#include "config.h"

#include <string.h>

#include "master/children.h"

static void
tell(struct child *child, struct span words, uint64_t number)
{
	struct message m;

	if (words.len > sizeof(m.data))
		return;
	message_init(&m, MESSAGE_LOG_LEVEL, 0);
	m.value = number;
	m.len = (uint32_t)words.len;
	memcpy(m.data, words.ptr, words.len);
	/* One that ends just now needs none. */
	if (mailbox_send(&child->mailbox, &m) == 0)
		child->levels_told = number;
}

void
children_set_levels(struct children *c, struct span words, uint64_t number)
{
	struct list_node *g, *n;
	struct child *child;

	CHILDREN_FOREACH (g, n, c) {
		child = LIST_ENTRY(n, struct child, node);
		if (child->state != CHILD_STOPPING)
			tell(child, words, number);
	}
}

unsigned
children_without_levels(const struct children *c, uint64_t number)
{
	const struct list_node *g, *n;
	const struct child *child;
	unsigned count = 0;

	CHILDREN_FOREACH (g, n, c) {
		child = LIST_ENTRY(n, struct child, node);
		count += child->levels_told >= number &&
			 child->levels_taken < number;
	}
	return count;
}
