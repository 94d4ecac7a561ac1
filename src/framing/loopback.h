/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A framing without a connection, for tests of handlers: the text of a
 * request in, a struct response and its body out.
 *
 *	loopback_request(&l, conf, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
 *	some_handle(&l.exchange);
 *	loopback_answer(&l, &body);
 *	... l.exchange.response.status ...
 *	loopback_release(&l);
 */
#ifndef DROVER_FRAMING_LOOPBACK_H
#define DROVER_FRAMING_LOOPBACK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "http/exchange.h"

struct loopback {
	struct exchange_peer peer; /* 192.0.2.2:1024 to 192.0.2.1:80; may be
				    * changed before the handler looks */
	struct exchange exchange;
	struct span body; /* of the request, not yet given to a sink */
	_Alignas(max_align_t) char storage[2048];
};

/*
 * Makes the exchange of a request; what stands behind its head is its body.
 * The text is copied.  False: refused, with the status in the response.
 */
bool loopback_request(
    struct loopback *, const struct server_conf *, struct span text);
/*
 * Gives the request's body to the sink that the handler set, until it is full
 * (then call again) or all is given, and ended.  False: it was refused.
 */
bool loopback_upload(struct loopback *);
/*
 * Finishes the response and appends its body.  False: the body failed, waits,
 * or is not as long as was announced.
 */
bool loopback_answer(struct loopback *, struct buf *body);
void loopback_release(struct loopback *);

#endif
