/* SPDX-License-Identifier: BSD-2-Clause */
/* The head of a request: what goes by itself, and what -H changes of it. */
#ifndef DROVER_CLIENT_REQUEST_H
#define DROVER_CLIENT_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "client/options.h"
#include "client/upload.h"
#include "client/url.h"

struct request {
	const char *method;
	const struct url *url;
	const char *target;    /* in the place of the URL's, or NULL */
	struct span userinfo;  /* as in a URL; may be empty */
	struct upload *upload; /* NULL: no body */
	bool chunked;
	bool expect;  /* wait for 100 (Continue) before the body */
	bool foreign; /* not the server that the user named: no secrets */
};

/*
 * Fills chunked and expect in.  OUTCOME_USAGE for a body that HTTP/1.0 has no
 * way to send.
 */
enum outcome request_init(struct request *, const struct options *,
    struct err *);
/* The head with its empty line. */
enum outcome request_print(const struct request *, const struct options *,
    struct buf *, struct err *);
/* True when the connection is to end with this request. */
bool request_closes(const struct options *);
bool request_is_head(const struct request *);
/* True when it may be sent again without asking (RFC 9110, 9.2.2). */
bool request_is_idempotent(const struct request *);

#endif
