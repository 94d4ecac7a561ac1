/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages between the master and one child: packets of a Unix socket pair,
 * so that a message comes whole or not at all and the kernel says when the
 * other side is gone.  What a packet claims is checked here (sizes, number of
 * descriptors); what it means is for the callers.
 */
#include "config.h"

#include "ipc/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* What goes before the data of a packet. */
struct packet_head {
	uint32_t type;
	uint32_t arg;
	uint64_t value;
	uint32_t len;
	uint32_t pad;
};

/* A sender may put more descriptors into a packet than the one we allow; with
 * room for a few they are received, and closed, not left to MSG_CTRUNC. */
#define FDS_MAX 4

/*
 * What may be under way in one direction: some dozen messages with their
 * descriptors, or a few of the largest.  The kernel bounds the descriptors
 * under way in all channels of a user by RLIMIT_NOFILE, so there must not be
 * room for hundreds in each.  Where that is little, those who give connections
 * away and are not read from must not use all of it up: then none could be
 * passed on, and so none would be read.
 */
#define CHANNEL_ROOM (16 * 1024)
#define CHANNEL_ROOM_LEAST (4 * 1024)
#define FEW_DESCRIPTORS 1024

union control {
	struct cmsghdr align;
	char room[CMSG_SPACE(FDS_MAX * sizeof(int))];
};

void
message_init(struct message *m, uint32_t type, uint32_t arg)
{
	m->type = type;
	m->arg = arg;
	m->value = 0;
	m->len = 0;
	m->fd = -1;
}

/* The kernel doubles it for what a message costs besides its bytes. */
static int
channel_room(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur < FEW_DESCRIPTORS)
		return CHANNEL_ROOM_LEAST;
	return CHANNEL_ROOM;
}

int
channel_pair(int fds[2])
{
	const int room = channel_room();
	int i;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
		0, fds) == -1)
		return -1;
	/* Where that is refused a channel holds more, no worse. */
	for (i = 0; i < 2; i++)
		(void)setsockopt(
		    fds[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	return 0;
}

static void
control_put(struct msghdr *header, union control *control, int fd)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	header->msg_control = control->room;
	header->msg_controllen = CMSG_SPACE(sizeof(fd));
	c = CMSG_FIRSTHDR(header);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
}

/*
 * What the kernel refuses because there is too much of something (memory,
 * descriptors under way for one user), it takes a little later.
 */
static int
reason_of(int error)
{
	switch (error) {
	case ECONNRESET:
	case ENOTCONN:
		return EPIPE;
	case ENOBUFS:
	case ENOMEM:
	case ETOOMANYREFS:
		return EAGAIN;
	default:
		return error;
	}
}

int
channel_send(int fd, const struct message *m)
{
	struct packet_head head = {
		.type = m->type, .arg = m->arg, .value = m->value, .len = m->len
	};
	struct iovec parts[2] = { { &head, sizeof(head) },
		{ (void *)(uintptr_t)m->data, m->len } };
	struct msghdr header = { .msg_iov = parts, .msg_iovlen = 2 };
	union control control;
	ssize_t n;

	if (m->len > MESSAGE_DATA_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (m->fd != -1)
		control_put(&header, &control, m->fd);
	do
		n = sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return 0;
	errno = reason_of(errno);
	return -1;
}

/*
 * The first descriptor goes to *fd_r (-1: none came), any other is closed.
 * Returns how many there were.
 */
static unsigned
control_take(struct msghdr *header, int *fd_r)
{
	struct cmsghdr *c;
	unsigned count = 0;

	*fd_r = -1;
	for (c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
		size_t at, room = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (at = 0; at + sizeof(int) <= room; at += sizeof(int)) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + at, sizeof(fd));
			if (count++ == 0)
				*fd_r = fd;
			else
				close(fd);
		}
	}
	return count;
}

static int
throw_away(int fd, int reason)
{
	if (fd != -1)
		close(fd);
	errno = reason;
	return -1;
}

int
channel_receive(int fd, struct message *m)
{
	struct packet_head head;
	struct iovec parts[2] = { { &head, sizeof(head) },
		{ m->data, sizeof(m->data) } };
	union control control;
	struct msghdr header = { .msg_iov = parts,
		.msg_iovlen = 2,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	unsigned fds;
	ssize_t n;

	/* That the other side went with messages unread is said once, and
	 * before what it had sent: that is still there. */
	do
		n = recvmsg(fd, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (n < 0 && (errno == EINTR || errno == ECONNRESET));
	if (n < 0)
		return -1;
	fds = control_take(&header, &m->fd);
	if (n == 0 && fds == 0)
		return 0;
	if (fds > 1 || (header.msg_flags & MSG_TRUNC) != 0 ||
	    (size_t)n < sizeof(head) || head.len != (size_t)n - sizeof(head))
		return throw_away(m->fd, EPROTO);
	/* There was room for more, so it is our table that had none. */
	if ((header.msg_flags & MSG_CTRUNC) != 0)
		return throw_away(m->fd, EMFILE);
	m->type = head.type;
	m->arg = head.arg;
	m->value = head.value;
	m->len = head.len;
	return 1;
}
