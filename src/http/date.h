/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP dates (RFC 9110, 5.6.7).  Pure arithmetic: no locale, no time zone. */
#ifndef DROVER_HTTP_DATE_H
#define DROVER_HTTP_DATE_H

#include <stdbool.h>
#include <time.h>

#include "base/span.h"

/* "Sun, 06 Nov 1994 08:49:37 GMT" and a NUL */
#define DATE_SIZE 30

/* IMF-fixdate; years 0 to 9999. */
void date_print(time_t, char to[DATE_SIZE]);
/*
 * IMF-fixdate, RFC 850 (two-digit years are at most 50 years ahead of now)
 * and asctime; the day of the week is checked for being one, not for being
 * right.  False for anything else; the field is then ignored.
 */
bool date_parse(struct span, time_t now, time_t *time_r);

#endif
