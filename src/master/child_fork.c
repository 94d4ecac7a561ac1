/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One fork: what a worker is handed and what it is not.  When to fork, and
 * what the worker says afterwards, is children.c's.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "master/child_life.h"
#include "master/children_private.h"
#include "master/master_conf.h"
#include "os/proctitle.h"
#include "os/signals.h"

/* The child's side of the fork. */
static _Noreturn void
run_child(struct child *child, int channel, pid_t master)
{
	struct generation *g = child->generation;
	const struct children *c = g->owner;
	struct scoreboard scoreboard = c->scoreboard;
	size_t count = 0, i;
	int *keep = calloc(g->listeners.count + 6, sizeof(*keep));
	struct worker_setup setup = {
		.conf = g->conf,
		.listeners = &g->listeners,
		.channel = channel,
		.ring_fd = c->logger->rings.rings[child->ring].fd,
		.board = c->logger->board,
		.scoreboard = &scoreboard,
		.slot = child->slot,
		.number = child->number,
		.privs = &g->privs,
		.sandbox = master_conf_sandbox(g->conf),
		.master = master,
		.max_connections =
		    master_conf_connections(g->conf, g->seat_count),
	};

	if (keep == NULL)
		_exit(1);
	for (i = 0; i < g->listeners.count; i++)
		keep[count++] = g->listeners.listeners[i].fd;
	keep[count++] = channel;
	keep[count++] = setup.ring_fd;
	keep[count++] = setup.board->dest_shm.fd;
	keep[count++] = setup.board->wake_shm.fd;
	keep[count++] = setup.board->wake_fd;
	keep[count++] = scoreboard.shm.fd;
	child_begin(c->logger->stderr_pipe[1], keep, count);
	free(keep);
	proctitle_set("drover: worker %u", child->number);
	exit(c->run(&setup));
}

static struct child *
make_child(struct seat *seat)
{
	struct child *child = calloc(1, sizeof(*child));

	if (child == NULL)
		return NULL;
	child->generation = seat->generation;
	child->seat = seat;
	child->number = seat->number;
	child->state = CHILD_STARTING;
	child->accepts = true;
	child->started_ms = clock_now_ms();
	child->mailbox.source.fd = -1;
	return child;
}

/* A slot of the scoreboard and a ring; -1 with errno, then nothing is held. */
static int
take_places(struct child *child)
{
	struct generation *g = child->generation;
	struct children *c = g->owner;
	int slot = scoreboard_take(&c->scoreboard, g->number, child->number);
	int ring;

	if (slot < 0) {
		errno = EAGAIN;
		return -1;
	}
	ring = logger_process_ring(c->logger, g->number);
	if (ring < 0) {
		scoreboard_free(&c->scoreboard, (unsigned)slot);
		return -1;
	}
	child->slot = (unsigned)slot;
	child->ring = (unsigned)ring;
	g->rings++;
	return 0;
}

void
child_give_back(struct child *child)
{
	struct children *c = child->generation->owner;

	scoreboard_free(&c->scoreboard, child->slot);
	logger_process_ring_dead(c->logger, child->ring);
}

static int
fork_child(struct child *child)
{
	struct children *c = child->generation->owner;
	pid_t master = getpid();
	int fds[2];

	if (channel_pair(fds) < 0)
		return -1;
	if (mailbox_open(&child->mailbox, c->loop, fds[0]) < 0) {
		close(fds[0]);
		close(fds[1]);
		return -1;
	}
	fflush(NULL);
	child->pid = signals_fork(child_ignored_signals);
	if (child->pid == 0)
		run_child(child, fds[1], master);
	close(fds[1]);
	if (child->pid < 0) {
		mailbox_close(&child->mailbox);
		return -1;
	}
	return 0;
}

struct child *
child_fork(struct seat *seat, const struct child_handlers *handlers)
{
	struct child *child = make_child(seat);

	if (child == NULL)
		return NULL;
	child->mailbox.received = handlers->received;
	child->mailbox.closed = handlers->closed;
	child->mailbox.writable = handlers->writable;
	loop_timer_init(&child->timer, handlers->took_too_long);
	if (take_places(child) < 0) {
		free(child);
		return NULL;
	}
	if (fork_child(child) < 0) {
		child_give_back(child);
		free(child);
		return NULL;
	}
	list_append(&seat->generation->children, &child->node);
	return child;
}
