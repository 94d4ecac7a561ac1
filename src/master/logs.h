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

struct inherit_logs;
struct log_slot;
struct log_watch;

/* A file that the logger has until it swaps with the serial `until`. */
struct log_retired {
	int fd; /* owned */
	unsigned number;
	uint64_t serial, until;
};

/* A program that is to read no more. */
struct log_leaving {
	pid_t pid;
	struct log_watch *watch; /* owned; NULL: it is our child */
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
	struct log_leaving *leaving; /* owned */
	unsigned leaving_count;
	/* What the master before left; NULL: there was none. */
	struct inherit_logs *inherited;
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

/* ---- the old master of an upgrade ---- */

/* Pipes that the next one may use are noted, before it is forked. */
void logs_offer(struct logs *);
/* In the child that will execute it; -1 with errno. */
int logs_give(const struct logs *);
/* It does use that one. */
void logs_share(struct logs *, unsigned number);
/* It is the server: it is told of the programs behind those, and they are its
 * own from then on. */
void logs_give_programs(struct logs *, struct mailbox *);

/* ---- the new master ---- */

/* Which pipes it uses of those that it was given. */
void logs_tell_shared(const struct logs *, struct mailbox *);
/* What the old one tells of a program; takes the message's descriptor. */
void logs_take_program(struct logs *, struct message *);
/* It is the server.  Programs that it was told nothing of get no more lines;
 * it starts its own. */
void logs_take_over(struct logs *);

#endif
