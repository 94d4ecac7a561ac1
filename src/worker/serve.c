/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker does while it lives: turns of its loop, its slot, its timers,
 * and what the master tells it: drain, stop, adopt.  Requests are conn.c's,
 * connections accept.c's.
 */
#include "config.h"

#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fatal.h"
#include "base/report.h"
#include "files/files.h"
#include "http/module.h"
#include "ipc/channel.h"
#include "log/error_log.h"
#include "os/sandbox.h"
#include "worker/accept.h"
#include "worker/conn.h"
#include "worker/hooks.h"

/* Sets of sections whose merged settings are kept, and two more for each host. */
#define LOOKUPS_MAX 1024
/* After this long without any event there is nothing left to tend. */
#define QUIET_MS 35000
/* A worker told to stop waits at most this long for the log to take the
 * lines of what it cuts; the master kills it after twice that. */
#define STOP_MS 50
/* Messages of the master that one turn takes. */
#define MESSAGES_A_TURN 64
/* How often it is looked whether the master has read all. */
#define HEARD_MS 2

/* ---- the slot ---- */

void
worker_busy(struct worker *w)
{
	struct worker_slot *slot = w->slot;

	w->active_ms = clock_now_ms();
	if (atomic_load_explicit(&slot->state, memory_order_relaxed) ==
	    WORKER_BUSY)
		return;
	slot->client.len = 0;
	slot->at = 0;
	slot->request[0] = '\0';
	atomic_store_explicit(
	    &slot->busy_since_ms, w->active_ms, memory_order_relaxed);
	atomic_store_explicit(
	    &slot->turn_ms, w->active_ms, memory_order_relaxed);
	atomic_store_explicit(&slot->state, WORKER_BUSY, memory_order_release);
	if (!loop_timer_running(&w->tick_timer))
		loop_timer_start(worker_queue(w, TICK_MS), &w->tick_timer);
}

static void
worker_waiting(struct worker *w)
{
	atomic_store_explicit(
	    &w->slot->state, WORKER_WAITING, memory_order_release);
}

/* ---- timers ---- */

struct loop_queue *
worker_queue(struct worker *w, int64_t ms)
{
	struct loop_queue *queue = loop_queue(w->loop, ms);

	if (queue == NULL)
		fatal("no memory for a queue of time-outs");
	return queue;
}

/* So that none has to be made when it is needed. */
static void
prepare_queues(struct worker *w)
{
	static const int64_t fixed[] = { TICK_MS, PARK_MS, LINGER_MS, CHECK_MS,
		DRAIN_IDLE_MS, HOLD_BACK_MS, SILENCE_MS, FULL_CHECK_MS,
		NO_FD_MS };

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		worker_queue(w, fixed[i]);
	for (size_t i = 0; i < w->conf->host_count; i++) {
		const struct worker_conf *conf =
		    settings_get(w->conf->hosts[i].settings, &worker_section);

		worker_queue(w, conf->timeout_ms);
		worker_queue(w, worker_idle_ms(conf));
		if (conf->read_bounds.header.first_ms > 0)
			worker_queue(w, conf->read_bounds.header.first_ms);
		if (conf->read_bounds.body.first_ms > 0)
			worker_queue(w, conf->read_bounds.body.first_ms);
	}
}

static void
worker_tick(struct loop_timer *timer)
{
	struct worker *w = LIST_ENTRY(timer, struct worker, tick_timer);
	int64_t active = w->active_ms;

	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->tick != NULL)
			(*m)->tick();
	cache_tick(files_cache());
	error_log_tick();
	worker_show_usage(w);
	/* A worker that has been quiet for long wakes nobody, itself least. */
	if (clock_now_ms() - active < QUIET_MS)
		loop_timer_start(worker_queue(w, TICK_MS), timer);
}

static void
worker_unpark(struct loop_timer *timer)
{
	struct worker *w = LIST_ENTRY(timer, struct worker, park_timer);

	worker_busy(w);
	conn_unpark(w);
}

/* ---- the master's word ---- */

void
worker_retire(struct worker *w)
{
	struct message m;

	w->phase = PHASE_RETIRING;
	message_init(&m, MESSAGE_RETIRE, 0);
	if (channel_send(w->setup->channel, &m) != 0)
		w->phase = PHASE_SERVING;
}

static void
drain_list(struct list *list)
{
	struct list_node *node, *after;

	LIST_FOREACH_SAFE (node, after, list)
		conn_drain(LIST_ENTRY(node, struct conn, node));
}

void
worker_deaf(struct worker *w)
{
	struct message m;

	/* If it does not arrive the master waits a moment longer, no more. */
	message_init(&m, MESSAGE_DRAINING, 0);
	(void)channel_send(w->setup->channel, &m);
}

/* Also from handing over to closing: then the successor has gone. */
static void
worker_drain(struct worker *w, enum drain_mode mode)
{
	enum worker_phase phase =
	    mode == DRAIN_HANDOVER ? PHASE_HANDING_OVER : PHASE_CLOSING;
	bool accepts = w->phase < PHASE_HANDING_OVER;

	if (w->phase >= phase)
		return;
	w->phase = phase;
	if (accepts)
		acceptor_finish(w);
	drain_list(&w->busy);
	drain_list(&w->idle);
	drain_list(&w->fresh);
	drain_list(&w->parked);
	if (w->phase == PHASE_HANDING_OVER)
		handover_idle(w);
}

/* They are known to be right: the master has taken them, too. */
static void
worker_levels(struct worker *w, const struct message *m)
{
	struct message done;
	struct err err;

	if (error_log_override(span_of(m->data, m->len), &err) != 0)
		report(REPORT_ERROR, "worker", "log-level: %s", err.text);
	message_init(&done, MESSAGE_LOG_LEVEL_DONE, 0);
	done.value = m->value;
	(void)channel_send(w->setup->channel, &done);
}

static void
worker_message(struct worker *w, const struct message *m)
{
	switch ((enum message_type)m->type) {
	case MESSAGE_DRAIN:
		worker_drain(w, m->arg);
		break;
	case MESSAGE_STOP:
		w->phase = PHASE_STOPPED;
		break;
	case MESSAGE_ADOPT:
		handover_adopt(w, m);
		return;
	case MESSAGE_LOG_LEVEL:
		worker_levels(w, m);
		break;
	case MESSAGE_POKE:
		acceptor_poke(w);
		break;
	default:
		break;
	}
	if (m->fd >= 0)
		close(m->fd);
}

/* As channel_receive(); what came with a connection that found no descriptor is
 * passed over. */
static int
hear(struct worker *w, struct message *m)
{
	int result;

	while (
	    (result = channel_receive(w->channel.fd, m)) < 0 && errno == EMFILE)
		(void)acceptor_give_back("take over");
	return result;
}

static void
channel_ready(struct loop_source *source, uint32_t events)
{
	struct worker *w = LIST_ENTRY(source, struct worker, channel);
	struct message m;
	int result = 1;

	worker_busy(w);
	if ((events & EPOLLOUT) && w->channel_full)
		handover_idle(w);
	for (int i = 0; i < MESSAGES_A_TURN && result == 1; i++) {
		result = hear(w, &m);
		if (result == 1)
			worker_message(w, &m);
	}
	/* Without a master nobody replaces, reaps or logs: it is over. */
	if (result == 0 || (result < 0 && errno != EAGAIN && errno != EPROTO)) {
		w->phase = PHASE_STOPPED;
		loop_remove(w->loop, source);
	}
}

/* ---- the beginning ---- */

void
worker_init(struct worker *w, const struct worker_setup *setup)
{
	memset(w, 0, sizeof(*w));
	w->setup = setup;
	w->conf = setup->conf;
	list_init(&w->idle);
	list_init(&w->fresh);
	list_init(&w->busy);
	list_init(&w->refused);
	list_init(&w->parked);
	list_init(&w->closed);
	pool_init(&w->conns, sizeof(struct conn));
	loop_timer_init(&w->park_timer, worker_unpark);
	loop_timer_init(&w->tick_timer, worker_tick);
}

int
worker_open(struct worker *w, struct err *err)
{
	w->channel = (struct loop_source){ w->setup->channel, channel_ready };
	w->loop = loop_create();
	if (w->loop == NULL)
		return err_set_errno(err, "cannot make an event loop");
	prepare_queues(w);
	hooks_prepare(w->conf);
	if (loop_add(w->loop, &w->channel, EPOLLIN) != 0)
		return err_set_errno(err, "cannot watch the master");
	w->lookups =
	    lookup_cache_create(w->conf, LOOKUPS_MAX + 2 * w->conf->host_count);
	if (w->lookups == NULL)
		return err_set_errno(err, "cannot make the settings cache");
	if (acceptor_open(w) != 0)
		return err_set_errno(err, "cannot watch the listeners");
	return 0;
}

/* ---- serving, and the end ---- */

static void
worker_ready(struct worker *w)
{
	struct message m;

	worker_waiting(w);
	worker_show_usage(w);
	message_init(&m, MESSAGE_READY, 0);
	if (channel_send(w->setup->channel, &m) != 0)
		w->phase = PHASE_STOPPED;
}

bool
worker_has_work(const struct worker *w)
{
	if (w->phase == PHASE_STOPPED)
		return false;
	return w->phase < PHASE_HANDING_OVER || w->connections > 0 ||
	       w->unburied > 0 || acceptor_finishing(w);
}

void
worker_turn(struct worker *w, int max_ms)
{
	worker_waiting(w);
	if (loop_turn(w->loop, max_ms) >= 0) {
		sandbox_tell_refused();
		return;
	}
	report_errno(REPORT_CRIT, "worker", "cannot wait for events");
	w->phase = PHASE_STOPPED;
	w->status = 1;
}

/* There is nothing more to do, unless the master has sent a connection that
 * nobody has looked at: from now on it cannot send.  True: it had. */
static bool
hears_last(struct worker *w)
{
	struct message m;

	if (w->phase == PHASE_STOPPED || w->channel.fd < 0)
		return false;
	loop_remove(w->loop, &w->channel);
	(void)shutdown(w->channel.fd, SHUT_RD);
	while (hear(w, &m) == 1)
		worker_message(w, &m);
	w->channel.fd = -1;
	return worker_has_work(w);
}

/* The master reads as many connections as it has room for, but what a process
 * has left behind it can only take all at once. */
static bool
is_heard(const struct worker *w)
{
	int unread;

	return w->phase == PHASE_STOPPED || w->channel.fd < 0 ||
	       ioctl(w->channel.fd, SIOCOUTQ, &unread) < 0 || unread == 0;
}

int
worker_serve(struct worker *w)
{
	worker_ready(w);
	do {
		while (worker_has_work(w))
			worker_turn(w, -1);
		while (!is_heard(w))
			worker_turn(w, HEARD_MS);
	} while (hears_last(w));
	return w->status;
}

static void
close_list(struct list *list, bool reset)
{
	struct list_node *node;

	while ((node = list_first(list)) != NULL)
		conn_close(LIST_ENTRY(node, struct conn, node), reset);
}

static void
cut_parked(struct list *list)
{
	struct list_node *node, *after;

	/* Closed ones are among them, and stay. */
	LIST_FOREACH_SAFE (node, after, list)
		conn_close(LIST_ENTRY(node, struct conn, node), true);
}

/* Cuts what is left; its lines are given a moment to find room.  Idle ones are
 * closed without a reset: their last answer may not have arrived yet. */
void
worker_cut(struct worker *w)
{
	unsigned lost;
	int64_t end;

	w->phase = PHASE_STOPPED;
	acceptor_stop(w);
	clock_refresh();
	end = clock_now_ms() + STOP_MS;
	close_list(&w->idle, false);
	close_list(&w->fresh, false);
	close_list(&w->refused, false);
	close_list(&w->busy, true);
	cut_parked(&w->parked);
	while (w->unburied > 0 && clock_now_ms() < end)
		if (loop_turn(w->loop, PARK_MS) < 0)
			break;
	lost = conn_lose_lines(w);
	if (lost > 0)
		report(REPORT_ERROR, "worker",
		    "lines of %u requests are lost: the log took none", lost);
}

void
worker_close(struct worker *w)
{
	acceptor_close(w);
	pool_release(&w->conns);
	lookup_cache_destroy(&w->lookups);
	loop_destroy(&w->loop);
	log_ring_unmap(&w->ring);
}
