/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel with a queue before it.  Letters keep their order; only what is
 * tried (connections on their way to any worker) does not wait here.
 */
#include "config.h"

#include "master/mailbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/report.h"

/* Messages taken in one turn; a child that talks on waits for the next. */
#define MESSAGES_A_TURN 64

struct letter {
	struct list_node node;
	struct message message; /* cut behind its data; fd is owned */
};

static void
letter_destroy(struct letter *letter)
{
	list_remove(&letter->node);
	if (letter->message.fd >= 0)
		close(letter->message.fd);
	free(letter);
}

static int
put_aside(struct mailbox *m, const struct message *message)
{
	size_t size = offsetof(struct letter, message.data) + message->len;
	struct letter *letter = malloc(size);

	if (letter == NULL)
		return -1;
	memcpy(&letter->message, message,
	    offsetof(struct message, data) + message->len);
	if (message->fd >= 0) {
		letter->message.fd = fcntl(message->fd, F_DUPFD_CLOEXEC, 3);
		if (letter->message.fd < 0) {
			free(letter);
			return -1;
		}
	}
	list_append(&m->waiting, &letter->node);
	return 0;
}

/* To be called when paused or blocked has changed. */
static void
watch(struct mailbox *m)
{
	uint32_t events = 0;

	if (!m->paused)
		events |= EPOLLIN;
	if (m->blocked)
		events |= EPOLLOUT;
	/* It cannot fail for a descriptor that is watched. */
	(void)loop_change(m->loop, &m->source, events);
}

static void
set_blocked(struct mailbox *m, bool blocked)
{
	m->blocked = blocked;
	watch(m);
}

static void
send_waiting(struct mailbox *m)
{
	struct list_node *node;
	struct letter *letter;

	while ((node = list_first(&m->waiting)) != NULL) {
		letter = LIST_ENTRY(node, struct letter, node);
		if (channel_send(m->source.fd, &letter->message) < 0 &&
		    errno == EAGAIN)
			return;
		/* Any other failure: the child is gone, and so it is told
		 * by its end of the channel. */
		letter_destroy(letter);
	}
	set_blocked(m, false);
	if (m->writable != NULL)
		m->writable(m);
}

static void
shut(struct mailbox *m)
{
	mailbox_close(m);
	if (m->closed != NULL)
		m->closed(m);
}

/* False when the mailbox is closed now, or has nothing more. */
static bool
take_one(struct mailbox *m)
{
	struct message message;
	int result = channel_receive(m->source.fd, &message);

	if (result > 0) {
		m->received(m, &message);
		return m->source.fd >= 0;
	}
	if (result < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (result < 0 && errno == EMFILE) {
		report_errno(REPORT_ERROR, "master",
		    "a message came without its descriptor");
		return true;
	}
	if (result < 0)
		report_errno(REPORT_ERROR, "master", "message of a child");
	shut(m);
	return false;
}

static void
ready(struct loop_source *source, uint32_t events)
{
	struct mailbox *m = LIST_ENTRY(source, struct mailbox, source);
	int i;

	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		for (i = 0; i < MESSAGES_A_TURN; i++)
			if (!take_one(m) || m->paused)
				break;
	if (m->source.fd >= 0 && events & EPOLLOUT)
		send_waiting(m);
}

int
mailbox_open(struct mailbox *m, struct loop *loop, int fd)
{
	m->source.fd = fd;
	m->source.ready = ready;
	m->loop = loop;
	m->paused = m->blocked = false;
	list_init(&m->waiting);
	if (loop_add(loop, &m->source, EPOLLIN) < 0) {
		m->source.fd = -1;
		return -1;
	}
	return 0;
}

void
mailbox_close(struct mailbox *m)
{
	struct list_node *node;

	if (m->source.fd < 0)
		return;
	while ((node = list_first(&m->waiting)) != NULL)
		letter_destroy(LIST_ENTRY(node, struct letter, node));
	loop_remove(m->loop, &m->source);
	close(m->source.fd);
	m->source.fd = -1;
}

int
mailbox_send(struct mailbox *m, const struct message *message)
{
	if (m->source.fd < 0) {
		errno = EPIPE;
		return -1;
	}
	if (list_empty(&m->waiting)) {
		if (channel_send(m->source.fd, message) == 0)
			return 0;
		if (errno != EAGAIN)
			return -1;
	}
	if (put_aside(m, message) < 0)
		return -1;
	set_blocked(m, true);
	return 0;
}

int
mailbox_say(struct mailbox *m, uint32_t type, uint32_t arg)
{
	struct message message;

	message_init(&message, type, arg);
	return mailbox_send(m, &message);
}

int
mailbox_try(struct mailbox *m, const struct message *message)
{
	int result;

	if (m->source.fd < 0) {
		errno = EPIPE;
		return -1;
	}
	errno = EAGAIN;
	result =
	    list_empty(&m->waiting) ? channel_send(m->source.fd, message) : -1;
	if (result < 0 && errno == EAGAIN)
		set_blocked(m, true);
	return result;
}

void
mailbox_pause(struct mailbox *m, bool pause)
{
	if (m->source.fd < 0 || m->paused == pause)
		return;
	m->paused = pause;
	watch(m);
}

void
mailbox_drain(struct mailbox *m)
{
	while (m->source.fd >= 0 && take_one(m))
		;
}
