/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The destinations of all generations: each distinct one is open once and
 * has a number, by which workers name it and the logger knows it.
 */
#ifndef DROVER_MASTER_LOGS_H
#define DROVER_MASTER_LOGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "conf/conf.h"
#include "ipc/log_board.h"
#include "master/log_outlet.h"
#include "master/logger_process.h"

struct log_slot;

/* A file that the logger has until it swaps with the serial `until`. */
struct log_retired {
	int fd; /* owned */
	unsigned number;
	uint64_t serial, until;
};

struct logs {
	struct logger_process *logger;
	const struct log_board *board; /* of which the ledger is read */
	int stderr_fd;		       /* as log_surroundings */
	bool has_streams;
	struct privs user;	   /* of the newest configuration */
	struct log_slot **targets; /* owned; by number, NULL: free */
	unsigned count;
	struct log_retired *retired; /* owned */
	unsigned retired_count;
	pid_t *leaving; /* owned: programs that are to read no more */
	unsigned leaving_count;
	bool ending; /* programs are not started again */
	uint64_t acknowledged; /* the last serial that the logger swapped to */
};

/* The logger's own messages are conf's from the next commit on. */
void logs_follow(struct logs *, const struct server_conf *);
/*
 * Opens all destinations of the configuration, anew where they are open
 * (so logs are reopened and programs started anew by every reload), and writes
 * their numbers into it.  The logger is told; *serial_r is what it will
 * acknowledge.  -1 with err: nothing has changed.
 */
int logs_open(struct logs *, const struct server_conf *, const struct privs *,
    uint64_t *serial_r, struct err *);
/* Opens all destinations of an open configuration anew, as logs_open does. */
int logs_reopen(struct logs *, const struct server_conf *, uint64_t *serial_r,
    struct err *);
/* The configuration's workers and their rings are gone. */
void logs_leave(struct logs *, const struct server_conf *);
/* For a new logger: all of them. */
void logs_send(struct logs *);
/* It is dead, and no other was started: what it was at is settled. */
void logs_logger_died(struct logs *);
/* It has swapped to what came with that serial. */
void logs_done(struct logs *, uint64_t serial);
/*
 * Once a second: files that were moved or removed are opened again, programs
 * that could not live are started again, those that read nothing are ended,
 * what nobody uses is closed.
 */
void logs_tick(struct logs *);
/* The logger cannot write to it any more. */
void logs_broken(struct logs *, unsigned number);
/* True if the pid was that of a program; it is started again. */
bool logs_program_ended(struct logs *, pid_t pid, int status);
/* The end: programs are let go. */
void logs_close(struct logs *);
/* Those that run and are to read no more. */
unsigned logs_programs(const struct logs *);
/* For those that do not see the end of their input. */
void logs_end_programs(const struct logs *, int signal);
void logs_release(struct logs *);

#endif
