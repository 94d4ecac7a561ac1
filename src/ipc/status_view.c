/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking how the server is from shared memory, and the words for it. */
#include "config.h"

#include "ipc/status_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "base/clock.h"

/* "Recent" is over so long, or as long as is known. */
#define RECENT_MS 10000

/* ---- workers ---- */

static uint64_t
count_of(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static unsigned
small_of(const _Atomic uint32_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* Connections at a stage that nobody counts are what the others leave. */
static void
take_stages(struct status_worker *w, const struct worker_slot *slot)
{
	unsigned stage, left;

	w->connections = left = small_of(&slot->connections);
	for (stage = STAGE_WORKING + 1; stage < STAGE_COUNT; stage++) {
		w->stages[stage] = small_of(&slot->stages[stage]);
		/* It counts on while we read. */
		if (w->stages[stage] > left)
			w->stages[stage] = left;
		left -= w->stages[stage];
	}
	w->stages[STAGE_WORKING] = left;
}

/* Whatever a worker says: no more than the time that there is. */
static int64_t
age_of(int64_t since_ms, int64_t now_ms)
{
	return since_ms < 0 || since_ms > now_ms ? 0 : now_ms - since_ms;
}

/* False: nobody has this slot. */
static bool
take_worker(struct status_worker *w, const struct worker_slot *slot,
    const struct status_view *v)
{
	w->state = small_of(&slot->state);
	if (w->state == WORKER_FREE)
		return false;
	w->generation = slot->generation;
	w->pid = slot->pid;
	w->number = slot->number;
	w->age_ms = age_of(slot->started_ms, v->now_ms);
	if (w->state == WORKER_BUSY)
		w->busy_ms = age_of(atomic_load_explicit(&slot->busy_since_ms,
					memory_order_relaxed),
		    v->now_ms);
	w->draining = small_of(&slot->draining) != 0;
	w->memory_kib = count_of(&slot->memory_kib);
	w->totals = (struct load_totals){
		.accepted = count_of(&slot->accepted),
		.requests = count_of(&slot->requests),
		.bytes = count_of(&slot->bytes_sent),
		.handed_over = count_of(&slot->handed_over),
		.cpu_user_us = count_of(&slot->cpu_user_us),
		.cpu_system_us = count_of(&slot->cpu_system_us),
	};
	take_stages(w, slot);
	return true;
}

static void
add_worker(struct status_view *v, const struct status_worker *w)
{
	v->worker_count++;
	v->draining += w->draining;
	v->connections += w->connections;
	for (unsigned stage = 0; stage < STAGE_COUNT; stage++)
		v->stages[stage] += w->stages[stage];
}

/* ---- requests in progress ---- */

/* Keeps the oldest ones. */
static void
add_request(struct status_view *v, struct status_request *list,
    const struct status_request *request)
{
	unsigned at = v->request_count;

	if (at == STATUS_REQUESTS_MAX) {
		v->requests_left_out++;
		if (request->age_ms <= list[--at].age_ms)
			return;
	} else {
		v->request_count++;
	}
	for (; at > 0 && list[at - 1].age_ms < request->age_ms; at--)
		list[at] = list[at - 1];
	list[at] = *request;
}

static void
take_requests(struct status_view *v, struct status_request *list,
    const struct worker_slot *slot)
{
	struct status_request r = { .pid = slot->pid };

	for (unsigned i = 0; i < PROGRESS_MAX; i++) {
		if (!scoreboard_progress(slot, i, &r.progress))
			continue;
		r.age_ms = age_of(r.progress.since_ms, v->now_ms);
		add_request(v, list, &r);
	}
}

static bool
take_workers(struct status_view *v, struct arena *arena,
    const struct scoreboard *scoreboard)
{
	unsigned used = scoreboard_used(scoreboard), i;
	struct status_worker *workers =
	    arena_calloc(arena, used + 1, sizeof(*workers));
	struct status_request *requests =
	    arena_calloc(arena, STATUS_REQUESTS_MAX, sizeof(*requests));

	if (workers == NULL || requests == NULL)
		return false;
	v->workers = workers;
	v->requests = requests;
	for (i = 0; i < used; i++) {
		const struct worker_slot *slot = scoreboard_slot(scoreboard, i);

		if (!take_worker(&workers[v->worker_count], slot, v))
			continue;
		add_worker(v, &workers[v->worker_count]);
		if (v->extended)
			take_requests(v, requests, slot);
	}
	return true;
}

/* ---- load ---- */

static uint64_t
cpu_us(const struct load_totals *t)
{
	return t->cpu_user_us + t->cpu_system_us;
}

/* What came between a sample and now. */
static struct status_rate
rate_since(const struct status_view *v, const struct load_sample *then)
{
	double seconds = (double)(v->now_ms - then->at_ms) / 1000;

	if (seconds <= 0)
		return (struct status_rate){ 0 };
	return (struct status_rate){
		.seconds = seconds,
		.requests =
		    (double)(v->totals.requests - then->requests) / seconds,
		.bytes = (double)(v->totals.bytes - then->bytes) / seconds,
		.cpu = (double)(cpu_us(&v->totals) - then->cpu_us) / seconds /
		       10000,
	};
}

static void
take_rates(struct status_view *v, const struct master_board *master)
{
	struct load_sample samples[LOAD_SAMPLES];
	unsigned count = master_board_samples(master, samples), i;

	v->mean = rate_since(
	    v, &(struct load_sample){ .at_ms = v->master.started_ms });
	for (i = 0; i < count; i++)
		if (v->now_ms - samples[i].at_ms >= RECENT_MS)
			break;
	if (count > 0)
		v->recent = rate_since(v, &samples[i < count ? i : count - 1]);
	for (i = 0; i + 1 < count; i++) {
		double ms = (double)(samples[i].at_ms - samples[i + 1].at_ms);

		v->history[v->history_count++] =
		    ms <= 0 ? 0
			    : (double)(samples[i].requests -
				       samples[i + 1].requests) *
				  1000 / ms;
	}
}

static void
take_load(struct status_view *v)
{
	struct sysinfo info;

	if (sysinfo(&info) != 0)
		return;
	for (int i = 0; i < 3; i++)
		v->load[i] = (double)info.loads[i] / (1 << SI_LOAD_SHIFT);
}

bool
status_view_take(struct status_view *v, struct arena *arena,
    const struct status_source *source, bool extended)
{
	const struct master_board *master =
	    scoreboard_master_view(source->scoreboard);

	*v = (struct status_view){
		.now_ms = clock_now_ms(),
		.now_us = clock_real_us(),
		.extended = extended,
		.source = *source,
	};
	(void)master_board_status(master, &v->master);
	(void)master_board_reload(master, &v->reload);
	v->reload.error[sizeof(v->reload.error) - 1] = '\0';
	(void)master_board_upgrade(master, &v->upgrade);
	v->upgrade.error[sizeof(v->upgrade.error) - 1] = '\0';
	scoreboard_totals(source->scoreboard, &v->totals);
	take_rates(v, master);
	take_load(v);
	return take_workers(v, arena, source->scoreboard);
}

bool
status_dest_ledger(const struct status_view *v, const struct log_dest *dest,
    struct log_ledger *ledger_r)
{
	if (dest->id < 0 || dest->id >= LOG_DEST_MAX)
		return false;
	*ledger_r = log_board_ledger(v->source.ledger, dest->id);
	return true;
}

/* ---- words ---- */

#define WORD(table, i)                                                  \
	((i) < sizeof(table) / sizeof((table)[0]) && (table)[i] != NULL \
		? (table)[i]                                            \
		: "unknown")

const char *
status_stage_word(unsigned stage)
{
	static const char *const words[STAGE_COUNT] = { "working", "new",
		"head", "body", "sending", "logging", "idle", "closing" };

	return WORD(words, stage);
}

const char *
status_stage_text(unsigned stage)
{
	static const char *const texts[STAGE_COUNT] = { "at work",
		"new, silent so far", "reading the request", "reading the body",
		"sending the answer", "waiting for the log", "kept alive",
		"closing" };

	return WORD(texts, stage);
}

const char *
status_master_word(unsigned state)
{
	static const char *const words[] = { "starting", "serving", "reloading",
		"upgrading", "stopping" };

	return WORD(words, state);
}

const char *
status_generation_word(unsigned phase)
{
	static const char *const words[] = { "starting", "serving",
		"draining" };

	return WORD(words, phase);
}

const char *
status_outcome_word(unsigned outcome)
{
	static const char *const words[] = { "none", "under way", "succeeded",
		"failed" };

	return WORD(words, outcome);
}

const char *
status_worker_word(const struct status_worker *w)
{
	if (w->state == WORKER_STARTING)
		return "starting";
	if (w->draining)
		return "draining";
	return w->state == WORKER_BUSY ? "busy" : "waiting";
}

const char *
status_dest_word(enum log_dest_kind kind)
{
	static const char *const words[] = {
		[LOG_DEST_FILE] = "file",
		[LOG_DEST_PROGRAM] = "program",
		[LOG_DEST_SHELL] = "shell",
		[LOG_DEST_SYSLOG] = "syslog",
		[LOG_DEST_STDOUT] = "stdout",
		[LOG_DEST_STDERR] = "stderr",
		[LOG_DEST_JOURNAL] = "stderr",
	};

	return WORD(words, (unsigned)kind);
}

const char *
status_built(void)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char date[] = __DATE__; /* "Nov 20 2026" */
	static char text[32];
	char month[4] = { date[0], date[1], date[2], '\0' };

	snprintf(text, sizeof(text), "%s-%02d-%02dT%s", date + 7,
	    (int)(strstr(months, month) - months) / 3 + 1, atoi(date + 4),
	    __TIME__);
	return text;
}
