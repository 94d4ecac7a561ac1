/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a listener takes nobody new while those who are about to be connected
 * still get through.  Best is a socket filter that drops SYNs.  Newer kernels
 * want CAP_NET_ADMIN for one, which a normal user and many containers lack;
 * then the listener asks of its packets that no router has seen them (IP_MINTTL
 * 255).  A SYN fails that; the end of a handshake is not asked, but sockets
 * that come of it inherit the demand and have to be freed of it.
 */
#include "config.h"

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/report.h"
#include "net/listener_private.h"

#define TTL_MAX 255

bool listener_refuses_by_ttl;

static int
set_filter(int fd)
{
	enum {
		FLAGS = 13,
		SYN = 0x02,
		ACK = 0x10
	}; /* RFC 9293, 3.1 */
	struct sock_filter code[] = {
		/* The kernel shows the segment from its TCP header on. */
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, FLAGS),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SYN | ACK),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	return setsockopt(
	    fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static int
set_min_ttl(const struct listener *l, int fd, int ttl)
{
	if (l->addr.any.sa_family == AF_INET6)
		return setsockopt(
		    fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT, &ttl, sizeof(ttl));
	return setsockopt(fd, IPPROTO_IP, IP_MINTTL, &ttl, sizeof(ttl));
}

void
listener_refuse_prepare(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* Without a descriptor it is as it was found before. */
	if (fd == -1)
		return;
	listener_refuses_by_ttl = getenv("DROVER_NO_SOCKET_FILTER") != NULL ||
				  (set_filter(fd) == -1 && errno == EPERM);
	close(fd);
}

void
listener_refuse_new(const struct listener *l)
{
	int off = 0;

	if ((listener_refuses_by_ttl ? set_min_ttl(l, l->fd, TTL_MAX)
				     : set_filter(l->fd)) == -1)
		report_errno(REPORT_WARN, "net",
		    "%s: clients that connect just now may be reset", l->name);
	/* Who has connected and sent nothing yet is to be seen as well. */
	setsockopt(l->fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &off, sizeof(off));
}

void
listener_refuse_undo(const struct listener *l)
{
	int unused = 0;

	/* Either may not be there. */
	setsockopt(
	    l->fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused));
	set_min_ttl(l, l->fd, 0);
}

void
listener_free_accepted(const struct listener *l, int fd)
{
	set_min_ttl(l, fd, 0);
}
