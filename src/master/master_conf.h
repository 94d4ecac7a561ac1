/* SPDX-License-Identifier: BSD-2-Clause */
/* The master's directives, and what follows from them and the machine. */
#ifndef DROVER_MASTER_MASTER_CONF_H
#define DROVER_MASTER_MASTER_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"
#include "os/privs.h"
#include "os/sandbox.h"

extern const struct conf_section master_section;

#define MASTER_CONF_IGNORED 14

struct master_conf {
	const char *user, *group;   /* of workers and logger, if root */
	const char *control_socket; /* absolute; "": none, NULL: not set */
	const char *pid_file;	    /* absolute; NULL: none */
	int workers;		    /* -1: auto; 0: not set */
	int start_servers;	    /* 0: not set */
	int max_connections;	    /* of all workers; 0: not set */
	int64_t worker_timeout_ms;
	int64_t upgrade_timeout_ms;
	int64_t graceful_timeout_ms;	  /* 0: unbounded */
	int sandbox;			  /* enum sandbox_mode */
	int ignored[MASTER_CONF_IGNORED]; /* of Apache's, no effect here */
};

static inline const struct master_conf *
master_conf_get(const struct server_conf *conf)
{
	return conf_get(conf, &master_section);
}

/* Where the control socket is to be: as set, or beside the pid file.  False:
 * there is none. */
#define MASTER_CONF_PATH_MAX 4096
bool master_conf_control_path(
    const struct server_conf *, char *path_r, size_t size);
static inline enum sandbox_mode
master_conf_sandbox(const struct server_conf *conf)
{
	return (enum sandbox_mode)master_conf_get(conf)->sandbox;
}

/* Workers, StartServers or processors: how many workers there are to be. */
unsigned master_conf_workers(const struct server_conf *);
/* Connections that one worker of so many may hold. */
unsigned master_conf_connections(const struct server_conf *, unsigned workers);
/* Whom workers and logger become; -1 with err. */
int master_conf_privs(const struct server_conf *, struct privs *, struct err *);

#endif
