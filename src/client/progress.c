/* SPDX-License-Identifier: BSD-2-Clause */
/* "  34%  12.3 of 36.1 MiB  4.1 MiB/s  6 s left" */
#include "config.h"

#include <stdio.h>

#include "client/deadline.h"
#include "client/progress.h"

static const double MIB = 1024.0 * 1024.0;

void
progress_start(struct progress *p)
{
	p->started = deadline_now();
	p->next = p->started + PROGRESS_FIRST_MS;
	p->shown = false;
}

/* The blanks go over what a longer line before has left. */
static void
show(struct progress *p, int64_t done, int64_t total)
{
	double seconds = (double)(deadline_now() - p->started) / 1000;
	double rate = seconds > 0 ? (double)done / seconds : 0;

	if (total > 0)
		fprintf(stderr, "\r%4d%%  %.1f of %.1f MiB",
		    (int)((double)done * 100 / (double)total),
		    (double)done / MIB, (double)total / MIB);
	else
		fprintf(stderr, "\r%.1f MiB", (double)done / MIB);
	fprintf(stderr, "  %.1f MiB/s", rate / MIB);
	if (total > done && rate > 0)
		fprintf(
		    stderr, "  %.0f s left   ", (double)(total - done) / rate);
	else
		fprintf(stderr, "  %.0f s   ", seconds);
	fflush(stderr);
	p->shown = true;
}

void
progress_tick(struct progress *p, int64_t done, int64_t total)
{
	if (!p->on || deadline_now() < p->next)
		return;
	p->next = deadline_now() + PROGRESS_EVERY_MS;
	show(p, done, total);
}

void
progress_end(struct progress *p, int64_t done, int64_t total)
{
	if (!p->shown)
		return;
	show(p, done, total);
	fputs("\n", stderr);
	p->shown = false;
}
