/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One client of the control socket: its request is read, waits for what it
 * asked for, and has its answer written.  Nothing here waits for the client,
 * and one that is slow is closed.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "master/control_private.h"
#include "master/master.h"

/* A request and the taking of an answer may not stop for longer. */
#define SLOW_MS 5000
/* What the kernel holds for a client that does not read; the rest is in
 * memory of ours. */
#define SOCKET_ROOM (16 * 1024)
/* The status of the largest server is shorter. */
#define ANSWER_MAX (16 * 1024 * 1024)

void
control_conn_close(struct control_conn *c)
{
	/* At the very end there is no loop any more. */
	if (c->master->loop != NULL)
		loop_remove(c->master->loop, &c->source);
	close(c->source.fd);
	buf_release(&c->out);
	list_remove(&c->node);
	c->master->control.conn_count--;
	free(c);
}

/* ---- writing ---- */

void
control_say(struct control_conn *c, enum control_kind kind, struct span lines)
{
	struct span line;

	do {
		line = span_cut(&lines, '\n');
		buf_add_str(&c->out, control_kind_word(kind));
		if (line.len > 0)
			buf_add_char(&c->out, ' ');
		buf_add_span(&c->out, line);
		buf_add_char(&c->out, '\n');
	} while (lines.len > 0);
}

static void
watch(struct control_conn *c)
{
	uint32_t events =
	    (c->says_no_more ? 0 : EPOLLIN) | (c->out.len > 0 ? EPOLLOUT : 0);

	if (events == c->watched || c->master->loop == NULL)
		return;
	c->watched = events;
	(void)loop_change(c->master->loop, &c->source, events);
}

/* False: it is closed, for the client is gone or has all that there is. */
static bool
flush(struct control_conn *c)
{
	ssize_t n = 0;

	if (buf_failed(&c->out)) {
		control_conn_close(c);
		return false;
	}
	while (c->out.len > 0) {
		n = send(c->source.fd, c->out.data, c->out.len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0)
			break;
		buf_consume(&c->out, (size_t)n);
		c->active_ms = clock_now_ms();
	}
	if ((n < 0 && errno != EAGAIN && errno != EINTR) ||
	    (c->out.len == 0 && c->state == CONTROL_ENDING)) {
		control_conn_close(c);
		return false;
	}
	watch(c);
	return true;
}

/* As flush(). */
static bool
answer(struct control_conn *c, enum control_kind kind, const char *text)
{
	c->state = CONTROL_ENDING;
	c->active_ms = clock_now_ms();
	control_say(c, kind, span_str(text));
	return flush(c);
}

/* ---- doing ---- */

bool
control_conn_advance(struct control_conn *c)
{
	struct err text = { .text = "" };

	switch (control_step(c, &text)) {
	case CONTROL_STEP_DONE:
		return answer(c, CONTROL_DONE, text.text);
	case CONTROL_STEP_FAILED:
		return answer(c, CONTROL_FAILED, text.text);
	case CONTROL_STEP_MOVED:
		return answer(c, CONTROL_MOVED, text.text);
	case CONTROL_STEP_WAIT:
		break;
	}
	return true;
}

/* Who does not take what is waited for is not told of it again. */
static bool
tell_progress(struct control_conn *c)
{
	struct err text = { .text = "" };

	if (c->out.len > 0)
		return true;
	control_progress(c, &text);
	if (text.text[0] == '\0')
		return true;
	control_say(c, CONTROL_PROGRESS, span_str(text.text));
	return flush(c);
}

void
control_conn_tick(struct control_conn *c)
{
	if (c->state == CONTROL_WAITING)
		(void)tell_progress(c);
	else if (clock_now_ms() - c->active_ms >= SLOW_MS)
		control_conn_close(c);
}

void
control_conn_end(struct control_conn *c)
{
	if (c->state != CONTROL_WAITING ||
	    answer(c, control_awaits_end(c) ? CONTROL_DONE : CONTROL_FAILED,
		"the server has stopped"))
		control_conn_close(c);
}

/* ---- reading ---- */

static void
take_request(struct control_conn *c)
{
	const char *why;
	int n =
	    control_request_parse(span_of(c->in, c->in_len), &c->request, &why);

	if (n < 0) {
		(void)answer(c, CONTROL_FAILED, why);
	} else if (n > 0) {
		c->state = CONTROL_WAITING;
		/* That a stop has begun is news to who does not wait for its
		 * end. */
		if (control_conn_advance(c) && control_awaits_end(c))
			(void)tell_progress(c);
	}
}

static void
read_some(struct control_conn *c, bool hung_up)
{
	size_t room = sizeof(c->in) - c->in_len;
	ssize_t n = recv(c->source.fd, c->in + c->in_len, room, MSG_DONTWAIT);
	bool asked = c->state != CONTROL_READING;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == 0 && asked && !hung_up) {
		/* It listens on: echo status | nc -U ... */
		c->says_no_more = true;
		watch(c);
	} else if (n <= 0 || asked) {
		/* Nothing may follow a request. */
		control_conn_close(c);
	} else {
		c->in_len += (size_t)n;
		c->active_ms = clock_now_ms();
		take_request(c);
	}
}

static void
ready(struct loop_source *source, uint32_t events)
{
	struct control_conn *c =
	    LIST_ENTRY(source, struct control_conn, source);

	if ((events & EPOLLOUT) && !flush(c))
		return;
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		read_some(c, (events & (EPOLLHUP | EPOLLERR)) != 0);
}

void
control_conn_open(struct master *m, int fd, pid_t pid, uid_t uid)
{
	struct control_conn *c = calloc(1, sizeof(*c));
	const int room = SOCKET_ROOM;

	if (c == NULL) {
		close(fd);
		return;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	c->source = (struct loop_source){ .fd = fd, .ready = ready };
	c->master = m;
	c->active_ms = clock_now_ms();
	c->pid = pid;
	c->uid = uid;
	buf_init(&c->out, ANSWER_MAX);
	c->watched = EPOLLIN;
	if (loop_add(m->loop, &c->source, EPOLLIN) < 0) {
		close(fd);
		free(c);
		return;
	}
	list_append(&m->control.conns, &c->node);
	m->control.conn_count++;
}
