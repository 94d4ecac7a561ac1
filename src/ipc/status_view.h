/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the server is: taken once from shared memory, so that all of a page is
 * of one moment.  Workers' words are not trusted: numbers are numbers, counts
 * are bounded, texts end and are for the printer to escape.
 */
#ifndef DROVER_IPC_STATUS_VIEW_H
#define DROVER_IPC_STATUS_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "ipc/log_board.h"
#include "ipc/scoreboard.h"

/* Requests in progress that are shown; the others are counted. */
#define STATUS_REQUESTS_MAX 200

struct status_worker {
	uint64_t generation;
	int32_t pid;
	uint32_t number;
	enum worker_state state;
	bool draining;
	int64_t age_ms;
	int64_t busy_ms; /* with this turn of its loop; 0: it waits */
	unsigned connections, stages[STAGE_COUNT];
	struct load_totals totals;
	uint64_t memory_kib;
};

struct status_request {
	struct progress progress;
	int64_t age_ms;
	int32_t pid; /* of its worker */
};

struct status_rate {
	double seconds;		/* over how long; 0: nothing is known */
	double requests, bytes; /* a second */
	double cpu;		/* per cent of one processor */
};

struct status_source {
	const struct scoreboard *scoreboard;
	const struct log_board *ledger;
	const struct log_dest *destinations; /* of the configuration */
	const char *const *listens;	     /* its addresses; ends with NULL */
	/* By log-level until the next reload; NULL: none, or not known. */
	const char *log_levels;
};

struct status_view {
	int64_t now_ms, now_us;
	struct master_status master;
	struct master_change reload, upgrade;
	struct load_totals totals;
	struct status_rate mean, recent;
	double load[3];
	/* Requests in each second, the latest first. */
	double history[LOAD_SAMPLES];
	unsigned history_count;

	const struct status_worker *workers;
	unsigned worker_count, draining;
	unsigned connections, stages[STAGE_COUNT];
	const struct status_request *requests; /* the oldest first */
	unsigned request_count, requests_left_out;
	bool extended; /* requests may be shown */

	struct status_source source;
};

/* Memory is the arena's; false without any. */
bool status_view_take(struct status_view *, struct arena *,
    const struct status_source *, bool extended);

/* The ledger of one of the destinations; false: it has none. */
bool status_dest_ledger(const struct status_view *, const struct log_dest *,
    struct log_ledger *ledger_r);

/* ---- words, the same in every form ---- */

/* "idle", "sending": for programs, and for people. */
const char *status_stage_word(unsigned stage);
const char *status_stage_text(unsigned stage);
const char *status_master_word(unsigned state);
const char *status_generation_word(unsigned phase);
const char *status_outcome_word(unsigned outcome);
/* In its two largest units: "3 d 4 h", "12 s". */
void status_print_duration(struct buf *, int64_t ms);
const char *status_worker_word(const struct status_worker *);
const char *status_dest_word(enum log_dest_kind);
/* When this program was compiled, "2026-11-20T10:00:00". */
const char *status_built(void);

/* For a terminal; everything, as JSON (RFC 8259) in one line. */
void status_print_text(struct buf *, const struct status_view *);
void status_print_json(struct buf *, const struct status_view *);

#endif
