/* SPDX-License-Identifier: BSD-2-Clause */
/* ErrorDocument: from an error to what is sent for it. */
#ifndef DROVER_WORKER_ERROR_ANSWER_H
#define DROVER_WORKER_ERROR_ANSWER_H

#include <stdbool.h>

#include "http/exchange.h"

/*
 * For an exchange with a response: puts in place of an error what ErrorDocument
 * has for it.  True: that is what the host answers for a path; the exchange
 * asks for it now, with its own settings, and is to be routed from map on.
 * Then this is called again, and makes what came of it the error's answer.
 */
bool error_answer(struct exchange *);

#endif
