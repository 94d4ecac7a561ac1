/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a worker: what it needs is taken and opened, privileges go, the
 * loop turns until the master says otherwise or is gone.  Requests are
 * conn.c's, connections accept.c's; here are the process and its talk with the
 * master.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "files/files.h"
#include "http/http_conf.h"
#include "http/mime.h"
#include "http/module.h"
#include "ipc/channel.h"
#include "log/access_log.h"
#include "log/error_log.h"
#include "log/log_conf.h"
#include "os/proctitle.h"
#include "os/signals.h"
#include "worker/accept.h"
#include "worker/conn.h"

/* Sets of sections whose merged settings are kept. */
#define LOOKUPS_MAX 1024
#define TICK_MS 1000
/* After this long without any event there is nothing left to tend. */
#define QUIET_MS 35000
/* A worker told to stop waits at most this long for the log to take the
 * lines of what it cuts. */
#define STOP_MS 100

static const struct directive rows[] = {
	DIRECTIVE_SECONDS("Timeout", IN_SERVER_HOST, worker_conf, timeout_ms,
	    "60", 1000, 86400000,
	    "how long to wait for a client that does not read or send"),
	DIRECTIVE_SECONDS("KeepAliveTimeout", IN_SERVER_HOST, worker_conf,
	    keep_alive_timeout_ms, "5", 1, 86400000,
	    "how long a connection may be idle between requests"),
	DIRECTIVE_INT("MaxConnectionsPerChild", IN_SERVER, worker_conf,
	    max_connections_per_child, "0", 0, INT32_MAX,
	    "connections after which a worker is replaced; 0: never"),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section worker_section = {
	.name = "worker",
	.rows = rows,
	.size = sizeof(struct worker_conf),
	.id = &section_id,
};

void
worker_register(struct conf_schema *schema)
{
	conf_schema_add(schema, &listener_section);
	conf_schema_add(schema, &http_section);
	conf_schema_add(schema, &mime_section);
	conf_schema_add(schema, &files_section);
	conf_schema_add(schema, &log_section);
	conf_schema_add(schema, &framing_section);
	conf_schema_add(schema, &worker_section);
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->conf != NULL)
			conf_schema_add(schema, (*m)->conf);
}

/* ---- the slot ---- */

void
worker_busy(struct worker *w)
{
	struct worker_slot *slot = w->slot;

	w->active_ms = clock_now_ms();
	if (atomic_load_explicit(&slot->state, memory_order_relaxed) ==
	    WORKER_BUSY)
		return;
	atomic_store_explicit(
	    &slot->busy_since_ms, w->active_ms, memory_order_relaxed);
	atomic_store_explicit(
	    &slot->turn_ms, w->active_ms, memory_order_relaxed);
	atomic_store_explicit(&slot->state, WORKER_BUSY, memory_order_release);
	if (!loop_timer_running(&w->tick_timer)) {
		struct loop_queue *queue = loop_queue(w->loop, TICK_MS);

		if (queue != NULL)
			loop_timer_start(queue, &w->tick_timer);
	}
}

static void
worker_waiting(struct worker *w)
{
	w->slot->request[0] = '\0';
	atomic_store_explicit(
	    &w->slot->state, WORKER_WAITING, memory_order_release);
}

/* ---- timers ---- */

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
	/* A worker that has been quiet for long wakes nobody, itself least. */
	if (clock_now_ms() - active < QUIET_MS)
		loop_timer_start(loop_queue(w->loop, TICK_MS), timer);
}

static void
worker_unpark(struct loop_timer *timer)
{
	struct worker *w = LIST_ENTRY(timer, struct worker, park_timer);

	worker_busy(w);
	conn_unpark_all(w);
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

static void
worker_drain(struct worker *w, enum drain_mode mode)
{
	struct message m;

	if (w->phase >= PHASE_HANDING_OVER)
		return;
	w->phase = mode == DRAIN_HANDOVER ? PHASE_HANDING_OVER : PHASE_CLOSING;
	acceptor_finish(w);
	/* If it does not arrive the master waits a moment longer, no more. */
	message_init(&m, MESSAGE_DRAINING, 0);
	(void)channel_send(w->setup->channel, &m);
	drain_list(&w->busy);
	drain_list(&w->idle);
	drain_list(&w->parked);
	if (w->phase == PHASE_HANDING_OVER)
		handover_idle(w);
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
	default:
		break;
	}
	if (m->fd >= 0)
		close(m->fd);
}

static void
channel_ready(struct loop_source *source, uint32_t events)
{
	struct worker *w = LIST_ENTRY(source, struct worker, channel);
	struct message m;
	int result;

	worker_busy(w);
	if ((events & EPOLLOUT) && w->channel_full)
		handover_idle(w);
	while ((result = channel_receive(source->fd, &m)) == 1)
		worker_message(w, &m);
	/* Without a master nobody replaces, reaps or logs: it is over. */
	if (result == 0 || (errno != EAGAIN && errno != EPROTO))
		w->phase = PHASE_STOPPED;
}

/* ---- the process ---- */

/* A group's Ctrl-C or a service manager's kill is the master's to answer. */
static void
deafen(void)
{
	static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT,
		SIGUSR1, SIGUSR2, SIGPIPE, 0 };

	signals_reset();
	signals_ignore(ignored);
}

static int
worker_join(struct worker *w, struct err *err)
{
	const struct worker_setup *setup = w->setup;

	if (log_ring_map(&w->ring, setup->ring_fd) != 0)
		return err_set_errno(err, "cannot map the log ring");
	if (scoreboard_join(setup->scoreboard, setup->slot) != 0)
		return err_set_errno(err, "cannot map the scoreboard");
	w->slot = setup->scoreboard->own;
	w->slot->pid = (int32_t)getpid();
	if (log_board_join(setup->board) != 0)
		return err_set_errno(err, "cannot map the log board");
	access_log_attach(&w->ring, setup->board);
	error_log_attach(&w->ring, setup->board, setup->conf);
	return 0;
}

static int
worker_secure(const struct worker_setup *setup, struct err *err)
{
	if (privs_drop(setup->privs, err) != 0)
		return -1;
	if (setup->master != 0 &&
	    privs_die_with_parent(setup->master, SIGKILL) != 0)
		return err_set_errno(err, "the master is gone");
	return 0;
}

/*
 * Before privileges are dropped: a root that only root can reach, below /root
 * say, is served all the same, since it was configured; what is beneath is
 * opened as User, from the root's descriptor.
 */
static int
modules_start(const struct server_conf *conf, struct err *err)
{
	if (files_start(conf, err) != 0)
		return -1;
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->start != NULL && (*m)->start(conf, err) != 0)
			return -1;
	return 0;
}

static int
worker_open(struct worker *w, struct err *err)
{
	w->channel = (struct loop_source){ w->setup->channel, channel_ready };
	w->loop = loop_create();
	if (w->loop == NULL)
		return err_set_errno(err, "cannot make an event loop");
	if (loop_add(w->loop, &w->channel, EPOLLIN) != 0)
		return err_set_errno(err, "cannot watch the master");
	w->lookups = lookup_cache_create(w->conf, LOOKUPS_MAX);
	if (w->lookups == NULL)
		return err_set_errno(err, "cannot make the settings cache");
	if (acceptor_open(w) != 0)
		return err_set_errno(err, "cannot watch the listeners");
	return 0;
}

static void
worker_ready(struct worker *w)
{
	struct message m;

	worker_waiting(w);
	message_init(&m, MESSAGE_READY, 0);
	if (channel_send(w->setup->channel, &m) != 0)
		w->phase = PHASE_STOPPED;
}

static bool
worker_has_work(const struct worker *w)
{
	if (w->phase == PHASE_STOPPED)
		return false;
	return w->phase < PHASE_HANDING_OVER || w->connections > 0;
}

static void
worker_serve(struct worker *w)
{
	while (worker_has_work(w)) {
		worker_waiting(w);
		if (loop_turn(w->loop, -1) < 0)
			report_errno(
			    REPORT_CRIT, "worker", "cannot wait for events");
	}
}

static void
abort_list(struct list *list)
{
	struct list_node *node, *after;

	LIST_FOREACH_SAFE (node, after, list)
		conn_abort(LIST_ENTRY(node, struct conn, node));
}

/* Cuts what is left; its lines are given a moment to find room. */
static void
worker_cut(struct worker *w)
{
	int64_t end;

	clock_refresh();
	end = clock_now_ms() + STOP_MS;
	abort_list(&w->busy);
	abort_list(&w->idle);
	abort_list(&w->parked);
	while (w->connections > 0 && clock_now_ms() < end)
		if (loop_turn(w->loop, 10) < 0)
			break;
}

static void
worker_close(struct worker *w)
{
	struct list_node *node;

	acceptor_close(w);
	while ((node = list_first(&w->spare)) != NULL) {
		list_remove(node);
		free(LIST_ENTRY(node, struct conn, node));
	}
	error_log_detach();
	files_stop();
	lookup_cache_destroy(&w->lookups);
	loop_destroy(&w->loop);
	log_ring_unmap(&w->ring);
}

static void
worker_init(struct worker *w, const struct worker_setup *setup)
{
	memset(w, 0, sizeof(*w));
	w->setup = setup;
	w->conf = setup->conf;
	list_init(&w->idle);
	list_init(&w->busy);
	list_init(&w->parked);
	list_init(&w->spare);
	loop_timer_init(&w->park_timer, worker_unpark);
	loop_timer_init(&w->tick_timer, worker_tick);
}

int
worker_run(const struct worker_setup *setup)
{
	static struct worker worker;
	struct err err;

	deafen();
	proctitle_set("drover: worker %u", setup->number);
	clock_refresh();
	worker_init(&worker, setup);
	if (worker_join(&worker, &err) != 0 ||
	    modules_start(setup->conf, &err) != 0 ||
	    worker_secure(setup, &err) != 0 ||
	    worker_open(&worker, &err) != 0) {
		report(REPORT_CRIT, "worker", "%s", err.text);
		return 1;
	}
	worker_ready(&worker);
	worker_serve(&worker);
	worker_cut(&worker);
	worker_close(&worker);
	return 0;
}
