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
/* Until another logger may have written what it has. */
#define TURN_MS 10

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
		/* Nobody has the half of a line that went. */
		line_queue_rewind(&d->queue);
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

/* Nobody writes between the two halves of a line. */
static void
end_turn(struct dest *d)
{
	if (d->queue.begun == 0)
		output_end_turn(&d->output);
}

static bool
take_turn(struct dest *d)
{
	if (output_take_turn(&d->output))
		return true;
	if (d->stuck_since_ms == 0)
		d->stuck_since_ms = clock_now_ms();
	d->retry_at_ms = clock_now_ms() + TURN_MS;
	return false;
}

/*
 * Bytes of the queue for one write.  What others write to as well gets whole
 * lines only, and no more of them than a pipe takes without mixing.  So do our
 * own pipes: those it takes all or none of, and if we are killed as we write,
 * none is torn.  Behind a line that was half out others have their turn.
 */
static struct span
next_piece(struct dest *d)
{
	if (d->output.takes_turns && d->queue.begun > 0)
		return line_queue_rest(&d->queue);
	if (d->output.way == OUTPUT_SHARED || d->output.takes_turns)
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
	size_t begun = d->queue.begun;
	off_t size;

	if (begun == 0 || (size = output_size(&d->output, true)) < (off_t)begun)
		return;
	log_store_begin(
	    d->stored, LOG_STORE_CUTTING, (uint64_t)size - begun, begun);
	if (output_cut(&d->output, begun))
		line_queue_rewind(&d->queue);
	log_store_end(d->stored);
}

/*
 * What it takes is taken off the queue.  If we are killed as write returns,
 * the offset of a file tells what went (ipc/log_store.h).
 */
static ssize_t
write_piece(struct dest *d, struct span piece, size_t *lines_r)
{
	off_t size = output_size(&d->output, d->queue.begun > 0);
	ssize_t n;
	int error;

	if (size >= 0) {
		log_store_set(&d->stored->serial, d->serial);
		log_store_begin(
		    d->stored, LOG_STORE_WRITING, (uint64_t)size, piece.len);
	}
	n = output_write(&d->output, piece.ptr, piece.len);
	error = errno;
	*lines_r = n > 0 ? line_queue_take(&d->queue, (size_t)n) : 0;
	log_store_end(d->stored);
	errno = error;
	return n;
}

static ssize_t
write_first(struct dest *d, size_t *lines_r)
{
	struct span line = line_queue_first(&d->queue);
	ssize_t n = write_datagram(d, line);

	*lines_r = n >= 0 ? line_queue_take(&d->queue, line.len + 1) : 0;
	return n;
}

/* One write.  False: the output takes no more now.  (A file that took a part
 * says why at the next attempt.) */
static bool
write_some(struct dest *d)
{
	size_t lines;
	ssize_t n;

	if (!take_turn(d))
		return false;
	n = d->kind == LOG_DEST_SYSLOG ? write_first(d, &lines)
				       : write_piece(d, next_piece(d), &lines);
	if (n <= 0) {
		int error = n < 0 ? errno : EAGAIN;

		cut_half_line(d);
		end_turn(d);
		refused(d, error);
		return false;
	}
	end_turn(d);
	dest_count_written(d, lines);
	/* A file that takes half a line, again and again, makes no progress. */
	if (lines > 0 || d->output.way != OUTPUT_FILE) {
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
	dest_count(&d->ledger->appended, 1);
	if ((size_t)n > len)
		dest_count(&d->ledger->written, 1);
	else if (line_queue_add(&d->queue, span_of(text, len))) {
		dest_count(&d->ledger->queued, 1);
		dest_keep(d);
		(void)line_queue_take(&d->queue, (size_t)n);
	} else {
		dest_count(&d->ledger->lost, 1);
	}
	return true;
}

bool
dest_write_loss(struct dest *d)
{
	bool written;

	if (!take_turn(d))
		return false;
	written = write_loss(d);
	end_turn(d);
	return written;
}
