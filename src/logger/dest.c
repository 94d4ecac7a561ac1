/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of one destination.  It is either well (writes at once), waiting
 * (the output is full: watched, or tried again a little later) or dropping
 * (it was full for too long: lines are counted only, until it takes the line
 * that says how many).  Each change of the queue changes the ledger with it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "logger/dest_private.h"

/*
 * Of a logger before us that was killed: what it had in memory is lost, but
 * for the newest of it that are in a ring yet.  They will come again.
 */
static void
settle(struct log_board_dest *row)
{
	uint64_t appended = atomic_load(&row->appended);
	uint64_t written = atomic_load(&row->written);
	uint64_t queued = appended - written - atomic_load(&row->lost);
	uint64_t again = appended - atomic_load(&row->released);

	if (again > queued)
		again = queued;
	atomic_store(&row->appended, appended - again);
	atomic_store(&row->lost, appended - again - written);
	atomic_store(&row->queued, 0);
	atomic_store(&row->full, 0);
	atomic_store(&row->dropping, 0);
}

void
dest_released(struct dest_group *group)
{
	struct list_node *node;
	struct log_board_dest *row;

	/* Of one that is not busy nothing is in memory. */
	LIST_FOREACH (node, &group->busy) {
		row = LIST_ENTRY(node, struct dest, node)->ledger;
		atomic_store_explicit(&row->released,
		    atomic_load_explicit(&row->appended, memory_order_relaxed),
		    memory_order_relaxed);
	}
}

/* ---- birth and death ---- */

static void
output_ready(struct loop_source *source, uint32_t events)
{
	struct dest *d = LIST_ENTRY(source, struct dest, source);

	(void)events; /* an error shows at the next write */
	loop_remove(d->group->loop, &d->source);
	d->watched = false;
}

struct dest *
dest_create(struct dest_group *group, struct log_board *board, int id)
{
	struct dest *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	list_node_init(&d->node);
	d->group = group;
	d->ledger = &board->dest[id];
	settle(d->ledger);
	d->id = id;
	d->offered_fd = -1;
	output_init(&d->output);
	line_queue_init(&d->queue);
	d->source.fd = -1;
	d->source.ready = output_ready;
	return d;
}

void
dest_stop_watching(struct dest *d)
{
	if (d->watched)
		loop_remove(d->group->loop, &d->source);
	d->watched = false;
}

void
dest_destroy(struct dest **d_p)
{
	struct dest *d = *d_p;

	*d_p = NULL;
	if (d == NULL)
		return;
	list_remove(&d->node);
	dest_stop_watching(d);
	output_close(&d->output);
	line_queue_release(&d->queue);
	if (d->offered_fd != -1)
		close(d->offered_fd);
	free(d->offered_name);
	free(d->name);
	free(d);
}

/* ---- full, and for how long ---- */

static void
count_dropped(struct dest *d, size_t lines)
{
	dest_count(&d->ledger->lost, lines);
	dest_count(&d->ledger->queued, -(uint64_t)lines);
	d->dropped += lines;
}

static void
tell_full(struct dest *d, bool full)
{
	atomic_store_explicit(&d->ledger->full, full, memory_order_relaxed);
}

static void
set_dropping(struct dest *d, bool dropping)
{
	d->dropping = dropping;
	atomic_store_explicit(
	    &d->ledger->dropping, dropping, memory_order_relaxed);
}

const char *
dest_name(const struct dest *d)
{
	if (d->kind == LOG_DEST_STDOUT || d->kind == LOG_DEST_STDERR)
		return d->kind == LOG_DEST_STDOUT ? "stdout" : "stderr";
	if (d->kind == LOG_DEST_SYSLOG)
		return "syslog";
	if (d->kind == LOG_DEST_JOURNAL)
		return "the journal";
	return d->name != NULL ? d->name : d->offered_name;
}

static void
start_dropping(struct dest *d)
{
	set_dropping(d, true);
	count_dropped(d, line_queue_drop(&d->queue));
	tell_full(d, false);
	/* Comes back to dest_add if this is the error log: it counts it. */
	report(REPORT_ERROR, "logger",
	    "%s takes no lines, they are dropped and counted", dest_name(d));
}

static bool
end_dropping(struct dest *d)
{
	uint64_t dropped = d->dropped;

	/* First the rest of a line that is half out. */
	if (!dest_write_queue(d) || !dest_write_loss(d))
		return false;
	set_dropping(d, false);
	d->dropped = 0;
	d->stuck_since_ms = 0;
	report(REPORT_WARN, "logger", "%s takes lines again, %llu are lost",
	    dest_name(d), (unsigned long long)dropped);
	return true;
}

static bool
may_try(const struct dest *d)
{
	return d->output.way != OUTPUT_NONE && !d->watched &&
	       d->retry_at_ms <= clock_now_ms();
}

bool
dest_is_idle(const struct dest *d)
{
	return d->dropping || line_queue_count(&d->queue) == 0;
}

int64_t
dest_service(struct dest *d)
{
	struct dest_group *g = d->group;
	size_t len;

	if (may_try(d) && (!d->dropping || end_dropping(d)))
		(void)dest_write_queue(d);
	if (!d->dropping && d->stuck_since_ms != 0 &&
	    clock_now_ms() - d->stuck_since_ms >= g->stuck_ms)
		start_dropping(d);
	len = line_queue_len(&d->queue);
	if (len < g->soft / 2)
		tell_full(d, false);
	if (len == 0 && !d->dropping) {
		list_remove(&d->node);
		return INT64_MAX;
	}
	if (!d->watched && d->output.way != OUTPUT_NONE)
		return d->retry_at_ms;
	return d->dropping || d->stuck_since_ms == 0
		   ? INT64_MAX
		   : d->stuck_since_ms + g->stuck_ms;
}

/* False: there is no room, or no memory. */
static bool
enqueue(struct dest *d, struct span line)
{
	size_t len = line_queue_len(&d->queue) + line.len;

	if (len >= d->group->hard || !line_queue_add(&d->queue, line))
		return false;
	dest_count(&d->ledger->queued, 1);
	if (len >= d->group->soft)
		tell_full(d, true);
	return true;
}

void
dest_add(struct dest *d, struct span line)
{
	dest_count(&d->ledger->appended, 1);
	if (d->name == NULL && !d->offered) {
		dest_count(&d->ledger->lost, 1);
		return;
	}
	if (!list_linked(&d->node))
		list_append(&d->group->busy, &d->node);
	if (!d->dropping) {
		if (enqueue(d, line))
			return;
		start_dropping(d);
	}
	dest_count(&d->ledger->lost, 1);
	d->dropped++;
}

int
dest_offer(struct dest *d, enum log_dest_kind kind, const char *name, int fd)
{
	char *copy = strdup(name);

	if (copy == NULL) {
		if (fd != -1)
			close(fd);
		return -1;
	}
	if (d->offered_fd != -1)
		close(d->offered_fd);
	free(d->offered_name);
	d->offered = true;
	d->offered_kind = kind;
	d->offered_name = copy;
	d->offered_fd = fd;
	return 0;
}

/* Closed for good: nobody is left to whom the rest could be written. */
static void
retire(struct dest *d)
{
	count_dropped(d, line_queue_drop(&d->queue));
	set_dropping(d, false);
	d->dropped = 0;
	free(d->name);
	d->name = NULL;
	list_remove(&d->node);
	tell_full(d, false);
}

void
dest_commit(struct dest *d)
{
	if (!d->offered)
		return;
	dest_stop_watching(d);
	line_queue_rewind(&d->queue);
	output_set(&d->output, d->offered_kind, d->offered_fd);
	free(d->name);
	d->name = d->offered_name;
	d->kind = d->offered_kind;
	d->offered = false;
	d->offered_name = NULL;
	d->offered_fd = -1;
	d->stuck_since_ms = d->retry_at_ms = 0;
	if (d->kind == LOG_DEST_SYSLOG)
		syslog_form_init(&d->syslog, d->name);
	if (d->output.way == OUTPUT_NONE)
		retire(d);
}
