/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handing idle plain connections to a successor: the descriptor and what is
 * known of the connection go through the master, which does not look inside.
 * The client notices nothing.  A message that the channel does not take now
 * leaves its connection where it is, served as ever; it is tried again when
 * the channel is writable.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/report.h"
#include "ipc/channel.h"
#include "worker/accept.h"
#include "worker/conn.h"

/* Another number for another meaning of what follows. */
#define HANDOVER_VERSION 1

struct handover {
	uint32_t version;
	char listen_name[ADDR_TEXT_SIZE];
	uint32_t requests;
};

uint64_t
worker_handover_version(void)
{
	return (uint64_t)HANDOVER_VERSION << 32 | sizeof(struct handover);
}

/* Listen names live as long as the configuration: the connection borrows. */
static const char *
known_name(const struct worker *w, const char *name)
{
	const struct server_conf *conf = w->conf;

	for (size_t i = 0; i < conf->listen_count; i++)
		if (strcmp(conf->listens[i].name, name) == 0)
			return conf->listens[i].name;
	return "";
}

static int
handover_send(struct worker *w, const struct conn *c)
{
	struct handover h = {
		.version = HANDOVER_VERSION,
		.requests = c->peer.requests,
	};
	struct message m;

	strncpy(h.listen_name, c->peer.listen_name, sizeof(h.listen_name) - 1);
	message_init(&m, MESSAGE_HANDOVER, 0);
	memcpy(m.data, &h, sizeof(h));
	m.len = sizeof(h);
	m.fd = c->transport.fd;
	return channel_send(w->setup->channel, &m);
}

static void
channel_wants(struct worker *w, bool full)
{
	if (w->channel_full == full)
		return;
	w->channel_full = full;
	loop_change(w->loop, &w->channel, full ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

bool
handover_possible(const struct conn *c)
{
	return c->worker->phase == PHASE_HANDING_OVER &&
	       c->transport.can_hand_over && c->framed.ops->can_hand_over;
}

bool
handover_give(struct conn *c)
{
	struct worker *w = c->worker;

	if (!handover_possible(c) || c->state != CONN_OPEN)
		return false;
	if (handover_send(w, c) == 0) {
		slot_add(&w->slot->handed_over, 1);
		conn_forget(c);
		return true;
	}
	if (errno == EAGAIN)
		channel_wants(w, true);
	else
		report_errno(
		    REPORT_WARN, "worker", "cannot hand a connection over");
	return false;
}

static void
give_list(struct worker *w, struct list *list)
{
	struct list_node *node, *after;

	LIST_FOREACH_SAFE (node, after, list) {
		handover_give(LIST_ENTRY(node, struct conn, node));
		if (w->channel_full)
			return;
	}
}

void
handover_idle(struct worker *w)
{
	channel_wants(w, false);
	give_list(w, &w->idle);
	if (!w->channel_full)
		give_list(w, &w->fresh);
}

/*
 * Another worker, of another program perhaps, says whose connection it is;
 * that is not believed, since the kernel knows.  False: it is gone,
 * or of another kind.
 */
static bool
ask_kernel(int fd, struct conn_origin *origin)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	if (getpeername(fd, (struct sockaddr *)&name, &len) != 0)
		return false;
	addr_set(&origin->remote, (struct sockaddr *)&name, len);
	len = sizeof(name);
	if (getsockname(fd, (struct sockaddr *)&name, &len) != 0)
		return false;
	addr_set(&origin->local, (struct sockaddr *)&name, len);
	return origin->remote.len > 0 && origin->local.len > 0;
}

/* Nor is it believed that the socket is as ours are: in reading from it, or in
 * closing it, this worker could be made to wait. */
static bool
never_waits(int fd)
{
	static const struct linger off = { 0 };
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && (flags & O_NONBLOCK) != 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof(off)) == 0;
}

void
handover_adopt(struct worker *w, const struct message *m)
{
	struct conn_origin origin = { .shared = true };
	struct handover h;

	if (m->fd < 0)
		return;
	if (m->len != sizeof(h) || !ask_kernel(m->fd, &origin) ||
	    !never_waits(m->fd)) {
		close(m->fd);
		return;
	}
	memcpy(&h, m->data, sizeof(h));
	if (h.version != HANDOVER_VERSION) {
		close(m->fd);
		return;
	}
	h.listen_name[sizeof(h.listen_name) - 1] = '\0';
	origin.listen_name = known_name(w, h.listen_name);
	origin.requests = h.requests;
	/* Those before may have been more workers, with more room.  One too
	 * many rather than none whose request is there. */
	(void)acceptor_make_room(w);
	conn_open(w, m->fd, &origin);
}
