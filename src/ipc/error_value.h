/* SPDX-License-Identifier: BSD-2-Clause */
/* What the letters of an ErrorLogFormat stand for. */
#ifndef DROVER_IPC_ERROR_VALUE_H
#define DROVER_IPC_ERROR_VALUE_H

#include "base/err.h"
#include "ipc/error_line.h"

/* 0 if there is such a letter, and it takes that {argument} (ptr NULL: none
 * was given); -1 with err. */
int error_value_check(char letter, struct span argument, struct err *);

/*
 * Its value for a line, not escaped; empty: it has none.  It may borrow from
 * the line and from scratch.
 */
struct span error_value(const struct error_line *, char letter,
    struct span argument, char scratch[ERROR_VALUE_SCRATCH]);

#endif
