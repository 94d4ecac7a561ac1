/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of exchange.h. */
#ifndef DROVER_CLIENT_EXCHANGE_PRIVATE_H
#define DROVER_CLIENT_EXCHANGE_PRIVATE_H

#include "client/exchange.h"

/* The head, and as much of the body as goes at once. */
enum outcome exchange_begin(struct exchange *, struct err *);
/* Puts more of the body into out if that is empty and there is more. */
enum outcome exchange_fill(struct exchange *, struct err *);
/* Sends what goes.  A failure is kept for later: an answer may be there. */
void exchange_send(struct exchange *);
void exchange_stop_sending(struct exchange *);
bool exchange_has_output(const struct exchange *);

/* Reads once, and takes all events in it. */
enum outcome exchange_receive(struct exchange *, struct err *);

#endif
