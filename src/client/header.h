/* SPDX-License-Identifier: BSD-2-Clause */
/* Fields of a request as the command line gives them (-H). */
#ifndef DROVER_CLIENT_HEADER_H
#define DROVER_CLIENT_HEADER_H

#include <stdbool.h>

#include "base/span.h"
#include "client/options.h"

/*
 * Takes -H apart: "Name: value" sets, "Name:" is no field but removes the one
 * that would be sent by itself (*removes_r), "Name;" is sent empty.  False
 * for what could not stand in a head.
 */
bool header_parse(const char *text, struct span *name_r, struct span *value_r,
    bool *removes_r);
/* The first -H of that name; the same results. */
bool header_find(const struct options *, const char *name,
    struct span *value_r, bool *removes_r);

#endif
