/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the lines of a destination go out: as many in one write as it takes, a
 * datagram each for syslog, whole lines for streams that others write to as
 * well; and what is done with half a line.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "ipc/error_line.h"
#include "logger/dest_private.h"

#define COMPLAIN_MS 1000

/* Why nothing can be written, once for each time, and once a second at most.
 * If this is the error log, it will be there once it can be. */
static void
complain(struct dest *d, int error)
{
	int64_t now = clock_now_ms();

	if (error == EAGAIN || d->complained || d->dropping ||
	    (d->complained_ms != 0 && now - d->complained_ms < COMPLAIN_MS))
		return;
	d->complained = true;
	d->complained_ms = now;
	errno = error;
	report_errno(
	    REPORT_ERROR, "logger", "cannot write to %s", dest_name(d));
}

/* The output takes no more now: when to try again. */
static void
refused(struct dest *d, int error)
{
	if (d->stuck_since_ms == 0)
		d->stuck_since_ms = clock_now_ms();
	if (output_is_gone(error)) {
		dest_stop_watching(d);
		output_close(&d->output);
		d->group->broken(d);
		complain(d, error);
		return;
	}
	d->source.fd = d->output.fd;
	if (error == EAGAIN && output_can_wait(&d->output) &&
	    loop_add(d->group->loop, &d->source, EPOLLOUT) == 0)
		d->watched = true;
	else
		d->retry_at_ms = clock_now_ms() + d->group->retry_ms;
	complain(d, error);
}

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

/* One write.  False: the output takes no more now.  (A file that took a part
 * says why at the next attempt.) */
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
	if (n <= 0) {
		int error = n < 0 ? errno : EAGAIN;

		cut_half_line(d);
		refused(d, error);
		return false;
	}
	if (datagram)
		n = (ssize_t)line_queue_first(&d->queue).len + 1;
	lines = line_queue_take(&d->queue, (size_t)n);
	dest_count_written(d, lines);
	/* A file that takes half a line, again and again, makes no progress. */
	if (lines > 0 || (n > 0 && d->output.way != OUTPUT_FILE)) {
		d->stuck_since_ms = 0;
		d->complained = false;
	}
	return true;
}

bool
dest_write_queue(struct dest *d)
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
		.severity = log_dest_has_severity(d->kind),
		.level = REPORT_ERROR,
		.room = "logger",
		.pid = getpid() };
	char text[128];

	if (d->id == d->group->error_dest)
		line.format = d->group->error_format;
	line.text = span_of(
	    text, (size_t)snprintf(text, sizeof(text),
		      "lines missing here, as they could not be written: %llu",
		      (unsigned long long)d->dropped));
	return error_line_print(&line, to);
}

/* It says what was true when it was written, so it is never queued unless its
 * first part is out already. */
bool
dest_write_loss(struct dest *d)
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
	dest_count(&d->ledger->appended, 1);
	if ((size_t)n > len)
		dest_count(&d->ledger->written, 1);
	else if (line_queue_add(&d->queue, span_of(text, len))) {
		dest_count(&d->ledger->queued, 1);
		(void)line_queue_take(&d->queue, (size_t)n);
	} else {
		dest_count(&d->ledger->lost, 1);
	}
	return true;
}
