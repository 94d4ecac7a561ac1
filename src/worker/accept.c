/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The acceptor of a worker.  Listeners are shared by all workers and watched
 * level-triggered with EPOLLEXCLUSIVE: a connection wakes one of those that
 * wait.  That wake-up was for this worker alone, so it accepts at least one.
 * Which waiter is woken follows the order of registration, so after every 16
 * accepts a listener is removed and added anew.  Holding back, and waiting for
 * descriptors or room, is the same: removed now, added again by a timer, and
 * adding looks whether something waits.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "files/files.h"
#include "worker/accept.h"
#include "worker/conn.h"

#define HOLD_BACK_MS 1
/* Without descriptors: long enough for some connections to end. */
#define NO_FD_MS 50
#define ACCEPTS_A_TURN 16
#define ACCEPTS_A_PLACE 16
/* More than any backlog: a drain ends even under a flood. */
#define FINISH_MAX 8192
/* A worker whose slot is older is stuck and counts for nothing. */
#define FRESH_MS 1000

struct accept_source {
	struct loop_source source;
	struct acceptor *acceptor;
	const struct listener *listener;
	bool any; /* bound to no one address: the local one of a
		   * connection must be asked for */
};

struct acceptor {
	struct worker *worker;
	struct accept_source *sources;
	size_t count;
	bool watching;
	bool full;	   /* waits for acceptor_room */
	bool stopped;	   /* for good */
	unsigned patience; /* holds in a row after which all was as
			    * before */
	unsigned accepted; /* since the last change of place */
	double held_mean;  /* the mean when it last held back */
	struct loop_timer again;
};

static void
acceptor_unwatch(struct acceptor *a)
{
	for (size_t i = 0; a->watching && i < a->count; i++)
		loop_remove(a->worker->loop, &a->sources[i].source);
	a->watching = false;
}

static int
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

/* Looks away for a while. */
static void
acceptor_pause(struct acceptor *a, int64_t ms)
{
	struct loop_queue *queue = loop_queue(a->worker->loop, ms);

	if (queue == NULL)
		return;
	acceptor_unwatch(a);
	loop_timer_start(queue, &a->again);
}

static void
acceptor_again(struct loop_timer *timer)
{
	struct acceptor *a = LIST_ENTRY(timer, struct acceptor, again);

	worker_busy(a->worker);
	if (acceptor_watch(a) != 0)
		acceptor_pause(a, NO_FD_MS);
}

/*
 * Holds back if this worker has more than its share.  Patience grows when the
 * others have taken nothing since the last time.
 */
static bool
hold_back(struct acceptor *a)
{
	struct worker *w = a->worker;
	unsigned workers;
	double mean;

	mean = scoreboard_mean(w->setup->scoreboard, w->slot->generation,
	    clock_now_ms(), FRESH_MS, &workers);
	if (workers < 2)
		return false;
	if (!balance_holds_back(w->connections, mean, a->patience)) {
		a->patience = 0;
		a->held_mean = 0;
		return false;
	}
	a->patience = mean > a->held_mean ? 0 : a->patience + 1;
	a->held_mean = mean;
	acceptor_pause(a, HOLD_BACK_MS);
	return true;
}

/* Descriptors or memory ran out: cached files are given back first. */
static void
no_descriptors(struct acceptor *a)
{
	int error = errno;
	unsigned given = cache_give_back(files_cache());

	errno = error;
	report_errno(REPORT_WARN, "worker",
	    "cannot accept a connection (%u cached files closed)", given);
	acceptor_pause(a, NO_FD_MS);
}

static void
set_local(struct accept_source *s, int fd, struct addr *local)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	if (s->any && getsockname(fd, (struct sockaddr *)&name, &len) == 0)
		addr_set(local, (struct sockaddr *)&name, len);
	else
		*local = s->listener->addr;
}

enum accept_result {
	ACCEPT_TAKEN,
	ACCEPT_NONE,	/* nothing waits */
	ACCEPT_TROUBLE, /* the acceptor pauses */
};

static enum accept_result
accept_one(struct acceptor *a, struct accept_source *s)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);
	struct conn_origin origin = { .listen_name = s->listener->name };
	int fd;

	do
		fd = accept4(s->listener->fd, (struct sockaddr *)&name, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return ACCEPT_NONE;
		no_descriptors(a);
		return ACCEPT_TROUBLE;
	}
	listener_accepted(s->listener, fd);
	addr_set(&origin.remote, (struct sockaddr *)&name, len);
	set_local(s, fd, &origin.local);
	slot_add(&a->worker->slot->accepted, 1);
	a->accepted++;
	conn_open(a->worker, fd, &origin);
	return ACCEPT_TAKEN;
}

static bool
at_bound(const struct worker *w)
{
	return w->connections >= w->setup->max_connections;
}

/*
 * At the bound, the connection that has been idle the longest goes; where none
 * is idle, accepting stops until one has gone.  True: there is room.
 */
static bool
make_room(struct acceptor *a)
{
	struct worker *w = a->worker;
	struct list_node *oldest;

	if (!at_bound(w))
		return true;
	oldest = list_first(&w->idle);
	if (oldest != NULL) {
		conn_close_idle(LIST_ENTRY(oldest, struct conn, node));
		return true;
	}
	a->full = true;
	acceptor_unwatch(a);
	return false;
}

/* MaxConnectionsPerChild: the master is asked for a successor, once. */
static void
retire_if_due(struct acceptor *a)
{
	struct worker *w = a->worker;
	const struct worker_conf *conf = conf_get(w->conf, &worker_section);
	uint64_t accepted =
	    atomic_load_explicit(&w->slot->accepted, memory_order_relaxed);

	if (w->phase != PHASE_SERVING || conf->max_connections_per_child == 0 ||
	    accepted < (uint64_t)conf->max_connections_per_child)
		return;
	worker_retire(w);
}

/* Takes its place anew behind the other workers'. */
static void
change_place(struct acceptor *a)
{
	a->accepted = 0;
	acceptor_unwatch(a);
	if (acceptor_watch(a) != 0)
		acceptor_pause(a, NO_FD_MS);
}

static void
accept_ready(struct loop_source *source, uint32_t events)
{
	struct accept_source *s =
	    LIST_ENTRY(source, struct accept_source, source);
	struct acceptor *a = s->acceptor;
	int i;

	(void)events;
	worker_busy(a->worker);
	for (i = 0; i < ACCEPTS_A_TURN; i++) {
		/* That somebody waits is known of the first alone, and nobody
		 * is to go for no one: for the next we shall be woken. */
		if ((i > 0 && at_bound(a->worker)) || !make_room(a))
			return;
		if (accept_one(a, s) != ACCEPT_TAKEN || hold_back(a))
			return;
		retire_if_due(a);
		if (a->accepted >= ACCEPTS_A_PLACE)
			change_place(a);
		if (!a->watching)
			return;
	}
}

int
acceptor_open(struct worker *w)
{
	const struct listener_set *set = w->setup->listeners;
	struct acceptor *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return -1;
	a->worker = w;
	loop_timer_init(&a->again, acceptor_again);
	a->sources = calloc(set->count, sizeof(a->sources[0]));
	if (a->sources == NULL && set->count > 0) {
		free(a);
		return -1;
	}
	a->count = set->count;
	for (size_t i = 0; i < set->count; i++)
		a->sources[i] = (struct accept_source){
			.source = { set->listeners[i].fd, accept_ready },
			.acceptor = a,
			.listener = &set->listeners[i],
			.any = addr_is_any(&set->listeners[i].addr),
		};
	w->acceptor = a;
	return acceptor_watch(a);
}

void
acceptor_stop(struct worker *w)
{
	struct acceptor *a = w->acceptor;

	acceptor_unwatch(a);
	loop_timer_stop(&a->again);
	a->stopped = true;
	atomic_store_explicit(&w->slot->draining, 1, memory_order_relaxed);
}

void
acceptor_finish(struct worker *w)
{
	struct acceptor *a = w->acceptor;

	acceptor_stop(w);
	for (size_t i = 0; i < a->count; i++) {
		unsigned n = 0;

		while (n++ < FINISH_MAX &&
		       accept_one(a, &a->sources[i]) == ACCEPT_TAKEN)
			;
		loop_timer_stop(&a->again);
	}
	/* Connections go on using the names: only the descriptors go. */
	for (size_t i = 0; i < a->count; i++)
		close(w->setup->listeners->listeners[i].fd);
	a->count = 0;
}

void
acceptor_close(struct worker *w)
{
	if (w->acceptor == NULL)
		return;
	acceptor_stop(w);
	free(w->acceptor->sources);
	free(w->acceptor);
	w->acceptor = NULL;
}

void
acceptor_room(struct worker *w)
{
	struct acceptor *a = w->acceptor;

	if (a == NULL || !a->full)
		return;
	a->full = false;
	if (acceptor_watch(a) != 0)
		acceptor_pause(a, NO_FD_MS);
}
