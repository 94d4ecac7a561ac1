/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a request would come to, step by step, found by the code that serves:
 * a connection without a socket, read by the framing and led by route().
 * Nothing is sent, and no log hears of it.
 */
#ifndef DROVER_WORKER_EXPLAIN_H
#define DROVER_WORKER_EXPLAIN_H

#include "base/buf.h"
#include "base/err.h"
#include "conf/conf.h"

struct explain_request {
	const char *method;	   /* "GET" */
	const char *url;	   /* a path, or http://host:port/path */
	const char *from;	   /* the client's address; NULL: this
				    * machine's */
	const char *const *fields; /* "Name: value", NULL-terminated */
};

/* Columns of the name of a step; lines that go on begin with a blank. */
#define EXPLAIN_LABEL 11

/*
 * Opens the document roots, as a worker does before it drops privileges;
 * explain_request is for after that.  Once in a process.
 */
int explain_prepare(const struct server_conf *, struct err *);
/* -1 with err if the request cannot be made: an address that is none. */
int explain_request(const struct server_conf *, const struct explain_request *,
    struct buf *out, struct err *);

#endif
