/* SPDX-License-Identifier: BSD-2-Clause */
/* How the server is, as text for a terminal. */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "ipc/status_view.h"

static void
print_time(struct buf *out, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	buf_add_str(out, text);
}

void
status_print_duration(struct buf *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" },
		{ 1000, "s" } };
	unsigned i = 0;

	while (i < 3 && ms < units[i].ms)
		i++;
	buf_printf(out, "%" PRId64 " %s", ms / units[i].ms, units[i].name);
	if (i < 3)
		buf_printf(out, " %" PRId64 " %s",
		    ms % units[i].ms / units[i + 1].ms, units[i + 1].name);
}

static void
print_listens(struct buf *out, const struct status_view *v)
{
	const char *const *name;

	buf_add_str(out, "listens on:   ");
	for (name = v->source.listens; *name != NULL; name++)
		buf_printf(
		    out, "%s%s", name == v->source.listens ? "" : ", ", *name);
	buf_add_char(out, '\n');
}

/* What a reload or an upgrade said, each line set in. */
static void
print_error(struct buf *out, const char *error)
{
	struct span rest = span_str(error);

	while (rest.len > 0) {
		buf_add_str(out, "              ");
		buf_add_span(out, span_cut(&rest, '\n'));
		buf_add_char(out, '\n');
	}
}

static void
print_reload(struct buf *out, const struct status_view *v)
{
	const struct master_change *r = &v->reload;

	buf_printf(out, "last reload:  %s", status_outcome_word(r->outcome));
	if (r->outcome != RELOAD_NEVER) {
		buf_printf(out, "%s, ", r->graceful != 0 ? ", graceful" : "");
		print_time(out, r->began_us);
		buf_printf(out, ", took %.3f s; %u in all, %u failed",
		    (double)r->took_ms / 1000, v->master.reloads,
		    v->master.reloads_failed);
	}
	buf_printf(
	    out, "%s\n", v->master.reload_waits != 0 ? "; one waits" : "");
	print_error(out, r->error);
}

/* Only where there was one: few ever do it. */
static void
print_upgrade(struct buf *out, const struct status_view *v)
{
	const struct master_change *u = &v->upgrade;

	if (u->outcome == RELOAD_NEVER)
		return;
	buf_printf(out, "last upgrade: %s, ", status_outcome_word(u->outcome));
	print_time(out, u->began_us);
	if (u->outcome != RELOAD_UNDER_WAY)
		buf_printf(out, ", took %.3f s", (double)u->took_ms / 1000);
	if (u->before != 0)
		buf_printf(out, "; master %d was before", (int)u->before);
	buf_add_char(out, '\n');
	print_error(out, u->error);
}

static void
print_server(struct buf *out, const struct status_view *v)
{
	buf_printf(out,
	    "drover " PACKAGE_VERSION ", master %d: %s, generation %" PRIu64
	    "\n",
	    (int)v->master.pid, status_master_word(v->master.state),
	    v->master.generation);
	print_listens(out, v);
	buf_add_str(out, "runs for:     ");
	status_print_duration(out, v->now_ms - v->master.started_ms);
	buf_add_str(out, ", since ");
	print_time(out, v->master.started_us);
	buf_add_char(out, '\n');
	print_reload(out, v);
	print_upgrade(out, v);
	if (v->source.log_levels != NULL)
		buf_printf(out, "log levels:   %s, until the next reload\n",
		    v->source.log_levels);
}

static void
print_load(struct buf *out, const struct status_view *v)
{
	const char *before = ": ";
	unsigned i;

	buf_printf(out,
	    "requests:     %" PRIu64 ", %" PRIu64 " bytes; lately %.1f a "
	    "second, %.1f %% of a processor\n",
	    v->totals.requests, v->totals.bytes, v->recent.requests,
	    v->recent.cpu);
	buf_printf(out, "connections:  %u", v->connections);
	for (i = 0; i < STAGE_COUNT; i++) {
		if (v->stages[i] == 0)
			continue;
		buf_printf(
		    out, "%s%u %s", before, v->stages[i], status_stage_text(i));
		before = ", ";
	}
	buf_add_char(out, '\n');
}

static void
print_generations(struct buf *out, const struct status_view *v)
{
	uint32_t i;

	buf_printf(out, "\n%10s  %-9s %7s  %s\n", "GENERATION", "STATE",
	    "WORKERS", "AGE");
	for (i = 0; i < v->master.generation_count; i++) {
		const struct master_generation *g = &v->master.generations[i];

		buf_printf(out, "%10" PRIu64 "  %-9s %7u  ", g->number,
		    status_generation_word(g->phase), g->workers);
		status_print_duration(out, v->now_ms - g->since_ms);
		buf_add_char(out, '\n');
	}
}

static void
print_workers(struct buf *out, const struct status_view *v)
{
	unsigned i;

	buf_printf(out, "\n%6s %8s %10s  %-9s %11s %10s %9s  %s\n", "WORKER",
	    "PID", "GENERATION", "STATE", "CONNECTIONS", "REQUESTS", "KIB",
	    "AGE");
	for (i = 0; i < v->worker_count; i++) {
		const struct status_worker *w = &v->workers[i];

		buf_printf(out,
		    "%6u %8d %10" PRIu64 "  %-9s %11u %10" PRIu64 " %9" PRIu64
		    "  ",
		    w->number, (int)w->pid, w->generation,
		    status_worker_word(w), w->connections, w->totals.requests,
		    w->memory_kib);
		status_print_duration(out, w->age_ms);
		buf_add_char(out, '\n');
	}
}

static void
print_logs(struct buf *out, const struct status_view *v)
{
	const struct log_dest *dest;
	struct log_ledger l;

	buf_printf(out, "\n%10s %10s %6s %6s  %s\n", "LINES", "WRITTEN", "LOST",
	    "QUEUED", "LOG");
	for (dest = v->source.destinations; dest != NULL; dest = dest->next) {
		if (!status_dest_ledger(v, dest, &l))
			continue;
		buf_printf(out,
		    "%10" PRIu64 " %10" PRIu64 " %6" PRIu64 " %6" PRIu64
		    "  %s%s",
		    l.appended, l.written, l.lost, l.queued,
		    l.stuck ? "stuck: " : "",
		    dest->kind == LOG_DEST_FILE ? ""
						: status_dest_word(dest->kind));
		if (dest->target != NULL) {
			if (dest->kind != LOG_DEST_FILE)
				buf_add_char(out, ' ');
			buf_add_str(out, dest->target);
		}
		buf_add_char(out, '\n');
	}
}

static void
print_requests(struct buf *out, const struct status_view *v)
{
	unsigned i;

	if (v->request_count == 0)
		return;
	buf_printf(out, "\n%9s %8s  %-8s %s\n", "SECONDS", "PID", "STAGE",
	    "CLIENT, HOST, REQUEST");
	for (i = 0; i < v->request_count; i++) {
		const struct status_request *r = &v->requests[i];

		buf_printf(out, "%9.3f %8d  %-8s ", (double)r->age_ms / 1000,
		    (int)r->pid, status_stage_word(r->progress.stage));
		buf_add_escaped(out, span_str(r->progress.client));
		buf_add_char(out, ' ');
		buf_add_escaped(out, span_str(r->progress.host));
		buf_add_str(out, " \"");
		buf_add_escaped(out, span_str(r->progress.request));
		buf_add_str(out, "\"\n");
	}
	if (v->requests_left_out > 0)
		buf_printf(out, "%9s and %u more\n", "", v->requests_left_out);
}

void
status_print_text(struct buf *out, const struct status_view *v)
{
	print_server(out, v);
	print_load(out, v);
	print_generations(out, v);
	print_workers(out, v);
	print_logs(out, v);
	print_requests(out, v);
}
