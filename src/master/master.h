/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master process: holds what all duties share.  Each duty is a file of
 * its own (children, logs, reload, stop, relay); master.c decides which of
 * them has something to do.
 */
#ifndef DROVER_MASTER_MASTER_H
#define DROVER_MASTER_MASTER_H

#include <stdbool.h>

#include "conf/conf.h"
#include "ipc/log_ring.h"
#include "logger/logger.h"
#include "master/children.h"
#include "master/control.h"
#include "master/heartbeat.h"
#include "master/inherit.h"
#include "master/logger_process.h"
#include "master/logs.h"
#include "master/notices.h"
#include "master/relay.h"
#include "master/service.h"
#include "master/upgrade.h"
#include "os/loop.h"
#include "os/pidfile.h"
#include "os/signals.h"
#include "worker/worker.h"

/* How the server is to run: from the command line. */
struct master_setup {
	const struct conf_schema *schema;
	const struct conf_options *conf;
	bool foreground;
	bool single;	   /* one worker, whatever Workers says */
	bool needs_folder; /* arguments have paths from where it started */
	struct inherit *inherit; /* NULL: nothing */
	/* What children do; tests put others here. */
	int (*run_worker)(const struct worker_setup *);
	uint64_t handover_version; /* of its workers */
	int (*run_logger)(const struct logger_setup *);
};

/* Of every change of who serves: a reload, an upgrade, a stop. */

/* So many generations and masters may drain at once. */
#define MASTER_DRAINING_MAX 8
/* Handshakes under way on a listener that is to be closed end by then. */
#define MASTER_GRACE_MS 30
/* An old worker that is stuck may accept no more, but cannot say so. */
#define MASTER_QUIET_MS 1000

enum reload_mode {
	RELOAD_NONE,
	RELOAD_GRACEFUL, /* old workers drain */
	RELOAD_AT_ONCE,	 /* old workers end */
};

enum reload_state {
	RELOAD_IDLE,
	RELOAD_LOGGER,	/* the logger is to swap destinations */
	RELOAD_WORKERS, /* new workers are to become ready */
	RELOAD_GRACE,	/* removed listeners: handshakes finish */
	RELOAD_QUIET,	/* old workers are to accept no more */
};

struct reload {
	enum reload_state state;
	enum reload_mode mode;	 /* of the one under way */
	enum reload_mode wanted; /* of the next: several requests are
				  * one */
	struct generation *next; /* being built */
	struct generation *old;	 /* RELOAD_QUIET: the one before */
	uint64_t serial;	 /* that the logger is to acknowledge */
	struct loop_timer timer; /* RELOAD_GRACE, RELOAD_QUIET */
	struct root_pace roots;	 /* of requests that a root made */
};

enum stop_state {
	STOP_NOT,
	STOP_GRACE,    /* listeners refuse; handshakes finish */
	STOP_DRAINING, /* workers finish what they have */
	STOP_KILLING,  /* workers end at once */
	STOP_LOGGER,   /* the logger writes the last lines */
	STOP_PROGRAMS, /* log programs read the last lines */
	STOP_DONE,
};

struct stop {
	enum stop_state state;
	bool programs_told; /* to end: the next time they are made to */
	bool at_once; /* nothing is waited for that may never come */
	struct loop_timer timer;
};

struct master {
	const struct master_setup *setup;
	struct loop *loop;
	struct loop_source signals;
	struct loop_timer tick; /* once a second */
	struct log_board board;
	struct log_ring ring; /* of the master's own lines */
	struct logger_process logger;
	struct logs logs;
	struct children children;
	struct generation *current; /* the one that serves; NULL: none */
	uint64_t generations;	    /* so many were built */
	struct relay relay;
	struct heartbeat heartbeat;
	struct notices notices; /* what all may know */
	struct service service;
	struct reload reload;
	struct stop stop;
	struct control control;
	struct upgrade upgrade;
	struct pidfile pidfile;
	struct pidfile next_pidfile; /* of reload.next, if it is another */
	bool serving;		     /* start-up is over */
	bool said_unconfined;	     /* ... and what the sandbox lacks */
	int status;		     /* to exit with */
	struct err err;		     /* why it could not start */
};

/*
 * Starts the server with conf (taken over) and runs it until it is stopped:
 * the exit status.  In the background, the caller's process has exited by
 * then, once the server served.  Why it could not start is in *err, which is
 * empty otherwise.
 */
int master_run(
    const struct master_setup *, struct server_conf *conf, struct err *err);

#endif
