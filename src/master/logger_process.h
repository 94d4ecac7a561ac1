/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The logger as the master sees it: a child that is told of rings and
 * descriptors.  If it dies, another is started and told everything anew; what
 * lies in rings and was not written is written by that one.
 */
#ifndef DROVER_MASTER_LOGGER_PROCESS_H
#define DROVER_MASTER_LOGGER_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "ipc/log_dest.h"
#include "logger/logger.h"
#include "master/crash_report.h"
#include "master/mailbox.h"
#include "master/respawn.h"
#include "master/rings.h"
#include "os/loop.h"

struct logger_process {
	/* set by the owner */
	struct loop *loop;
	struct log_board *board;
	struct privs privs;	   /* for its whole life */
	enum sandbox_mode sandbox; /* the same */
	int (*run)(const struct logger_setup *);
	/* Of the newest configuration, for the logger's own messages; the
	 * format is borrowed, NULL: the default. */
	int error_dest;
	const char *error_format;
	bool error_json;
	/* What children and programs say on standard error, for the logger to
	 * read; -1: theirs is the master's own.  A child does not wait for
	 * the logger (it may be the logger), a program does. */
	int stderr_pipe[2], program_pipe[2];
	/* In the forked child: what else the owner has is given up. */
	void (*forked)(struct logger_process *);
	/* A new logger knows nothing: all destinations are to be sent. */
	void (*send_dests)(struct logger_process *);
	/* It has swapped to what was committed with that serial. */
	void (*dests_done)(struct logger_process *, uint64_t serial);
	void (*dest_broken)(struct logger_process *, unsigned dest);
	void (*ring_done)(struct logger_process *, uint64_t generation);

	/* its own */
	pid_t pid; /* 0: none now */
	struct mailbox mailbox;
	struct rings rings;
	uint64_t serial; /* last one committed */
	struct respawn respawn;
	struct loop_timer respawn_timer;
	struct crash_reports crash_reports;
	int64_t started_ms;
	int64_t stopped_ms; /* by a signal, since when; 0: it is not */
	bool served;	    /* it has answered something */
	bool finishing;
	unsigned patience_ms; /* when it finishes; 0: its own */
	bool given_up;	      /* whatever it still has is lost */
};

/* Zeroed and then filled by the owner; sets what is its own. */
void logger_process_init(struct logger_process *);
/* Forks the logger and tells it what there is; -1 with err. */
int logger_process_start(struct logger_process *, struct err *);

/* The next serial, for a set of logger_process_dest. */
uint64_t logger_process_commit(struct logger_process *);
/* fd -1: nowhere.  It stays the caller's. */
void logger_process_dest(struct logger_process *, unsigned dest,
    enum log_dest_kind, const char *name, int fd);

/* A ring for a producer about to be forked: its number, -1 with errno. */
int logger_process_ring(struct logger_process *, uint64_t generation);
/* Its producer was reaped (or never came to be). */
void logger_process_ring_dead(struct logger_process *, unsigned ring);

/* By a signal, or continued after that. */
void logger_process_stopped(struct logger_process *, bool stopped);
/* It is of no use: another one follows. */
void logger_process_kill(struct logger_process *, const char *why);
/* The logger was reaped: another one follows, unless it was finishing. */
void logger_process_died(struct logger_process *, int status);
/*
 * No producer lives: it writes what there is, then ends.  A destination that
 * takes nothing for so long loses its lines; 0: as long as ever.
 */
void logger_process_finish(struct logger_process *, unsigned patience_ms);
/* It takes too long: it is killed and not replaced. */
void logger_process_give_up(struct logger_process *);
void logger_process_release(struct logger_process *);

#endif
