/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the echo handler share. */
#ifndef DROVER_HANDLERS_ECHO_H
#define DROVER_HANDLERS_ECHO_H

#include "http/exchange.h"
#include "http/form.h"
#include "http/multipart.h"

/* So much of a body is kept: the text that is shown, or all names and values
 * of a form, which has so many. */
#define ECHO_VIEW_MAX (64 * 1024)
/* … and so much is shown of one that is no text. */
#define ECHO_HEX_MAX 512
#define ECHO_PAIRS_MAX 200
#define ECHO_PART_MAX (16 * 1024)

/* One request that is shown; in the exchange's arena. */
struct echo {
	struct exchange *x;
	struct body_sink sink;
	bool complete; /* nothing of the body is to come */
	bool is_form;
	uint64_t size;	 /* of the body */
	struct buf view; /* owned: its first bytes; the room of a form */
	struct form form, query;
	struct multipart *multipart; /* NULL: it is not such a form */
};

/* The part of the body that is shown as it is, where it is text: len 0 if it
 * is none. */
struct span echo_text(const struct echo *);

/* HEAD is shown as GET, or its Content-Length would be another. */
struct span echo_method(const struct echo *);

/* ---- echo_html.c, echo_json.c ---- */

void echo_print_html(struct buf *, const struct echo *);
void echo_print_json(struct buf *, const struct echo *);

#endif
