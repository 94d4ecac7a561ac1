/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a master is given by who executed it: by the master that it replaces,
 * in one variable of ours, or by a service manager's socket activation
 * (sd_listen_fds(3)).  Descriptors stay open over exec and are told by number.
 */
#ifndef DROVER_MASTER_INHERIT_H
#define DROVER_MASTER_INHERIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/report.h"
#include "base/span.h"
#include "master/inherit_logs.h"
#include "net/listener.h"

#define INHERIT_VARIABLE "DROVER_UPGRADE"
/* More than any server has; also what a service manager may pass. */
#define INHERIT_MAX 1024

struct inherit {
	pid_t giver;		 /* the master to be replaced; 0: none */
	int channel;		 /* to it, owned; -1: none */
	struct listener_set set; /* owned */
	struct inherit_logs logs;
};

/* An empty one. */
#define INHERIT_NONE                                     \
	{                                                \
		.channel = -1, .logs = INHERIT_LOGS_NONE \
	}

/* One descriptor as the variable tells of it. */
struct inherit_entry {
	int fd;
	bool kept;
	char name[ADDR_TEXT_SIZE];
};

/*
 * "1 PID CHANNEL" and for each listener " FD=NAME", or " FD+NAME" for one that
 * a service manager keeps.  Names of interfaces may be in a NAME, and those
 * have no blanks.  entries has room for INHERIT_MAX.  How many there are, or
 * -1 with err; nothing is looked at but the text.
 */
int inherit_parse(struct span text, pid_t *giver_r, int *channel_r,
    struct inherit_entry *entries, struct err *);
/* How many descriptors, from 3 on, LISTEN_PID and LISTEN_FDS (may be NULL) give
 * to the process own; -1 with err. */
int inherit_count(const char *pid, const char *fds, pid_t own, struct err *);

/*
 * Takes the variables out of the environment and adopts what they tell of.
 * -1 with err: they make no sense.  What is no listener of a service manager's
 * is told of in the log, and left alone.
 */
int inherit_take(struct inherit *, struct err *);
/* A line for the log of the master to be replaced; nothing without one. */
void inherit_say(const struct inherit *, enum report_level, struct span line);
/* All descriptors, for the caller to free; NULL without memory. */
int *inherit_descriptors(const struct inherit *, size_t *count_r);
/* All that was not taken. */
void inherit_release(struct inherit *);

/*
 * In a child that will execute a new master: puts the variable into the
 * environment and lets its descriptors outlive that.  -1 with err.
 */
int inherit_give(
    pid_t giver, int channel, const struct listener_set *, struct err *);

#endif
