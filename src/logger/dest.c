/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of one destination.  It is either well (writes at once), waiting
 * (the output is full: watched, or tried again a little later) or dropping
 * (it was full for too long: lines are counted only, until it takes the line
 * that says how many).  Each change of the queue changes the ledger with it.
 */
#include "config.h"

#include "logger/dest.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "ipc/error_line.h"

/* ---- the ledger: this process is its only writer ---- */

static void
count(_Atomic uint64_t *word, uint64_t n)
{
	atomic_store_explicit(word,
	    atomic_load_explicit(word, memory_order_relaxed) + n,
	    memory_order_relaxed);
}

/* Of a logger before us that was killed: what it had in memory is lost. */
static void
settle(struct log_board_dest *row)
{
	uint64_t appended = atomic_load(&row->appended);

	atomic_store(&row->lost, appended - atomic_load(&row->written));
	atomic_store(&row->queued, 0);
	atomic_store(&row->full, 0);
}

static void
count_written(struct dest *d, size_t lines)
{
	count(&d->ledger->written, lines);
	count(&d->ledger->queued, -(uint64_t)lines);
}

static void
count_dropped(struct dest *d, size_t lines)
{
	count(&d->ledger->lost, lines);
	count(&d->ledger->queued, -(uint64_t)lines);
	d->dropped += lines;
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

static void
stop_watching(struct dest *d)
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
	stop_watching(d);
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
tell_full(struct dest *d, bool full)
{
	atomic_store_explicit(&d->ledger->full, full, memory_order_relaxed);
}

static const char *
name_of(const struct dest *d)
{
	if (d->kind == LOG_DEST_STDOUT || d->kind == LOG_DEST_STDERR)
		return d->kind == LOG_DEST_STDOUT ? "stdout" : "stderr";
	if (d->kind == LOG_DEST_SYSLOG)
		return "syslog";
	return d->name != NULL ? d->name : d->offered_name;
}

static void
start_dropping(struct dest *d)
{
	d->dropping = true;
	count_dropped(d, line_queue_drop(&d->queue));
	tell_full(d, false);
	/* Comes back to dest_add if this is the error log: it counts it. */
	report(REPORT_ERROR, "logger",
	    "%s takes no lines, they are dropped and counted", name_of(d));
}

static void
refused(struct dest *d, int error)
{
	if (d->stuck_since_ms == 0)
		d->stuck_since_ms = clock_now_ms();
	if (output_is_gone(error)) {
		stop_watching(d);
		output_close(&d->output);
		d->group->broken(d);
		return;
	}
	d->source.fd = d->output.fd;
	if (error == EAGAIN && output_can_wait(&d->output) &&
	    loop_add(d->group->loop, &d->source, EPOLLOUT) == 0)
		d->watched = true;
	else
		d->retry_at_ms = clock_now_ms() + d->group->retry_ms;
}

/* ---- writing ---- */

/* Bytes of the queue for one write: what is shared gets whole lines only,
 * and no more of them than a pipe takes without mixing. */
static struct span
next_piece(struct dest *d)
{
	if (d->output.way == OUTPUT_SHARED)
		return line_queue_whole(&d->queue, PIPE_BUF);
	return line_queue_bytes(&d->queue);
}

static ssize_t
write_datagram(struct dest *d, struct span line)
{
	static char text[SYSLOG_LINE_MAX];
	size_t len = syslog_line_print(&d->syslog, line, clock_real(), text);

	return output_write(&d->output, text, len);
}

/*
 * Takes the half line at the file's end back.  Elsewhere, and where that
 * fails, its rest comes with the next write.
 */
static void
cut_half_line(struct dest *d)
{
	if (d->queue.begun > 0 && output_cut(&d->output, d->queue.begun))
		line_queue_rewind(&d->queue);
}

/* One write.  False: the output takes no more now. */
static bool
write_some(struct dest *d)
{
	struct span piece = next_piece(d);
	bool datagram = d->kind == LOG_DEST_SYSLOG;
	size_t lines;
	ssize_t n;

	if (datagram)
		n = write_datagram(d, line_queue_first(&d->queue));
	else
		n = output_write(&d->output, piece.ptr, piece.len);
	if (n < 0) {
		refused(d, errno);
		return false;
	}
	if (datagram)
		n = (ssize_t)line_queue_first(&d->queue).len + 1;
	lines = line_queue_take(&d->queue, (size_t)n);
	count_written(d, lines);
	/* A file that takes half a line, again and again, makes no progress. */
	if (lines > 0 || (n > 0 && d->output.way != OUTPUT_FILE))
		d->stuck_since_ms = 0;
	if (d->output.way != OUTPUT_FILE || (size_t)n == piece.len)
		return true;
	cut_half_line(d);
	refused(d, ENOSPC);
	return false;
}

static bool
write_queue(struct dest *d)
{
	while (line_queue_count(&d->queue) > 0)
		if (!write_some(d))
			return false;
	return true;
}

static size_t
print_loss(const struct dest *d, char to[ERROR_LINE_MAX])
{
	struct error_line line = { .time_us = clock_real_us(),
		.syslog = d->kind == LOG_DEST_SYSLOG,
		.level = REPORT_ERROR,
		.room = "logger",
		.pid = getpid() };
	char text[128];

	line.text = span_of(
	    text, (size_t)snprintf(text, sizeof(text),
		      "lines missing here, as they could not be written: %llu",
		      (unsigned long long)d->dropped));
	return error_line_print(&line, to);
}

/*
 * Writes the line that says how many are missing: one more line of the
 * ledger.  It says what was true when it was written, so it is never queued
 * unless its first part is out already.
 */
static bool
write_loss(struct dest *d)
{
	static char text[ERROR_LINE_MAX + 1];
	size_t len = print_loss(d, text);
	ssize_t n;

	text[len] = '\n';
	if (d->kind == LOG_DEST_SYSLOG) {
		n = write_datagram(d, span_of(text, len));
		if (n >= 0)
			n = (ssize_t)len + 1;
	} else {
		n = output_write(&d->output, text, len + 1);
	}
	if (n < 0) {
		refused(d, errno);
		return false;
	}
	if ((size_t)n <= len && output_cut(&d->output, (size_t)n)) {
		refused(d, ENOSPC);
		return false;
	}
	count(&d->ledger->appended, 1);
	if ((size_t)n > len)
		count(&d->ledger->written, 1);
	else if (line_queue_add(&d->queue, span_of(text, len))) {
		count(&d->ledger->queued, 1);
		(void)line_queue_take(&d->queue, (size_t)n);
	} else {
		count(&d->ledger->lost, 1);
	}
	return true;
}

static bool
end_dropping(struct dest *d)
{
	uint64_t dropped = d->dropped;

	/* First the rest of a line that is half out. */
	if (!write_queue(d) || !write_loss(d))
		return false;
	d->dropping = false;
	d->dropped = 0;
	d->stuck_since_ms = 0;
	report(REPORT_WARN, "logger", "%s takes lines again, %llu are lost",
	    name_of(d), (unsigned long long)dropped);
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
		(void)write_queue(d);
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
	count(&d->ledger->queued, 1);
	if (len >= d->group->soft)
		tell_full(d, true);
	return true;
}

void
dest_add(struct dest *d, struct span line)
{
	count(&d->ledger->appended, 1);
	if (d->name == NULL && !d->offered) {
		count(&d->ledger->lost, 1);
		return;
	}
	if (!list_linked(&d->node))
		list_append(&d->group->busy, &d->node);
	if (!d->dropping) {
		if (enqueue(d, line))
			return;
		start_dropping(d);
	}
	count(&d->ledger->lost, 1);
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
	d->dropping = false;
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
	stop_watching(d);
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
