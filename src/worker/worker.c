/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process of a worker: what it needs is taken and opened, privileges go,
 * it serves, and ends.  What it does while it serves is serve.c's.
 */
#include "config.h"

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "base/table.h"
#include "files/files.h"
#include "framing/framing.h"
#include "http/error_document.h"
#include "http/filter.h"
#include "http/http_conf.h"
#include "http/mime.h"
#include "http/module.h"
#include "http/negotiation.h"
#include "ipc/boards.h"
#include "ipc/channel.h"
#include "log/access_log.h"
#include "log/error_log.h"
#include "log/log_conf.h"
#include "os/crash.h"
#include "os/proctitle.h"
#include "os/signals.h"
#include "worker/handler_conf.h"
#include "worker/worker_private.h"
#include "worker/worker_sandbox.h"

static const struct directive rows[] = {
	DIRECTIVE_SECONDS("Timeout", IN_SERVER_HOST, worker_conf, timeout_ms,
	    "60", 1000, 86400000,
	    "how long to wait for a client that neither sends nor reads in the "
	    "middle of a request; see ResponseMinRate for slow readers",
	    .differs = "it is a second at least"),
	DIRECTIVE_CUSTOM("RequestReadTimeout", IN_SERVER_HOST, worker_conf,
	    read_bounds, struct read_bounds,
	    "header=20-40,MinRate=500 body=20,MinRate=500",
	    "handshake|header|body=seconds[-most][,MinRate=bytes] ...",
	    "how long a client may take to send the head of a request, and its "
	    "body; each MinRate bytes bring a second more, up to the most; 0: "
	    "any time",
	    .differs = "handshake means nothing yet, for there is no TLS",
	    .parse = read_bounds_parse, .merge = read_bounds_merge,
	    .min_args = 1, .max_args = 3, .repeats = true),
	DIRECTIVE_SIZE("ResponseMinRate", IN_SERVER_HOST, worker_conf,
	    response_min_rate, "240", 0, UINT32_MAX,
	    "bytes of an answer that a client must take for each second; a "
	    "client that is behind by Timeout is cut off; 0: one byte in "
	    "Timeout is enough"),
	DIRECTIVE_SECONDS("KeepAliveTimeout", IN_SERVER_HOST, worker_conf,
	    keep_alive_timeout_ms, "5", 0, 86400000,
	    "how long a connection may be idle between two requests; 0: each "
	    "ends after its first, as by KeepAlive Off"),
	DIRECTIVE_INT("MaxConnectionsPerChild", IN_SERVER, worker_conf,
	    max_connections_per_child, "0", 0, INT32_MAX,
	    "connections after which a worker is replaced; 0: never"),
	DIRECTIVE_INT("MaxRequestsPerChild", IN_SERVER, worker_conf,
	    max_connections_per_child, NULL, 0, INT32_MAX,
	    "the old name of MaxConnectionsPerChild"),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_reqtimeout.c", NULL };
static unsigned section_id;
const struct conf_section worker_section = {
	.name = "worker",
	.rows = rows,
	.size = sizeof(struct worker_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

void
worker_register(struct conf_schema *schema)
{
	conf_schema_add(schema, &listener_section);
	conf_schema_add(schema, &http_section);
	conf_schema_add(schema, &error_document_section);
	conf_schema_add(schema, &mime_section);
	conf_schema_add(schema, &filter_section);
	conf_schema_add(schema, &negotiation_section);
	conf_schema_add(schema, &files_section);
	conf_schema_add(schema, &log_section);
	conf_schema_add(schema, &framing_section);
	conf_schema_add(schema, &worker_section);
	conf_schema_add(schema, &handler_section);
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->conf != NULL)
			conf_schema_add(schema, (*m)->conf);
}

/* ---- roots ---- */

static void
modules_roots(const struct server_conf *conf, root_visit *visit, void *data)
{
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->roots != NULL)
			(*m)->roots(conf, visit, data);
}

static void
add_root(const char *path, void *data)
{
	(void)data;
	files_add_root(path);
}

struct once {
	root_visit *visit;
	void *data;
	struct table seen;
};

static void
visit_once(const char *path, void *data)
{
	struct once *once = data;
	struct span span = span_str(path);

	if (table_get(&once->seen, span) != NULL)
		return;
	(void)table_put(&once->seen, span, once);
	once->visit(path, once->data);
}

void
worker_roots(const struct server_conf *conf,
    void (*visit)(const char *path, void *data), void *data)
{
	struct once once = { .visit = visit, .data = data };

	table_init(&once.seen, false);
	files_roots(conf, visit_once, &once);
	modules_roots(conf, visit_once, &once);
	table_release(&once.seen);
}

const char *
worker_document_root(const struct server_conf *conf)
{
	const struct files_conf *c = conf_get(conf, &files_section);

	return c->document_root;
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
	/* -X is for debuggers: they want the signal itself. */
	if (setup->master != 0 && crash_catch(&w->slot->crash) != 0)
		return err_set_errno(err, "cannot catch crashes");
	if (log_board_join(setup->board) != 0)
		return err_set_errno(err, "cannot map the log board");
	boards_place(&(struct boards){
	    .scoreboard = setup->scoreboard,
	    .ledger = setup->board,
	    .destinations = log_destinations(setup->conf),
	    .update = conn_show_now,
	});
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
int
worker_start_modules(const struct server_conf *conf, struct err *err)
{
	if (files_start(conf, err) != 0)
		return -1;
	modules_roots(conf, add_root, NULL);
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->start != NULL && (*m)->start(conf, err) != 0)
			return -1;
	return 0;
}

/* In this order: what is opened, as whom, with nothing else in reach. */
static int
worker_start(struct worker *w, struct err *err)
{
	const struct worker_setup *setup = w->setup;
	struct worker_sandbox sandbox = { 0 };

	if (worker_join(w, err) != 0 || worker_start_modules(setup->conf, err) != 0 ||
	    worker_sandbox_prepare(&sandbox, err) != 0)
		return -1;
	if (worker_secure(setup, err) == 0 && worker_open(w, err) == 0)
		return worker_sandbox_enter(
		    &sandbox, setup->sandbox, &w->slot->crash.refused, err);
	worker_sandbox_release(&sandbox);
	return -1;
}

int
worker_run(const struct worker_setup *setup)
{
	static struct worker worker;
	struct err err;
	int status;

	deafen();
	proctitle_set("drover: worker %u", setup->number);
	clock_refresh();
	worker_init(&worker, setup);
	if (worker_start(&worker, &err) != 0) {
		report(REPORT_CRIT, "worker", "%s", err.text);
		return 1;
	}
	status = worker_serve(&worker);
	worker_cut(&worker);
	error_log_detach();
	worker_close(&worker);
	files_stop();
	return status;
}
