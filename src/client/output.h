/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where an answer is written to: standard output or a file, which is made when
 * there is something to write.  On a terminal, text is shown so that nothing
 * in it controls the terminal, and what is no text is refused.
 */
#ifndef DROVER_CLIENT_OUTPUT_H
#define DROVER_CLIENT_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "client/outcome.h"

struct output {
	const char *path; /* NULL: standard output */
	int fd;		  /* -1: not open */
	bool guard;	  /* a terminal, and nobody said "-o -" */
	int64_t body;	  /* bytes of the body that came */
	struct buf kept;  /* of a character that is not whole */
	struct buf text; /* to be written */
};

/* path is borrowed; NULL for standard output, "-" for it as it is. */
void output_init(struct output *, const char *path);
/* Closes the file; OUTCOME_WRITE if it turns out not to be written. */
enum outcome output_release(struct output *, struct err *);

/* Makes the file, also for an answer without body. */
enum outcome output_open(struct output *, struct err *);
/* Heads are written at once, bodies by output_flush() at the latest. */
enum outcome output_head(struct output *, struct span, struct err *);
enum outcome output_body(struct output *, struct span, struct err *);
enum outcome output_flush(struct output *, struct err *);
/* The body has ended. */
enum outcome output_body_end(struct output *, struct err *);

#endif
