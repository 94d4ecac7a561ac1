/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When a worker looks at its listeners.  They are shared by all and watched
 * level-triggered with EPOLLEXCLUSIVE: a connection wakes one of those that
 * wait.  Holding back, and waiting for descriptors or room, is the same: removed
 * now, added again by a timer, and adding looks whether something waits.  What
 * room there is, is accept_room.c's.
 */
#include "config.h"

#include <sys/epoll.h>

#include "base/clock.h"
#include "worker/accept_private.h"

void
acceptor_unwatch(struct acceptor *a)
{
	for (size_t i = 0; a->watching && i < a->count; i++)
		loop_remove(a->worker->loop, &a->sources[i].source);
	a->watching = false;
}

int
acceptor_watch(struct acceptor *a)
{
	size_t i;

	if (a->watching || a->stopped)
		return 0;
	for (i = 0; i < a->count; i++)
		if (loop_add(a->worker->loop, &a->sources[i].source,
			EPOLLIN | EPOLLEXCLUSIVE) != 0)
			break;
	if (i == a->count) {
		a->watching = true;
		return 0;
	}
	while (i-- > 0)
		loop_remove(a->worker->loop, &a->sources[i].source);
	return -1;
}

void
acceptor_pause(struct acceptor *a, int64_t ms)
{
	acceptor_unwatch(a);
	loop_timer_start(worker_queue(a->worker, ms), &a->again);
}

void
acceptor_resume(struct acceptor *a)
{
	if (acceptor_watch(a) != 0)
		acceptor_pause(a, NO_FD_MS);
}

bool
acceptor_holds_back(struct acceptor *a)
{
	struct worker *w = a->worker;
	unsigned workers;
	double mean;

	mean = scoreboard_mean(w->setup->scoreboard, w->slot->generation,
	    clock_now_ms(), FRESH_MS, &workers);
	if (!balance_hold(&a->balance, w->connections, mean, workers))
		return false;
	acceptor_pause(a, HOLD_BACK_MS);
	return true;
}
