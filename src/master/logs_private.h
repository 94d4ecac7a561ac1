/* SPDX-License-Identifier: BSD-2-Clause */
/* What logs.c, the table of destinations, and logs_programs.c, the life of
 * the programs behind some of them, share. */
#ifndef DROVER_MASTER_LOGS_PRIVATE_H
#define DROVER_MASTER_LOGS_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "master/log_outlet.h"
#include "master/logs.h"
#include "master/respawn.h"

struct log_slot {
	unsigned number;
	enum log_dest_kind kind;
	char *text;	/* owned: path, command, … */
	unsigned users; /* generations */
	struct log_outlet outlet;
	struct log_outlet opened; /* while logs_open runs */
	bool fresh;		  /* opened is to replace outlet, */
	bool stays;		  /* or it stays and is used once more */
	bool broken;		  /* the logger found nobody at its other end */
	bool complained;	  /* that it cannot be opened again */
	uint64_t again;		  /* serial from which it is open after that;
				   * 0: not to be said */
	struct respawn respawn;	  /* of its program */
	int64_t started_ms;
	int64_t restart_ms; /* when to start it; 0: it runs */
	int64_t stuck_ms;   /* since when it is seen to take nothing; 0: it
			     * does */
	bool asked;	    /* to end, because of that */
	uint64_t serial;    /* with which outlet was sent */
	uint64_t closing;   /* serial that closes it; 0: in use */
};

/* A program that is no child of ours. */
struct log_watch {
	struct loop_source source; /* its pidfd, owned */
	struct logs *logs;
	pid_t pid;
};

struct log_surroundings logs_surroundings(const struct logs *);
/* Closes it; if a program reads it, that is remembered until it has ended. */
void logs_let_go(struct logs *, struct log_outlet *);

/* Its outlet goes; what the logger may need of it stays until it has swapped. */
void logs_retire(struct logs *, struct log_slot *);
/* It has, to what came with that serial. */
void logs_release_retired(struct logs *, uint64_t serial);

static inline bool
logs_is_dead_program(const struct log_slot *t)
{
	return t->outlet.pipe_read >= 0 && t->outlet.pid == 0 &&
	       t->outlet.share != LOG_LENT;
}

/* The program of the slot begins to read where the last one ended. */
int logs_revive(struct logs *, struct log_slot *, struct err *);
/* The same; if that fails it is said, and tried again later. */
void logs_restart_program(struct logs *, struct log_slot *);
/* It has ended; it is watched no more. */
void logs_watched_ended(struct log_watch *);
void logs_unwatch(struct log_watch **);
/* True if the master before left a pipe for it, which is t->opened now. */
bool logs_inherit(struct logs *, struct log_slot *);
/* Once a second: started where that is due, ended where it takes nothing. */
void logs_tick_program(struct logs *, struct log_slot *);

#endif
