/* SPDX-License-Identifier: BSD-2-Clause */
/* Which answers send the client elsewhere, and how (RFC 9110, 15.4). Pure. */
#ifndef DROVER_CLIENT_REDIRECT_H
#define DROVER_CLIENT_REDIRECT_H

#include <stdbool.h>

/* True for a status whose Location is to be followed. */
bool redirect_applies(int status);
/*
 * The method of the next request: GET behind 303, and behind 301 and 302 in
 * the place of POST; else the same pointer.  What becomes GET loses its body.
 */
const char *redirect_method(int status, const char *method);

#endif
