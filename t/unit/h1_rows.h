/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of input and answers, each row run in every way in which bytes may
 * come and go: whole, byte by byte, split in two at each byte, with refusals
 * in between, without sendfile.  All ways must give the same.
 */
#ifndef UNIT_H1_ROWS_H
#define UNIT_H1_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/conf.h"

struct h1_row {
	const char *input;
	const char *log;  /* "METHOD target status body keep sent\n" … */
	const char *end;  /* as driver->end */
	const char *text; /* all that the peer gets; NULL: not compared */
};

/* ends: the peer closes its side behind the input. */
void h1_rows_check(
    const struct server_conf *, const struct h1_row *, size_t count, bool ends);

#endif
