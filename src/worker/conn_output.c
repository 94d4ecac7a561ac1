/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One batch of a framing's output to the transport.  The lines of exchanges
 * that end in the batch are staged in the log ring first and published by how
 * far the write came: a worker that is killed as send() returns has the line
 * where the logger finds it.  Nothing may be reported between stage and
 * publish, since the error log shares the ring.
 */
#include "config.h"

#include <sys/uio.h>
#include <unistd.h>

#include "log/access_log.h"
#include "worker/conn_output.h"

/* For transports without sendfile: bytes of a file copied a turn. */
#define COPY_SIZE (64 * 1024)

/* Cuts the batch to its first `bytes` bytes, which end with an exchange. */
static void
batch_cut(struct output_batch *batch, size_t bytes)
{
	size_t left = bytes;
	int i;

	if (bytes > batch->iov_bytes)
		return;
	for (i = 0; i < batch->iov_count && left > 0; i++) {
		if (batch->iov[i].iov_len > left)
			batch->iov[i].iov_len = left;
		left -= batch->iov[i].iov_len;
	}
	batch->iov_count = i;
	batch->iov_bytes = bytes;
	batch->fd = -1;
	batch->file_bytes = 0;
}

/*
 * Stages the lines of all that ends in the batch.  Where the ring has no room
 * for all, the batch is cut behind the last that found some; false when
 * none did.
 */
static bool
stage_lines(struct output_batch *batch, uint64_t *marks)
{
	unsigned i;

	for (i = 0; i < batch->ending_count; i++)
		if (!access_log_stage(batch->ending[i], &marks[i]))
			break;
	if (i == batch->ending_count)
		return true;
	batch->ending_count = i;
	if (i == 0)
		return false;
	batch_cut(batch, batch->end_at[i - 1]);
	return true;
}

/* Publishes the lines of what was sent whole, takes the others back. */
static void
publish_lines(
    const struct output_batch *batch, const uint64_t *marks, size_t sent)
{
	unsigned whole = 0;

	while (whole < batch->ending_count && batch->end_at[whole] <= sent)
		whole++;
	if (whole > 0)
		access_log_publish(marks[whole - 1]);
	if (whole < batch->ending_count)
		access_log_unstage();
}

static ssize_t
copy_piece(struct transport *t, int fd, off_t offset, size_t len)
{
	static char block[COPY_SIZE];
	struct iovec iov = { .iov_base = block };
	size_t size = len < sizeof(block) ? len : sizeof(block);
	ssize_t n = pread(fd, block, size, offset);

	if (n <= 0)
		return n == 0 ? TRANSPORT_END : TRANSPORT_ERROR;
	iov.iov_len = (size_t)n;
	return t->ops->writev(t, &iov, 1, (size_t)n < len);
}

/*
 * Sends until all went or the transport can take no more.  Less than that is
 * no sign of either: the file may end here, then nothing would tell when to go
 * on; so it is asked again.  What shrank cannot be what was announced.
 */
static ssize_t
send_file(struct transport *t, const struct output_batch *batch, bool *failed_r)
{
	size_t sent = 0;

	while (sent < batch->file_bytes) {
		off_t offset = batch->offset + (off_t)sent;
		size_t left = batch->file_bytes - sent;
		ssize_t n = t->ops->sendfile == NULL
				? copy_piece(t, batch->fd, offset, left)
				: t->ops->sendfile(t, batch->fd, offset, left);

		if (n <= 0) {
			*failed_r = n == TRANSPORT_END || n == TRANSPORT_ERROR;
			break;
		}
		sent += (size_t)n;
	}
	return (ssize_t)sent;
}

/*
 * The memory part, then the file.  Returns the bytes that went (0: blocked),
 * or TRANSPORT_ERROR; *failed_r: they went, but no more can follow.
 */
static ssize_t
transmit(struct transport *t, const struct output_batch *batch, bool *failed_r)
{
	ssize_t head = 0;

	if (batch->iov_count > 0) {
		head = t->ops->writev(
		    t, batch->iov, batch->iov_count, batch->file_bytes > 0);
		if (head == TRANSPORT_ERROR)
			return TRANSPORT_ERROR;
		if (head < 0)
			return 0;
		if ((size_t)head < batch->iov_bytes)
			return head;
	}
	return head + send_file(t, batch, failed_r);
}

enum conn_output_result
conn_output(struct conn *c, size_t limit, size_t *written_r)
{
	static struct output_batch batch;
	uint64_t marks[OUTPUT_IOV_MAX];
	bool failed = false;
	ssize_t n;

	if (!c->framed.ops->output(&c->framed, &batch, limit))
		return CONN_OUTPUT_NOTHING;
	if (!stage_lines(&batch, marks))
		return CONN_OUTPUT_PARKED;
	n = transmit(&c->transport, &batch, &failed);
	publish_lines(&batch, marks, n < 0 ? 0 : (size_t)n);
	if (n < 0)
		return CONN_OUTPUT_FAILED;
	*written_r = (size_t)n;
	c->framed.ops->sent(&c->framed, (size_t)n);
	slot_add(&c->worker->slot->bytes_sent, (uint64_t)n);
	if (failed)
		return CONN_OUTPUT_FAILED;
	return (size_t)n < batch.iov_bytes + batch.file_bytes
		   ? CONN_OUTPUT_BLOCKED
		   : CONN_OUTPUT_WROTE;
}
