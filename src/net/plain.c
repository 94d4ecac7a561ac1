/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plain TCP as a transport: one system call for each operation, their errors
 * reduced to "again", "end" and "gone".  Which error it was does not matter
 * to a server: the peer went, and there is nobody to tell.
 */
#include "config.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/transport.h"

/* The result for a call that failed with errno. */
static ssize_t
failed(enum transport_result again)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return again;
	return TRANSPORT_ERROR;
}

static int
plain_handshake(struct transport *t)
{
	(void)t;
	return 1;
}

static ssize_t
plain_read(struct transport *t, void *data, size_t len)
{
	ssize_t n;

	do
		n = recv(t->fd, data, len, 0);
	while (n == -1 && errno == EINTR);
	return n == -1 ? failed(TRANSPORT_AGAIN_READ) : n;
}

static ssize_t
plain_writev(struct transport *t, const struct iovec *iov, int count, bool more)
{
	struct msghdr message = {
		.msg_iov = (struct iovec *)iov,
		.msg_iovlen = (size_t)count,
	};
	int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
	ssize_t n;

	do
		n = sendmsg(t->fd, &message, flags);
	while (n == -1 && errno == EINTR);
	return n == -1 ? failed(TRANSPORT_AGAIN_WRITE) : n;
}

/* For file systems from which the kernel cannot send by itself. */
static ssize_t
copy_file(struct transport *t, int fd, off_t offset, size_t len)
{
	char data[16 * 1024];
	struct iovec iov = { .iov_base = data };
	ssize_t n;

	do
		n = pread(
		    fd, data, len < sizeof(data) ? len : sizeof(data), offset);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return TRANSPORT_ERROR;
	if (n == 0)
		return TRANSPORT_END;
	iov.iov_len = (size_t)n;
	return plain_writev(t, &iov, 1, (size_t)n < len);
}

static ssize_t
plain_sendfile(struct transport *t, int fd, off_t offset, size_t len)
{
	off_t at = offset;
	ssize_t n;

	do
		n = sendfile(t->fd, fd, &at, len);
	while (n == -1 && errno == EINTR);
	if (n == -1 && (errno == EINVAL || errno == ENOSYS))
		return copy_file(t, fd, offset, len);
	return n == -1 ? failed(TRANSPORT_AGAIN_WRITE) : n;
}

static uint32_t
plain_want(const struct transport *t)
{
	(void)t;
	return 0;
}

static size_t
plain_pending(const struct transport *t)
{
	(void)t;
	return 0;
}

static size_t
plain_unsent(const struct transport *t)
{
	int bytes = 0;

	return ioctl(t->fd, SIOCOUTQ, &bytes) == 0 ? (size_t)bytes : 0;
}

static int
plain_shutdown(struct transport *t)
{
	return shutdown(t->fd, SHUT_WR) == 0 ? 1 : TRANSPORT_ERROR;
}

static void
plain_close(struct transport *t, bool reset)
{
	static const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	if (t->fd == -1)
		return;
	if (reset)
		setsockopt(t->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(t->fd);
	t->fd = -1;
}

static const struct transport_ops plain_ops = {
	.handshake = plain_handshake,
	.read = plain_read,
	.writev = plain_writev,
	.sendfile = plain_sendfile,
	.want = plain_want,
	.pending = plain_pending,
	.unsent = plain_unsent,
	.shutdown = plain_shutdown,
	.close = plain_close,
};

void
transport_plain_init(struct transport *t, int fd)
{
	*t = (struct transport){
		.ops = &plain_ops,
		.fd = fd,
		.can_hand_over = true,
	};
}
