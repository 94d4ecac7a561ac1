/* SPDX-License-Identifier: BSD-2-Clause */
/* Connecting, address by address. */
#include "config.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/answer.h"
#include "client/conn.h"
#include "client/deadline.h"
#include "client/resolve.h"

/* An address that is silent this long gives way to the next, if there is. */
static const int64_t PATIENCE_MS = 5000;

/* A head that is not whole, and what comes behind it in one read. */
static const size_t IN_MAX = ANSWER_HEADS_MAX + 256 * 1024;

void
conn_init(struct conn *conn)
{
	*conn = (struct conn){ 0 };
	buf_init(&conn->in, IN_MAX);
}

void
conn_close(struct conn *conn)
{
	if (conn->open)
		conn->transport.ops->close(&conn->transport, false);
	free(conn->host);
	buf_release(&conn->in);
	conn_init(conn);
}

/* Waits until it is connected: 0, or the error. */
static int
wait_connected(int fd, int64_t until)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	int error = 0, n;
	socklen_t len = sizeof(error);

	do
		n = poll(&poll_fd, 1, deadline_left(until));
	while (n == -1 && errno == EINTR);
	if (n == 0)
		return ETIMEDOUT;
	if (n == -1 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	return error;
}

/* A connected descriptor, or -1 with errno. */
static int
connect_to(const struct addr *addr, int64_t until)
{
	static const int on = 1;
	int fd = socket(
	    addr->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error = 0;

	if (fd == -1)
		return -1;
	if (connect(fd, &addr->any, addr->len) == -1)
		error =
		    errno == EINPROGRESS ? wait_connected(fd, until) : errno;
	if (error != 0) {
		close(fd);
		errno = error;
		return -1;
	}
	/* What is written is whole: nothing is to be waited for. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static enum outcome
refused(const struct url *url, int64_t deadline, int error, struct err *err)
{
	if (deadline_passed(deadline))
		return outcome_set(err, OUTCOME_TIMEOUT,
		    "time is up while connecting to %.*s, port %d",
		    SPAN_ARG(url->host), url->port);
	return outcome_set(err, OUTCOME_CONNECT,
	    "cannot connect to %.*s, port %d: %s", SPAN_ARG(url->host),
	    url->port, strerror(error));
}

static enum outcome
connect_any(struct conn *conn, const struct url *url,
    const struct addr_list *list, int64_t deadline, struct trace *trace,
    struct err *err)
{
	int error = 0;

	for (size_t i = 0; i < list->count; i++) {
		bool last = i + 1 == list->count;
		int64_t patience = deadline_in(PATIENCE_MS);
		char text[ADDR_TEXT_SIZE];
		int fd;

		addr_print(&list->items[i], text);
		fd = connect_to(&list->items[i],
		    last ? deadline : deadline_earlier(deadline, patience));
		if (fd != -1) {
			trace_note(trace, "connected to %s", text);
			transport_plain_init(&conn->transport, fd);
			return OUTCOME_OK;
		}
		error = errno;
		trace_note(trace, "%s: %s", text, strerror(error));
		if (deadline_passed(deadline))
			break;
	}
	return refused(url, deadline, error, err);
}

enum outcome
conn_open(struct conn *conn, const struct url *url, const struct options *o,
    int64_t deadline, struct trace *trace, struct err *err)
{
	struct addr_list list;
	enum outcome outcome;

	conn_close(conn);
	deadline =
	    deadline_earlier(deadline, deadline_in(o->connect_timeout_ms));
	outcome = resolve(&list, url, o, deadline, err);
	if (outcome == OUTCOME_OK)
		outcome = connect_any(conn, url, &list, deadline, trace, err);
	if (outcome != OUTCOME_OK)
		return outcome;
	conn->open = true;
	conn->port = url->port;
	conn->host = strndup(url->host.ptr, url->host.len);
	if (conn->host == NULL) {
		conn_close(conn);
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	}
	return OUTCOME_OK;
}

/* An idle server has nothing to say: what can be read is its end. */
static bool
is_quiet(const struct conn *conn)
{
	struct pollfd poll_fd = { .fd = conn->transport.fd, .events = POLLIN };

	return conn->in.len == 0 && poll(&poll_fd, 1, 0) == 0;
}

bool
conn_serves(const struct conn *conn, const struct url *url)
{
	return conn->open && conn->port == url->port &&
	       span_is_nocase(url->host, conn->host) && is_quiet(conn);
}
