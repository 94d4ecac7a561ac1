/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker: one process, one epoll loop, many connections.  It is handed
 * everything by fork: configuration, listeners, its ring, its slot.
 */
#ifndef DROVER_WORKER_WORKER_H
#define DROVER_WORKER_WORKER_H

#include <sys/types.h>

#include "conf/conf.h"
#include "ipc/log_board.h"
#include "ipc/scoreboard.h"
#include "net/listener.h"
#include "os/privs.h"
#include "os/sandbox.h"

struct module;

struct worker_setup {
	const struct server_conf *conf;
	struct listener_set *listeners; /* the worker closes its copies */
	int channel;			/* to the master */
	int ring_fd;			/* its log ring's memfd */
	struct log_board *board;
	struct scoreboard *scoreboard;
	unsigned slot;
	unsigned number; /* the N of "worker N" */
	const struct privs *privs;
	enum sandbox_mode sandbox;
	pid_t master;		  /* its pid from before the fork; 0: -X,
				   * the master itself serves */
	unsigned max_connections; /* of this worker alone */
};

/*
 * The life of a worker, in the forked child: privileges dropped, READY sent,
 * requests served until the master says stop or drain, or is gone.  Returns
 * the exit status.
 */
int worker_run(const struct worker_setup *);

/*
 * Names all places below which a worker of that configuration serves files:
 * directories and single files, each once (without memory perhaps twice).
 */
void worker_roots(const struct server_conf *,
    void (*visit)(const char *path, void *data), void *data);

/* The main server's, absolute; NULL: none. */
const char *worker_document_root(const struct server_conf *);

/* Of what is handed over with a connection: a worker that says another number
 * cannot adopt it. */
uint64_t worker_handover_version(void);

/* Adds the sections of all rooms below and of modules[] to the schema. */
void worker_register(struct conf_schema *);

/* Rows of the worker: Timeout, KeepAliveTimeout, MaxConnectionsPerChild, … */
extern const struct conf_section worker_section;

#endif
