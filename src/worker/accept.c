/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepting.  A wake-up was for this worker alone, so it accepts at least one;
 * which worker is woken follows the order of registration, so after every 16
 * accepts a listener is removed and added anew.  When a worker looks at its
 * listeners at all is accept_watch.c's.
 */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/report.h"
#include "files/files.h"
#include "worker/accept_private.h"
#include "worker/conn.h"

#define ACCEPTS_A_TURN 16
#define ACCEPTS_A_PLACE 16
/* Where the kernel does not say how many wait: a drain ends even under a
 * flood. */
#define FINISH_MAX 8192

bool
acceptor_give_back(const char *what)
{
	int error = errno;
	unsigned given = cache_give_back(files_cache());

	errno = error;
	report_errno(REPORT_WARN, "worker",
	    "cannot %s a connection (%u cached files closed)", what, given);
	return given > 0;
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
	ACCEPT_AGAIN,	/* it has gone, or there may be room for it now */
	ACCEPT_NONE,	/* nothing waits */
	ACCEPT_TROUBLE, /* the acceptor pauses */
};

static enum accept_result
accept_failed(struct acceptor *a)
{
	switch (errno) {
	case EAGAIN:
		return ACCEPT_NONE;
	case EINTR:
	case ECONNABORTED:
	/* What has befallen a connection that waited. */
	case EPROTO:
	case ENOPROTOOPT:
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENONET:
	case ETIMEDOUT:
		return ACCEPT_AGAIN;
	default:
		if (acceptor_give_back("accept"))
			return ACCEPT_AGAIN;
		acceptor_pause(a, NO_FD_MS);
		return ACCEPT_TROUBLE;
	}
}

static enum accept_result
accept_one(struct acceptor *a, struct accept_source *s)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);
	struct conn_origin origin = { .listen_name = s->listener->name };
	int fd = accept4(s->listener->fd, (struct sockaddr *)&name, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return accept_failed(a);
	listener_accepted(s->listener, fd);
	addr_set(&origin.remote, (struct sockaddr *)&name, len);
	set_local(s, fd, &origin.local);
	slot_add(&a->worker->slot->accepted, 1);
	a->accepted++;
	origin.surplus = !a->stopped && !acceptor_make_room(a->worker);
	conn_open(a->worker, fd, &origin);
	return ACCEPT_TAKEN;
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
	acceptor_resume(a);
}

/* Else a timer looks again soon. */
void
acceptor_poke(struct worker *w)
{
	if (w->acceptor->watching)
		change_place(w->acceptor);
}

/* Accepts one; false: enough for this turn. */
static bool
accept_next(struct acceptor *a, struct accept_source *s)
{
	enum accept_result result = accept_one(a, s);

	if (result == ACCEPT_AGAIN)
		return true;
	if (result != ACCEPT_TAKEN)
		return false;
	retire_if_due(a);
	if (acceptor_holds_back(a))
		return false;
	if (a->accepted >= ACCEPTS_A_PLACE)
		change_place(a);
	return a->watching;
}

static void
accept_ready(struct loop_source *source, uint32_t events)
{
	struct accept_source *s =
	    LIST_ENTRY(source, struct accept_source, source);
	struct acceptor *a = s->acceptor;
	struct worker *w = a->worker;

	(void)events;
	worker_busy(w);
	/* The first was announced to this worker alone, full or not: nobody
	 * else would ever hear of it. */
	for (int i = 0; i < ACCEPTS_A_TURN; i++)
		if ((i > 0 && acceptor_is_full(w)) || !accept_next(a, s))
			break;
}

/* ---- the end ---- */

static void
close_listener(struct acceptor *a, size_t i)
{
	/* Connections go on using the name: only the descriptor goes. */
	struct listener *l = &a->worker->setup->listeners->listeners[i];

	close(l->fd);
	l->fd = -1;
}

/* Those who wait now, and a few: what comes later comes to others, or there is
 * a filter that lets nobody in. */
static unsigned
count_waiting(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
	    info.tcpi_state != TCP_LISTEN)
		return FINISH_MAX;
	return info.tcpi_unacked + ACCEPTS_A_TURN;
}

/* Those who have connected are served, however many they are. */
static void
accept_rest(struct acceptor *a)
{
	bool trouble = false;

	for (size_t i = 0; i < a->count; i++) {
		struct accept_source *s = &a->sources[i];
		enum accept_result result = ACCEPT_NONE;
		unsigned left;

		if (s->listener->fd < 0)
			continue;
		left = count_waiting(s->listener->fd);
		do
			result = accept_one(a, s);
		while (result <= ACCEPT_AGAIN && left-- > 0);
		if (result == ACCEPT_TROUBLE)
			trouble = true;
		else
			close_listener(a, i);
	}
	if (trouble)
		return;
	a->count = 0;
	loop_timer_stop(&a->again);
	worker_deaf(a->worker);
}

static void
acceptor_again(struct loop_timer *timer)
{
	struct acceptor *a = LIST_ENTRY(timer, struct acceptor, again);

	worker_busy(a->worker);
	if (a->stopped)
		accept_rest(a);
	else
		acceptor_look(a);
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
	loop_task_init(&a->turn_end, acceptor_turn_ends);
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
	a->full = false;
	atomic_store_explicit(&w->slot->draining, 1, memory_order_relaxed);
}

void
acceptor_finish(struct worker *w)
{
	acceptor_stop(w);
	accept_rest(w->acceptor);
}

bool
acceptor_finishing(const struct worker *w)
{
	const struct acceptor *a = w->acceptor;

	return a != NULL && a->stopped && loop_timer_running(&a->again);
}

void
acceptor_close(struct worker *w)
{
	struct acceptor *a = w->acceptor;

	if (a == NULL)
		return;
	acceptor_stop(w);
	loop_task_cancel(&a->turn_end);
	free(a->sources);
	free(a);
	w->acceptor = NULL;
}
