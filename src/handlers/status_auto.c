/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine format of Apache's mod_status, for programs that read it: the
 * same names in the same order.  Where Apache counts threads this counts what
 * a thread of Apache's would be at: a busy worker is a connection with a
 * request under way, an idle one is a worker that takes connections, and the
 * scoreboard has a letter for each of them.
 */
#include "config.h"

#include <inttypes.h>
#include <time.h>

#include "handlers/status_page.h"
#include "http/http_conf.h"

/* Letters of the scoreboard; what is beyond is in the counts alone. */
#define LETTERS_MAX 65536

static void
print_time(struct buf *out, const char *name, int64_t us)
{
	time_t seconds = (time_t)(us / 1000000);
	char text[64] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm) != NULL)
		(void)strftime(
		    text, sizeof(text), "%A, %d-%b-%Y %H:%M:%S %Z", &tm);
	buf_printf(out, "%s: %s\n", name, text);
}

static void
print_unit(struct buf *out, int64_t n, const char *unit)
{
	if (n > 0)
		buf_printf(
		    out, " %" PRId64 " %s%s", n, unit, n == 1 ? "" : "s");
}

static void
print_uptime(struct buf *out, int64_t seconds)
{
	buf_printf(
	    out, "ServerUptimeSeconds: %" PRId64 "\nServerUptime:", seconds);
	print_unit(out, seconds / 86400, "day");
	print_unit(out, seconds / 3600 % 24, "hour");
	print_unit(out, seconds / 60 % 60, "minute");
	print_unit(out, seconds % 60, "second");
	buf_add_char(out, '\n');
}

static void
print_server(struct buf *out, const struct status_view *v, struct span host,
    int64_t uptime)
{
	uint64_t generation = v->master.generation;

	buf_add_escaped(out, host);
	buf_printf(out,
	    "\nServerVersion: %s\nServerMPM: event\nServer Built: %s\n",
	    http_server_name(TOKENS_OS), status_built());
	print_time(out, "CurrentTime", v->now_us);
	print_time(out, "RestartTime", v->master.started_us);
	buf_printf(out,
	    "ParentServerConfigGeneration: %" PRIu64
	    "\nParentServerMPMGeneration: %" PRIu64 "\n",
	    generation, generation == 0 ? 0 : generation - 1);
	print_uptime(out, uptime);
	buf_printf(out, "Load1: %.2f\nLoad5: %.2f\nLoad15: %.2f\n", v->load[0],
	    v->load[1], v->load[2]);
}

static void
print_load(struct buf *out, const struct status_view *v, int64_t uptime)
{
	const struct load_totals *t = &v->totals;
	double user = (double)t->cpu_user_us / 1e6;
	double system = (double)t->cpu_system_us / 1e6;

	buf_printf(out,
	    "Total Accesses: %" PRIu64 "\nTotal kBytes: %" PRIu64
	    "\nTotal Duration: %" PRIu64 "\nCPUUser: %g\nCPUSystem: %g\n"
	    "CPUChildrenUser: 0\nCPUChildrenSystem: 0\n",
	    t->requests, t->bytes / 1024, t->duration_ms, user, system);
	if (user + system > 0 && uptime > 0)
		buf_printf(out, "CPULoad: %g\n",
		    (user + system) * 100 / (double)uptime);
	buf_printf(out, "Uptime: %" PRId64 "\n", uptime);
	if (uptime > 0)
		buf_printf(out, "ReqPerSec: %g\nBytesPerSec: %g\n",
		    (double)t->requests / (double)uptime,
		    (double)t->bytes / (double)uptime);
	if (t->requests > 0)
		buf_printf(out, "BytesPerReq: %g\nDurationPerReq: %g\n",
		    (double)t->bytes / (double)t->requests,
		    (double)t->duration_ms / (double)t->requests);
}

/* ---- the scoreboard ---- */

/* Of each stage; none: nobody would be at work on it. */
static const char letters[STAGE_COUNT] = {
	[STAGE_WORKING] = 'W',
	[STAGE_HEAD] = 'R',
	[STAGE_BODY] = 'R',
	[STAGE_SENDING] = 'W',
	[STAGE_LOGGING] = 'L',
	[STAGE_CLOSING] = 'C',
};

static unsigned
count_busy(const struct status_worker *w)
{
	unsigned count = 0, stage;

	for (stage = 0; stage < STAGE_COUNT; stage++)
		if (letters[stage] != 0)
			count += w->stages[stage];
	return count;
}

static bool
is_idle(const struct status_worker *w)
{
	return !w->draining && w->state != WORKER_STARTING;
}

static void
print_letters(struct buf *out, char letter, unsigned count, unsigned *left)
{
	for (; count > 0 && *left > 0; count--, (*left)--)
		buf_add_char(out, letter);
}

static void
print_worker(struct buf *out, const struct status_worker *w, unsigned *left)
{
	unsigned stage;

	if (w->state == WORKER_STARTING)
		print_letters(out, 'S', 1, left);
	else if (is_idle(w))
		print_letters(out, '_', 1, left);
	for (stage = 0; stage < STAGE_COUNT; stage++)
		if (letters[stage] != 0)
			print_letters(out, w->draining ? 'G' : letters[stage],
			    w->stages[stage], left);
}

static void
print_workers(struct buf *out, const struct status_view *v)
{
	unsigned busy = 0, graceful = 0, idle = 0, i;

	for (i = 0; i < v->worker_count; i++) {
		const struct status_worker *w = &v->workers[i];

		if (w->draining)
			graceful += count_busy(w);
		else
			busy += count_busy(w);
		idle += is_idle(w);
	}
	buf_printf(out,
	    "BusyWorkers: %u\nGracefulWorkers: %u\nIdleWorkers: %u\n"
	    "Processes: %u\nStopping: %u\nConnsTotal: %u\n",
	    busy, graceful, idle, v->worker_count, v->draining, v->connections);
	buf_printf(out,
	    "ConnsAsyncWaitIO: %u\nConnsAsyncWriting: %u\n"
	    "ConnsAsyncKeepAlive: %u\nConnsAsyncClosing: %u\n",
	    v->stages[STAGE_NEW] + v->stages[STAGE_HEAD] +
		v->stages[STAGE_BODY],
	    v->stages[STAGE_SENDING], v->stages[STAGE_IDLE],
	    v->stages[STAGE_CLOSING]);
}

/* Not in Apache's.  The first line says what failed; if that is the
 * configuration, the second is its first error. */
static void
print_reload(struct buf *out, const struct status_view *v)
{
	struct span rest = span_str(v->reload.error);
	struct span first = span_cut(&rest, '\n');
	struct span second = span_cut(&rest, '\n');

	if (v->reload.outcome == RELOAD_NEVER)
		return;
	buf_printf(
	    out, "LastReload: %s\n", status_outcome_word(v->reload.outcome));
	if (v->reload.error[0] == '\0')
		return;
	buf_add_str(out, "LastReloadError: ");
	buf_add_escaped(out, first);
	if (second.len > 0) {
		buf_add_str(out, ": ");
		buf_add_escaped(out, second);
	}
	buf_add_char(out, '\n');
}

void
status_print_auto(
    struct buf *out, const struct status_view *v, struct span host)
{
	int64_t uptime = (v->now_ms - v->master.started_ms) / 1000;
	unsigned left = LETTERS_MAX, i;

	print_server(out, v, host, uptime);
	print_load(out, v, uptime);
	print_workers(out, v);
	buf_add_str(out, "Scoreboard: ");
	for (i = 0; i < v->worker_count; i++)
		print_worker(out, &v->workers[i], &left);
	buf_add_char(out, '\n');
	print_reload(out, v);
}
