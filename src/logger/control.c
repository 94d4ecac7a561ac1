/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The channel to the master: its orders, each one arm of a switch, and our
 * answers, kept until it takes them.  The master's end is a sign that the
 * machine below us is going down: what can be saved is saved.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "ipc/error_format.h"
#include "logger/logger_private.h"

static void
send_replies(struct logger *l)
{
	static struct message m;
	size_t sent;

	for (sent = 0; sent < l->reply_count; sent++) {
		message_init(&m, l->replies[sent].type, l->replies[sent].arg);
		m.value = l->replies[sent].value;
		if (channel_send(l->channel.fd, &m) == -1 && errno != EPIPE)
			break;
	}
	l->reply_count -= sent;
	memmove(l->replies, l->replies + sent,
	    l->reply_count * sizeof(*l->replies));
	if (l->writing == (l->reply_count > 0) || l->channel.fd == -1)
		return;
	l->writing = l->reply_count > 0;
	(void)loop_change(
	    l->loop, &l->channel, l->writing ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void
control_reply(struct logger *l, uint32_t type, uint32_t arg, uint64_t value)
{
	struct reply *larger;
	size_t room;

	if (l->reply_count == l->reply_room) {
		room = l->reply_room == 0 ? 64 : l->reply_room * 2;
		larger = realloc(l->replies, room * sizeof(*larger));
		if (larger == NULL) {
			report(REPORT_CRIT, "logger",
			    "no memory for an answer to the master");
			l->failed = true;
			return;
		}
		l->replies = larger;
		l->reply_room = room;
	}
	l->replies[l->reply_count++] = (struct reply){ type, arg, value };
	send_replies(l);
}

static void
offer_dest(struct logger *l, struct message *m)
{
	struct log_dest_message about;
	struct dest *d = logger_dest(l, m->arg);
	int fd = m->fd;

	m->fd = -1;
	if (d == NULL || m->len != sizeof(about)) {
		report(REPORT_CRIT, "logger", "destination %u cannot be made",
		    m->arg);
		l->failed = true;
		if (fd != -1)
			close(fd);
		return;
	}
	memcpy(&about, m->data, sizeof(about));
	about.name[sizeof(about.name) - 1] = '\0';
	if (dest_offer(d, about.kind, about.name, fd) == 0)
		return;
	report(REPORT_CRIT, "logger", "no memory for destination %u", m->arg);
	l->failed = true;
}

/* One that makes no sense was never loaded, so there is none. */
static void
take_error_format(struct logger *l, const struct message *m)
{
	const char *text;
	struct err err;
	size_t offset;

	l->group.error_format = NULL;
	arena_reset(&l->error_arena);
	if (m->len < 2)
		return;
	text = arena_strndup(&l->error_arena, m->data + 1, m->len - 1);
	if (text != NULL)
		l->group.error_format = error_format_compile(&l->error_arena,
		    text, ERROR_FORMAT_LINE, m->data[0] != 0, &err, &offset);
}

/*
 * What is in the rings now belongs to the old files: who rotated them may
 * compress them once we have answered.
 */
static void
commit_dests(struct logger *l, const struct message *m)
{
	size_t i;

	if (!l->told)
		rings_recover(l);
	(void)logger_pass(l);
	for (i = 0; i < LOG_DEST_MAX; i++)
		if (l->dests[i] != NULL)
			dest_commit(l->dests[i], m->value);
	l->told = true;
	if (m->arg > 0 && m->arg <= LOG_DEST_MAX)
		l->group.error_dest = (int)m->arg - 1;
	take_error_format(l, m);
	control_reply(l, MESSAGE_DEST_DONE, 0, m->value);
}

static void
obey(struct logger *l, struct message *m)
{
	switch (m->type) {
	case MESSAGE_RING:
		if (m->fd != -1)
			rings_add(l, m->arg, m->fd);
		m->fd = -1;
		break;
	case MESSAGE_RING_DEAD:
		rings_end(l, m->arg);
		break;
	case MESSAGE_DEST:
		offer_dest(l, m);
		break;
	case MESSAGE_DEST_COMMIT:
		commit_dests(l, m);
		break;
	case MESSAGE_STDERR:
		if (m->fd != -1)
			stderr_pipe_add(l, m->arg, m->fd);
		m->fd = -1;
		break;
	case MESSAGE_POKE:
		break; /* every turn looks at all rings */
	case MESSAGE_FINISH:
		l->finishing = l->heard = true;
		if (m->arg > 0 && m->arg < l->group.stuck_ms)
			l->group.stuck_ms = m->arg;
		break;
	default:
		report(REPORT_ERROR, "logger", "no such order: %u", m->type);
	}
	if (m->fd != -1)
		close(m->fd);
}

static void
master_is_gone(struct logger *l)
{
	loop_remove(l->loop, &l->channel);
	close(l->channel.fd);
	l->channel.fd = -1;
	if (l->dying_since_ms == 0)
		l->dying_since_ms = clock_now_ms();
}

static void
channel_ready(struct loop_source *source, uint32_t events)
{
	struct logger *l = LIST_ENTRY(source, struct logger, channel);
	static struct message m;
	int got = 1;

	if ((events & EPOLLOUT) != 0)
		send_replies(l);
	while (!l->failed && ((got = channel_receive(l->channel.fd, &m)) == 1 ||
				 (got == -1 && errno == EPROTO)))
		if (got == 1)
			obey(l, &m);
	if (got == -1 && errno == EMFILE) {
		report(REPORT_CRIT, "logger", "no descriptor is left");
		l->failed = true;
	} else if (got == 0 || (got == -1 && errno != EAGAIN)) {
		master_is_gone(l);
	}
}

int
control_start(struct logger *l, int channel)
{
	l->channel.fd = channel;
	l->channel.ready = channel_ready;
	return loop_add(l->loop, &l->channel, EPOLLIN);
}
