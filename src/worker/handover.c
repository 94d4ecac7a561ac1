/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handing idle plain connections to a successor: the descriptor and what is
 * known of the connection go through the master, which does not look inside.
 * The client notices nothing.  A message that the channel does not take now
 * leaves its connection where it is, idle and served; it is tried again when
 * the channel is writable.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/report.h"
#include "ipc/channel.h"
#include "worker/conn.h"

struct handover {
	struct addr remote, local;
	char listen_name[ADDR_TEXT_SIZE];
	uint32_t requests;
};

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
	struct message m;
	struct handover *h = (struct handover *)(void *)m.data;

	message_init(&m, MESSAGE_HANDOVER, 0);
	memset(h, 0, sizeof(*h));
	h->remote = c->peer.remote;
	h->local = c->peer.local;
	h->requests = c->peer.requests;
	strncpy(
	    h->listen_name, c->peer.listen_name, sizeof(h->listen_name) - 1);
	m.len = sizeof(*h);
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

void
handover_idle(struct worker *w)
{
	struct list_node *node, *after;

	LIST_FOREACH_SAFE (node, after, &w->idle) {
		struct conn *c = LIST_ENTRY(node, struct conn, node);

		if (!c->transport.can_hand_over || c->state != CONN_OPEN)
			continue;
		if (handover_send(w, c) != 0) {
			if (errno == EAGAIN) {
				channel_wants(w, true);
				return;
			}
			report_errno(REPORT_WARN, "worker",
			    "cannot hand a connection over");
			break;
		}
		conn_forget(c);
	}
	channel_wants(w, false);
}

void
handover_adopt(struct worker *w, const struct message *m)
{
	const struct handover *h =
	    (const struct handover *)(const void *)m->data;
	struct conn_origin origin;
	char name[ADDR_TEXT_SIZE];

	if (m->fd < 0)
		return;
	if (m->len != sizeof(*h)) {
		close(m->fd);
		return;
	}
	memcpy(name, h->listen_name, sizeof(name));
	name[sizeof(name) - 1] = '\0';
	origin = (struct conn_origin){
		.remote = h->remote,
		.local = h->local,
		.listen_name = known_name(w, name),
		.requests = h->requests,
	};
	conn_open(w, m->fd, &origin);
}
