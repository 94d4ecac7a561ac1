/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request and its answer over one connection, both at the same time: a
 * server may answer while the body is still on its way.
 */
#ifndef DROVER_CLIENT_EXCHANGE_H
#define DROVER_CLIENT_EXCHANGE_H

#include "client/answer.h"
#include "client/conn.h"
#include "client/output.h"
#include "client/progress.h"
#include "client/request.h"

/* What is still to be sent once exchange.out is sent. */
enum exchange_sending {
	EXCHANGE_BODY,
	EXCHANGE_WAITS,	  /* the body, after 100 (Continue) or a second */
	EXCHANGE_DONE,	  /* nothing */
	EXCHANGE_STOPPED, /* something, but nobody wants it any more */
};

struct exchange {
	/* in, all borrowed */
	const struct options *options;
	const struct request *request;
	struct conn *conn;
	struct output *output;
	struct trace *trace;
	int64_t deadline;

	/* out */
	struct answer answer;
	bool discards;	     /* the body was not for the output: a redirect
			      * that is followed, a failure with -f */
	bool expect_refused; /* 417: to be sent again without Expect */
	bool keeps;	     /* the connection can take another request */

	/* private */
	enum exchange_sending sending;
	bool ended;
	bool upload_waits;    /* for its pipe */
	int send_error;	      /* errno; 0: none */
	int64_t continue_by;  /* the end of that second */
	int64_t discarded;
	struct buf out;
	size_t sent;	/* bytes of out */
	size_t excess; /* bytes received behind the current event */
	struct progress progress;
};

void exchange_init(struct exchange *);
void exchange_release(struct exchange *);
/*
 * From the first byte sent to the last of the answer.  Any status is
 * OUTCOME_OK here; on failure the connection is of no more use.
 */
enum outcome exchange_run(struct exchange *, struct err *);

#endif
