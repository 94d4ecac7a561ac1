/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a download is, in one line of a terminal that is written over. */
#ifndef DROVER_CLIENT_PROGRESS_H
#define DROVER_CLIENT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* What is over sooner needs none; then a line so often. */
#define PROGRESS_FIRST_MS 1000
#define PROGRESS_EVERY_MS 250

struct progress {
	bool on;	 /* standard error is a terminal, the body goes
			  * elsewhere, and nobody said -s */
	bool shown;
	int64_t started; /* deadline_now() */
	int64_t next;	 /* when the next line is due */
};

void progress_start(struct progress *);
/* done of total bytes (-1: not known); shows a line when one is due. */
void progress_tick(struct progress *, int64_t done, int64_t total);
/* The last line, if there was one before. */
void progress_end(struct progress *, int64_t done, int64_t total);

#endif
