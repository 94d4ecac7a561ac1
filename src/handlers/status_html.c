/* SPDX-License-Identifier: BSD-2-Clause */
/* server-status for people: one page, in the style of all. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "handlers/status_page.h"
#include "http/page.h"

/* Columns are as wide as their words; what came from outside may break
 * anywhere. */
#define STYLE                                                        \
	"<style>main th,main td{overflow-wrap:normal}"               \
	"main td.long{overflow-wrap:anywhere;min-width:9rem}"        \
	"main table.facts{width:auto}main pre{white-space:pre-wrap}" \
	"main .facts th{min-width:8rem}</style>"

/* A turn of a worker's loop takes less, or something is wrong. */
#define STUCK_MS 1000

/* ---- pieces ---- */

static void
print_text(struct buf *out, const char *text)
{
	text_add_html(out, span_of(text, strlen(text)));
}

/* 1234567 as "1.2 MB". */
static void
print_bytes(struct buf *out, double bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB",
		"PB" };
	size_t unit = 0;

	for (; bytes >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0]);
	     unit++)
		bytes /= 1000;
	buf_printf(out, unit == 0 || bytes >= 100 ? "%.0f %s" : "%.1f %s",
	    bytes, units[unit]);
}

static void
print_time(struct buf *out, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	char text[64] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %Z", &tm);
	buf_add_str(out, text);
}

static void
print_cpu(struct buf *out, const struct load_totals *t)
{
	buf_printf(
	    out, "%.2f s", (double)(t->cpu_user_us + t->cpu_system_us) / 1e6);
}

static void
cell_number(struct buf *out, uint64_t number)
{
	buf_printf(out, "<td class=\"number\">%" PRIu64, number);
}

static void
cell_text(struct buf *out, const char *text)
{
	buf_add_str(out, "<td>");
	print_text(out, text);
}

/* A client's, or a path. */
static void
cell_long(struct buf *out, const char *text)
{
	buf_add_str(out, "<td class=\"long\">");
	print_text(out, text);
}

static void
row_name(struct buf *out, const char *name)
{
	buf_printf(out, "<tr><th scope=\"row\">%s<td>", name);
}

/* Headings of a table; one that begins with "#" is over numbers. */
static void
table_begin(struct buf *out, const char *title, const char *const *headings)
{
	buf_printf(
	    out, "<h2>%s</h2>\n<div class=\"scroll\"><table>\n<tr>", title);
	for (; *headings != NULL; headings++)
		if (**headings == '#')
			buf_printf(out, "<th scope=\"col\" class=\"number\">%s",
			    *headings + 1);
		else
			buf_printf(out, "<th scope=\"col\">%s", *headings);
	buf_add_char(out, '\n');
}

static void
table_end(struct buf *out)
{
	buf_add_str(out, "</table></div>\n");
}

/* ---- server and load ---- */

static void
print_last_reload(struct buf *out, const struct master_change *r)
{
	buf_printf(
	    out, "<strong>%s</strong>, ", status_outcome_word(r->outcome));
	print_time(out, r->began_us);
	buf_printf(
	    out, ", %s", r->graceful ? "graceful" : "old workers ended at once");
	if (r->outcome != RELOAD_UNDER_WAY)
		buf_printf(out, ", took %.3f s", (double)r->took_ms / 1000);
}

static void
print_reload(struct buf *out, const struct status_view *v)
{
	row_name(out, "Last reload");
	if (v->reload.outcome == RELOAD_NEVER)
		buf_add_str(out, "none since the start");
	else
		print_last_reload(out, &v->reload);
	if (v->master.reloads > 1)
		buf_printf(out, "; %u so far, %u failed", v->master.reloads,
		    v->master.reloads_failed);
	if (v->master.reload_waits)
		buf_add_str(out, "; <strong>another waits</strong> until an "
				 "old generation is gone");
	buf_add_char(out, '\n');
}

static void
print_upgrade(struct buf *out, const struct status_view *v)
{
	const struct master_change *u = &v->upgrade;

	row_name(out, "Last upgrade");
	if (u->outcome == RELOAD_NEVER) {
		buf_add_str(out, "none since the start\n");
		return;
	}
	buf_printf(
	    out, "<strong>%s</strong>, ", status_outcome_word(u->outcome));
	print_time(out, u->began_us);
	if (u->outcome != RELOAD_UNDER_WAY)
		buf_printf(out, ", took %.3f s", (double)u->took_ms / 1000);
	if (u->before != 0)
		buf_printf(
		    out, "; before it process %" PRId32 " served", u->before);
	buf_add_char(out, '\n');
}

static void
print_error(struct buf *out, const char *error)
{
	if (error[0] == '\0')
		return;
	buf_add_str(out, "<pre>");
	print_text(out, error);
	buf_add_str(out, "</pre>\n");
}

static void
print_server(struct buf *out, const struct status_view *v)
{
	const char *const *name;

	buf_add_str(out, "<h2>Server</h2>\n<table class=\"facts\">\n");
	row_name(out, "State");
	buf_printf(out, "<strong>%s</strong>, generation %" PRIu64,
	    status_master_word(v->master.state), v->master.generation);
	buf_printf(out, ", master pid %d\n", (int)v->master.pid);
	row_name(out, "Version");
	buf_printf(
	    out, "Drover %s, built %s\n", PACKAGE_VERSION, status_built());
	row_name(out, "Listens on");
	for (name = v->source.listens; *name != NULL; name++)
		buf_printf(
		    out, "%s%s", name == v->source.listens ? "" : ", ", *name);
	buf_add_char(out, '\n');
	row_name(out, "Running for");
	status_print_duration(out, v->now_ms - v->master.started_ms);
	buf_add_str(out, ", since ");
	print_time(out, v->master.started_us);
	buf_add_str(out, "; now it is ");
	print_time(out, v->now_us);
	buf_add_char(out, '\n');
	print_reload(out, v);
	print_upgrade(out, v);
	buf_add_str(out, "</table>\n");
	print_error(out, v->reload.error);
	print_error(out, v->upgrade.error);
}

static void
print_rate(struct buf *out, const char *name, const struct status_rate *r)
{
	row_name(out, name);
	if (r->seconds <= 0) {
		buf_add_str(out, "not known yet\n");
		return;
	}
	buf_printf(out, "%.1f requests/s, ", r->requests);
	print_bytes(out, r->bytes);
	buf_printf(out, "/s, %.1f %% of a processor\n", r->cpu);
}

/* A bar for each second, the present at the right. */
static void
print_history(struct buf *out, const struct status_view *v)
{
	double most = 1;
	unsigned i;

	for (i = 0; i < v->history_count; i++)
		if (v->history[i] > most)
			most = v->history[i];
	buf_printf(out,
	    "<svg viewBox=\"0 0 %u 40\" preserveAspectRatio=\"none\" "
	    "width=\"100%%\" height=\"60\" role=\"img\" "
	    "aria-label=\"Requests in each of the last %u seconds, "
	    "at most %.0f\"><path style=\"fill:var(--link)\" d=\"M0 40",
	    LOAD_SAMPLES * 4, v->history_count, most);
	for (i = 0; i < v->history_count; i++) {
		double height = v->history[i] * 39 / most + 0.5;

		buf_printf(out, "M%u 40v%.1fh3v%.1fz",
		    (LOAD_SAMPLES - 1 - i) * 4, -height, height);
	}
	buf_add_str(out, "\"/></svg>\n");
}

static void
print_load(struct buf *out, const struct status_view *v)
{
	char recent[64];

	snprintf(recent, sizeof(recent), "Last %.0f s", v->recent.seconds);
	buf_add_str(out, "<h2>Load</h2>\n");
	print_history(out, v);
	buf_add_str(out, "<table class=\"facts\">\n");
	print_rate(out, v->recent.seconds > 0 ? recent : "Lately", &v->recent);
	print_rate(out, "Since the start", &v->mean);
	row_name(out, "In total");
	buf_printf(out, "%" PRIu64 " requests on %" PRIu64 " connections, ",
	    v->totals.requests, v->totals.accepted);
	print_bytes(out, (double)v->totals.bytes);
	buf_printf(out, " sent, %.2f s user and %.2f s system time\n",
	    (double)v->totals.cpu_user_us / 1e6,
	    (double)v->totals.cpu_system_us / 1e6);
	row_name(out, "Machine");
	buf_printf(out, "load average %.2f, %.2f, %.2f\n", v->load[0],
	    v->load[1], v->load[2]);
	buf_add_str(out, "</table>\n");
}

/* ---- connections, workers, generations ---- */

static void
print_connections(struct buf *out, const struct status_view *v)
{
	buf_add_str(out, "<h2>Connections</h2>\n<table class=\"facts\">\n");
	for (unsigned i = 0; i < STAGE_COUNT; i++) {
		buf_add_str(out, "<tr>");
		cell_text(out, status_stage_text(i));
		cell_number(out, v->stages[i]);
		buf_add_char(out, '\n');
	}
	buf_add_str(out, "<tr><th scope=\"row\">open");
	cell_number(out, v->connections);
	buf_add_str(out, "\n</table>\n");
}

static void
print_worker(struct buf *out, const struct status_worker *w)
{
	buf_add_str(out, "<tr>");
	cell_number(out, w->number);
	buf_printf(out, "<td class=\"number\">%d", (int)w->pid);
	cell_number(out, w->generation);
	cell_text(out, status_worker_word(w));
	if (w->busy_ms >= STUCK_MS) {
		buf_add_str(out, " for ");
		status_print_duration(out, w->busy_ms);
	}
	cell_number(out, w->connections);
	cell_number(out, w->totals.accepted);
	cell_number(out, w->totals.requests);
	buf_add_str(out, "<td class=\"number\">");
	print_bytes(out, (double)w->totals.bytes);
	buf_add_str(out, "<td class=\"number\">");
	print_cpu(out, &w->totals);
	buf_add_str(out, "<td class=\"number\">");
	print_bytes(out, (double)w->memory_kib * 1024);
	buf_add_str(out, "<td class=\"number\">");
	status_print_duration(out, w->age_ms);
	buf_add_char(out, '\n');
}

static void
print_workers(struct buf *out, const struct status_view *v)
{
	static const char *const headings[] = { "#Worker", "#Pid",
		"#Generation", "State", "#Connections", "#Accepted",
		"#Requests", "#Sent", "#CPU", "#Memory", "#Age", NULL };

	table_begin(out, "Workers", headings);
	for (unsigned i = 0; i < v->worker_count; i++)
		print_worker(out, &v->workers[i]);
	table_end(out);
}

static void
print_generations(struct buf *out, const struct status_view *v)
{
	static const char *const headings[] = { "#Generation", "State",
		"#Workers", "#Age", NULL };

	table_begin(out, "Generations", headings);
	for (uint32_t i = 0; i < v->master.generation_count; i++) {
		const struct master_generation *g = &v->master.generations[i];

		buf_add_str(out, "<tr>");
		cell_number(out, g->number);
		cell_text(out, status_generation_word(g->phase));
		cell_number(out, g->workers);
		buf_add_str(out, "<td class=\"number\">");
		status_print_duration(out, v->now_ms - g->since_ms);
		buf_add_char(out, '\n');
	}
	table_end(out);
}

/* ---- logs and requests ---- */

static void
print_logs(struct buf *out, const struct status_view *v)
{
	static const char *const headings[] = { "Kind", "Log", "#Lines",
		"#Written", "#Lost", "#Queued", "State", NULL };
	const struct log_dest *dest;
	struct log_ledger l;

	table_begin(out, "Logs", headings);
	for (dest = v->source.destinations; dest != NULL; dest = dest->next) {
		if (!status_dest_ledger(v, dest, &l))
			continue;
		buf_add_str(out, "<tr>");
		cell_text(out, status_dest_word(dest->kind));
		cell_long(out, dest->target == NULL ? "" : dest->target);
		cell_number(out, l.appended);
		cell_number(out, l.written);
		cell_number(out, l.lost);
		cell_number(out, l.queued);
		cell_text(out, l.stuck ? "stuck" : "ok");
		buf_add_char(out, '\n');
	}
	table_end(out);
}

static void
print_request(struct buf *out, const struct status_request *r)
{
	buf_printf(
	    out, "<tr><td class=\"number\">%.1f", (double)r->age_ms / 1000);
	cell_text(out, status_stage_text(r->progress.stage));
	buf_printf(out, "<td class=\"number\">%d", (int)r->pid);
	cell_text(out, r->progress.client);
	cell_long(out, r->progress.host);
	cell_long(out, r->progress.request);
	buf_add_char(out, '\n');
}

static void
print_requests(struct buf *out, const struct status_view *v)
{
	static const char *const headings[] = { "#Seconds", "Is", "#Worker",
		"Client", "Host", "Request", NULL };

	table_begin(out, "Requests in progress", headings);
	for (unsigned i = 0; i < v->request_count; i++)
		print_request(out, &v->requests[i]);
	table_end(out);
	if (v->requests_left_out > 0)
		buf_printf(out, "<p>and %u more\n", v->requests_left_out);
}

/* ---- the page ---- */

static void
print_links(struct buf *out, int refresh_s)
{
	buf_add_str(out, "<p>");
	if (refresh_s > 0)
		buf_printf(out, "Renews itself every %d s", refresh_s);
	else
		buf_add_str(out, "Stays as it is");
	buf_add_str(out, " (<a href=\"?refresh=1\">1 s</a>, "
			 "<a href=\"?refresh=5\">5 s</a>, "
			 "<a href=\"?refresh=60\">60 s</a>, "
			 "<a href=\"?refresh=0\">never</a>); "
			 "for programs: <a href=\"?auto\">text</a>, "
			 "<a href=\"?json\">JSON</a></p>\n");
}

void
status_print_html(struct buf *out, const struct status_view *v,
    struct span host, int refresh_s)
{
	char head[sizeof(STYLE) + 64] = STYLE, title[300];

	if (refresh_s > 0)
		snprintf(head, sizeof(head),
		    STYLE "<meta http-equiv=\"refresh\" content=\"%d\">",
		    refresh_s);
	snprintf(title, sizeof(title), "Status of %.*s",
	    (int)(host.len < 253 ? host.len : 253), host.ptr);
	page_begin(out, &(struct page_frame){ .title = span_str(title),
			    .head = head,
			    .data = true,
			    .wide = true });
	print_links(out, refresh_s);
	print_server(out, v);
	print_load(out, v);
	print_connections(out, v);
	if (v->extended)
		print_requests(out, v);
	print_workers(out, v);
	print_generations(out, v);
	print_logs(out, v);
	page_end(out);
}
