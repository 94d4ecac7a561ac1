/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A listener is one socket for all, so a worker that was taken over can spoil
 * it, by calls that workers need for connections, and it would stay so when
 * that worker is gone.  What it may be made to be is put right here.
 */
#include "config.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/report.h"
#include "net/listener_private.h"

static int
get_option(int fd, int level, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, option, &value, &len) == 0 ? value : 0;
}

/* Of no connection that comes of it: the last bytes would not arrive, or whose
 * close() waits. */
static bool
stop_lingering(const struct listener *l)
{
	struct linger linger = { 0 };
	socklen_t len = sizeof(linger);

	if (getsockopt(l->fd, SOL_SOCKET, SO_LINGER, &linger, &len) == -1 ||
	    linger.l_onoff == 0)
		return false;
	linger.l_onoff = 0;
	return setsockopt(
		   l->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) == 0;
}

static bool
zero_option(int fd, int level, int option)
{
	static const int zero;

	return get_option(fd, level, option) != 0 &&
	       setsockopt(fd, level, option, &zero, sizeof(zero)) == 0;
}

/* A socket of IPv6 may have clients of both. */
static bool
take_all_ttl(const struct listener *l)
{
	bool v4 = zero_option(l->fd, IPPROTO_IP, IP_MINTTL);

	return zero_option(l->fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT) || v4;
}

static bool
listen_again(const struct listener *l, int backlog)
{
	return get_option(l->fd, SOL_SOCKET, SO_ACCEPTCONN) == 0 &&
	       listen(l->fd, backlog) == 0;
}

static void
say(const struct listener *l, const char *what)
{
	report(REPORT_CRIT, "net",
	    "%s: a worker, which must have been taken over, made it %s; that "
	    "is mended",
	    l->name, what);
}

void
listener_mend(const struct listener *l, int backlog)
{
	if (listen_again(l, backlog))
		say(l, "listen no more");
	if (take_all_ttl(l))
		say(l, "refuse clients that are far");
	if (stop_lingering(l))
		say(l, "linger");
}
