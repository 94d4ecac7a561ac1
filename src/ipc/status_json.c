/* SPDX-License-Identifier: BSD-2-Clause */
/* How the server is, as JSON (RFC 8259). */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "ipc/status_view.h"

/* ---- pieces ---- */

/* The comma is the one in front. */
static void
print_name(struct buf *out, const char *name)
{
	char last = out->len == 0 ? '{' : out->data[out->len - 1];

	if (last != '{' && last != '[')
		buf_add_char(out, ',');
	if (name != NULL)
		buf_printf(out, "\"%s\":", name);
}

static void
print_text(struct buf *out, const char *name, const char *text)
{
	print_name(out, name);
	text_add_json(out, span_of(text, strlen(text)));
}

static void
print_number(struct buf *out, const char *name, uint64_t number)
{
	print_name(out, name);
	buf_printf(out, "%" PRIu64, number);
}

static void
print_real(struct buf *out, const char *name, double number)
{
	print_name(out, name);
	buf_printf(out, "%.3f", number);
}

static void
print_bool(struct buf *out, const char *name, bool value)
{
	print_name(out, name);
	buf_add_str(out, value ? "true" : "false");
}

static void
print_time(struct buf *out, const char *name, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	print_text(out, name, text);
}

static void
open_group(struct buf *out, const char *name, char bracket)
{
	print_name(out, name);
	buf_add_char(out, bracket);
}

/* ---- groups ---- */

static void
print_server(struct buf *out, const struct status_view *v)
{
	const char *const *name;

	open_group(out, "server", '{');
	print_text(out, "name", "Drover");
	print_text(out, "version", PACKAGE_VERSION);
	print_text(out, "built", status_built());
	print_number(out, "pid", (uint32_t)v->master.pid);
	print_text(out, "state", status_master_word(v->master.state));
	print_number(out, "generation", v->master.generation);
	print_time(out, "now", v->now_us);
	print_time(out, "started", v->master.started_us);
	print_real(out, "uptime_seconds",
	    (double)(v->now_ms - v->master.started_ms) / 1000);
	open_group(out, "listens", '[');
	for (name = v->source.listens; *name != NULL; name++)
		print_text(out, NULL, *name);
	buf_add_char(out, ']');
	if (v->source.log_levels != NULL)
		print_text(out, "log_levels", v->source.log_levels);
	buf_add_char(out, '}');
}

static void
print_reload(struct buf *out, const struct status_view *v)
{
	const struct master_change *r = &v->reload;

	open_group(out, "reload", '{');
	print_number(out, "count", v->master.reloads);
	print_number(out, "failed", v->master.reloads_failed);
	print_bool(out, "waits", v->master.reload_waits != 0);
	print_text(out, "last", status_outcome_word(r->outcome));
	if (r->outcome != RELOAD_NEVER) {
		print_time(out, "began", r->began_us);
		print_real(out, "seconds", (double)r->took_ms / 1000);
		print_bool(out, "graceful", r->graceful != 0);
		print_text(out, "error", r->error);
	}
	buf_add_char(out, '}');
}

static void
print_upgrade(struct buf *out, const struct status_view *v)
{
	const struct master_change *u = &v->upgrade;

	open_group(out, "upgrade", '{');
	print_text(out, "last", status_outcome_word(u->outcome));
	if (u->outcome != RELOAD_NEVER) {
		print_time(out, "began", u->began_us);
		print_real(out, "seconds", (double)u->took_ms / 1000);
		print_text(out, "error", u->error);
	}
	if (u->before != 0)
		print_number(out, "before", (uint64_t)u->before);
	buf_add_char(out, '}');
}

static void
print_totals(struct buf *out, const struct load_totals *t)
{
	print_number(out, "accepted", t->accepted);
	print_number(out, "handed_over", t->handed_over);
	print_number(out, "requests", t->requests);
	print_number(out, "bytes", t->bytes);
	print_real(out, "cpu_user_seconds", (double)t->cpu_user_us / 1e6);
	print_real(out, "cpu_system_seconds", (double)t->cpu_system_us / 1e6);
}

static void
print_rate(struct buf *out, const char *name, const struct status_rate *r)
{
	open_group(out, name, '{');
	print_real(out, "seconds", r->seconds);
	print_real(out, "requests_per_second", r->requests);
	print_real(out, "bytes_per_second", r->bytes);
	print_real(out, "cpu_percent", r->cpu);
	buf_add_char(out, '}');
}

static void
print_load(struct buf *out, const struct status_view *v)
{
	open_group(out, "load", '[');
	for (int i = 0; i < 3; i++)
		print_real(out, NULL, v->load[i]);
	buf_add_char(out, ']');
	open_group(out, "totals", '{');
	print_totals(out, &v->totals);
	print_real(
	    out, "slow_requests_seconds", (double)v->totals.duration_ms / 1000);
	buf_add_char(out, '}');
	print_rate(out, "mean", &v->mean);
	print_rate(out, "recent", &v->recent);
}

static void
print_stages(
    struct buf *out, unsigned connections, const unsigned stages[STAGE_COUNT])
{
	open_group(out, "connections", '{');
	print_number(out, "open", connections);
	for (unsigned i = 0; i < STAGE_COUNT; i++)
		print_number(out, status_stage_word(i), stages[i]);
	buf_add_char(out, '}');
}

static void
print_generations(struct buf *out, const struct status_view *v)
{
	open_group(out, "generations", '[');
	for (uint32_t i = 0; i < v->master.generation_count; i++) {
		const struct master_generation *g = &v->master.generations[i];

		open_group(out, NULL, '{');
		print_number(out, "number", g->number);
		print_text(out, "state", status_generation_word(g->phase));
		print_number(out, "workers", g->workers);
		print_real(out, "age_seconds",
		    (double)(v->now_ms - g->since_ms) / 1000);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static void
print_workers(struct buf *out, const struct status_view *v)
{
	open_group(out, "workers", '[');
	for (unsigned i = 0; i < v->worker_count; i++) {
		const struct status_worker *w = &v->workers[i];

		open_group(out, NULL, '{');
		print_number(out, "number", w->number);
		print_number(out, "pid", (uint32_t)w->pid);
		print_number(out, "generation", w->generation);
		print_text(out, "state", status_worker_word(w));
		print_real(out, "busy_seconds", (double)w->busy_ms / 1000);
		print_real(out, "age_seconds", (double)w->age_ms / 1000);
		print_totals(out, &w->totals);
		print_number(out, "memory_kib", w->memory_kib);
		print_stages(out, w->connections, w->stages);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static void
print_logs(struct buf *out, const struct status_view *v)
{
	const struct log_dest *dest;
	struct log_ledger l;

	open_group(out, "logs", '[');
	for (dest = v->source.destinations; dest != NULL; dest = dest->next) {
		if (!status_dest_ledger(v, dest, &l))
			continue;
		open_group(out, NULL, '{');
		print_text(out, "kind", status_dest_word(dest->kind));
		print_text(
		    out, "target", dest->target == NULL ? "" : dest->target);
		print_number(out, "appended", l.appended);
		print_number(out, "written", l.written);
		print_number(out, "lost", l.lost);
		print_number(out, "queued", l.queued);
		print_bool(out, "stuck", l.stuck);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static void
print_requests(struct buf *out, const struct status_view *v)
{
	open_group(out, "requests", '[');
	for (unsigned i = 0; i < v->request_count; i++) {
		const struct status_request *r = &v->requests[i];

		open_group(out, NULL, '{');
		print_real(out, "seconds", (double)r->age_ms / 1000);
		print_text(out, "stage", status_stage_word(r->progress.stage));
		print_number(out, "pid", (uint32_t)r->pid);
		print_text(out, "client", r->progress.client);
		print_text(out, "host", r->progress.host);
		print_text(out, "request", r->progress.request);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
	print_number(out, "requests_left_out", v->requests_left_out);
}

void
status_print_json(struct buf *out, const struct status_view *v)
{
	buf_add_char(out, '{');
	print_server(out, v);
	print_reload(out, v);
	print_upgrade(out, v);
	print_load(out, v);
	print_stages(out, v->connections, v->stages);
	print_generations(out, v);
	print_workers(out, v);
	print_logs(out, v);
	if (v->extended)
		print_requests(out, v);
	buf_add_str(out, "}\n");
}
