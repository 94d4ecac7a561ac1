/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scripted transport.  The order within a call is: fail if the script
 * says so at this byte, else answer AGAIN at every second call, else move as
 * many bytes as the script allows.  The first call of a kind is never AGAIN's,
 * so a caller that stops at the first AGAIN has something to forget.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "memory_transport.h"

static struct memory_transport *
memory_of(struct transport *t)
{
	return t->data;
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* max as the script writes it: 0 is no bound. */
static size_t
bounded(size_t len, size_t max)
{
	return max == 0 ? len : smaller(len, max);
}

static int
memory_handshake(struct transport *t)
{
	struct memory_transport *m = memory_of(t);

	m->handshakes++;
	if (!m->script.handshake_again || m->handshakes == 3)
		return 1;
	return m->handshakes == 1 ? TRANSPORT_AGAIN_READ
				  : TRANSPORT_AGAIN_WRITE;
}

/* How far into the input this read may go. */
static size_t
read_end(const struct memory_transport *m, size_t len)
{
	size_t end = m->input_at + bounded(len, m->script.read_max);

	end = smaller(end, m->script.input.len);
	if (m->script.read_fails)
		end = smaller(end, m->script.read_fail_at);
	if (m->input_at < m->script.read_stop)
		end = smaller(end, m->script.read_stop);
	return end;
}

static ssize_t
memory_read(struct transport *t, void *data, size_t len)
{
	struct memory_transport *m = memory_of(t);
	size_t n;

	m->reads++;
	if (m->script.read_fails && m->input_at >= m->script.read_fail_at)
		return TRANSPORT_ERROR;
	if (m->script.read_again && m->reads % 2 == 0)
		return m->script.swapped ? TRANSPORT_AGAIN_WRITE
					 : TRANSPORT_AGAIN_READ;
	n = read_end(m, len) - m->input_at;
	if (n == 0)
		return m->script.input_ends ? TRANSPORT_END
					    : TRANSPORT_AGAIN_READ;
	memcpy(data, m->script.input.ptr + m->input_at, n);
	m->input_at += n;
	return (ssize_t)n;
}

/* The bytes that a write of len may take, or a result below zero. */
static ssize_t
write_room(struct memory_transport *m, size_t len)
{
	m->writes++;
	if (m->shut || m->closed)
		return TRANSPORT_ERROR;
	if (m->script.write_fails && m->output.len >= m->script.write_fail_at)
		return TRANSPORT_ERROR;
	if (m->script.write_again && m->writes % 2 == 0)
		return m->script.swapped ? TRANSPORT_AGAIN_READ
					 : TRANSPORT_AGAIN_WRITE;
	len = bounded(len, m->script.write_max);
	if (m->script.write_fails)
		len = smaller(len, m->script.write_fail_at - m->output.len);
	return (ssize_t)len;
}

static ssize_t
memory_writev(
    struct transport *t, const struct iovec *iov, int count, bool more)
{
	struct memory_transport *m = memory_of(t);
	size_t total = 0, left, n;
	ssize_t room;
	int i;

	for (i = 0; i < count; i++)
		total += iov[i].iov_len;
	room = write_room(m, total);
	if (room <= 0)
		return room;
	for (i = 0, left = (size_t)room; left > 0; i++, left -= n) {
		n = smaller(iov[i].iov_len, left);
		buf_add(&m->output, iov[i].iov_base, n);
	}
	m->ended_with_more = more;
	return buf_failed(&m->output) ? TRANSPORT_ERROR : room;
}

static ssize_t
memory_sendfile(struct transport *t, int fd, off_t offset, size_t len)
{
	struct memory_transport *m = memory_of(t);
	ssize_t room = write_room(m, smaller(len, 64 * 1024));
	ssize_t n;
	char *to;

	if (room <= 0)
		return room;
	to = buf_reserve(&m->output, (size_t)room);
	if (to == NULL)
		return TRANSPORT_ERROR;
	n = pread(fd, to, (size_t)room, offset);
	if (n == -1)
		return TRANSPORT_ERROR;
	buf_commit(&m->output, (size_t)n);
	m->ended_with_more = false;
	return n == 0 ? TRANSPORT_END : n;
}

static uint32_t
memory_want(const struct transport *t)
{
	(void)t;
	return 0;
}

static size_t
memory_pending(const struct transport *t)
{
	(void)t;
	return 0;
}

static int
memory_shutdown(struct transport *t)
{
	memory_of(t)->shut = true;
	return 1;
}

static void
memory_close(struct transport *t, bool reset)
{
	memory_of(t)->closed = true;
	memory_of(t)->reset = reset;
}

static const struct transport_ops memory_ops = {
	.handshake = memory_handshake,
	.read = memory_read,
	.writev = memory_writev,
	.sendfile = memory_sendfile,
	.want = memory_want,
	.pending = memory_pending,
	.unsent = memory_pending,
	.shutdown = memory_shutdown,
	.close = memory_close,
};

static const struct transport_ops memory_ops_copying = {
	.handshake = memory_handshake,
	.read = memory_read,
	.writev = memory_writev,
	.want = memory_want,
	.pending = memory_pending,
	.unsent = memory_pending,
	.shutdown = memory_shutdown,
	.close = memory_close,
};

void
memory_transport_init(
    struct memory_transport *m, const struct memory_script *script, size_t max)
{
	const struct transport_ops *ops =
	    script->no_sendfile ? &memory_ops_copying : &memory_ops;

	*m = (struct memory_transport){
		.transport = { .ops = ops, .fd = -1, .data = m },
		.script = *script,
	};
	buf_init(&m->output, max);
}

void
memory_transport_release(struct memory_transport *m)
{
	buf_release(&m->output);
}
