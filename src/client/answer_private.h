/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the files of answer.h. */
#ifndef DROVER_CLIENT_ANSWER_PRIVATE_H
#define DROVER_CLIENT_ANSWER_PRIVATE_H

#include "client/answer.h"

/*
 * Takes what the fields of the head at data mean: how the body ends, whether
 * the connection lasts, Location.  NULL, or what makes the answer unreadable.
 */
const char *answer_read_fields(struct answer *, const char *data);

#endif
