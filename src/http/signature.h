/* SPDX-License-Identifier: BSD-2-Clause */
/* ServerSignature and ServerAdmin: who answers, on pages that the server makes
 * itself. */
#ifndef DROVER_HTTP_SIGNATURE_H
#define DROVER_HTTP_SIGNATURE_H

#include "base/span.h"

struct exchange;

/* An <address> of its own line, in the exchange's arena; empty where none is
 * wanted, or without memory. */
struct span signature_line(struct exchange *);
/* Puts it, and whom to write to about a 500, at the end of the response's small
 * page. */
void signature_sign(struct exchange *);

#endif
