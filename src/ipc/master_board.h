/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the master says of itself in shared memory, behind the slots of the
 * scoreboard: it alone writes, workers read.  It is for people who ask how
 * the server is; nothing is decided by it.
 */
#ifndef DROVER_IPC_MASTER_BOARD_H
#define DROVER_IPC_MASTER_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/seqlock.h"

enum master_state {
	MASTER_STARTING,
	MASTER_SERVING,
	MASTER_RELOADING,
	MASTER_UPGRADING,
	MASTER_STOPPING,
};

enum generation_phase {
	GENERATION_BEGINS, /* its workers are being started */
	GENERATION_SERVES,
	GENERATION_DRAINS,
};

/* The master keeps eight that drain, one that serves, one that begins. */
#define MASTER_GENERATIONS 10

struct master_generation {
	uint64_t number;
	int64_t since_ms; /* CLOCK_MONOTONIC, of its start */
	uint32_t phase;	  /* enum generation_phase */
	uint32_t workers; /* alive */
};

struct master_status {
	int64_t started_ms;  /* CLOCK_MONOTONIC */
	int64_t started_us;  /* CLOCK_REALTIME */
	uint64_t generation; /* the one that serves; 0: none */
	int32_t pid;
	uint32_t state; /* enum master_state */
	uint32_t reloads, reloads_failed;
	uint32_t reload_waits; /* one was asked for and has not begun */
	uint32_t generation_count;
	struct master_generation generations[MASTER_GENERATIONS];
};

enum reload_outcome {
	RELOAD_NEVER, /* there was none */
	RELOAD_UNDER_WAY,
	RELOAD_SUCCEEDED,
	RELOAD_FAILED,
};

/* The last reload, or the last upgrade: of this master, or by which it came to
 * be. */
struct master_change {
	int64_t began_us; /* CLOCK_REALTIME */
	int64_t took_ms;
	uint32_t outcome;  /* enum reload_outcome */
	uint32_t graceful; /* a reload */
	int32_t before;	   /* an upgrade that succeeded: the pid of the master
			    * before */
	char error[1400];  /* lines, each with its newline, the first ones;
			    * ends with a NUL */
};

/* All workers since the start, the dead included. */
struct load_totals {
	uint64_t accepted, requests, bytes;
	uint64_t duration_ms; /* of requests that outlived a turn */
	uint64_t handed_over;
	uint64_t cpu_user_us, cpu_system_us;
};

struct load_sample {
	int64_t at_ms; /* CLOCK_MONOTONIC; 0: none */
	uint64_t requests, bytes, cpu_us;
};

/* Once a second; so many are kept. */
#define LOAD_SAMPLES 64

struct master_board {
	_Atomic uint32_t slots_used;
	_Atomic uint32_t newest; /* index in samples */
	/* Odd while a dead worker's counts move from its slot to gone: then a
	 * sum over both would be wrong. */
	_Atomic uint64_t moving;
	struct load_totals gone;
	_Atomic uint64_t status[SEQLOCK_WORDS(struct master_status)];
	_Atomic uint64_t reload[SEQLOCK_WORDS(struct master_change)];
	_Atomic uint64_t upgrade[SEQLOCK_WORDS(struct master_change)];
	_Atomic uint64_t
	    samples[LOAD_SAMPLES][SEQLOCK_WORDS(struct load_sample)];
};

/* ---- the master writes ---- */

void master_board_add_sample(struct master_board *, const struct load_sample *);

/* ---- anybody reads ---- */

/* False (and zeros) if it is always being written. */
bool master_board_status(
    const struct master_board *, struct master_status *status_r);
bool master_board_reload(
    const struct master_board *, struct master_change *reload_r);
bool master_board_upgrade(
    const struct master_board *, struct master_change *upgrade_r);
/* The youngest first; how many there are. */
unsigned master_board_samples(
    const struct master_board *, struct load_sample samples_r[LOAD_SAMPLES]);

#endif
