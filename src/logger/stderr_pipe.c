/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What programs, and processes that fail early, say on standard error: read
 * from a pipe, cut into lines, and logged like any other line.  While the
 * destination is full the pipe is not read, so that who writes waits.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/report.h"
#include "ipc/log_ring.h"
#include "logger/logger_private.h"

struct stderr_pipe {
	struct list_node node;
	struct logger *logger;
	struct loop_source source;
	uint32_t dest; /* or MESSAGE_OWN_DEST */
	bool paused;
	size_t len; /* of the line begun in text */
	char text[LOG_LINE_MAX];
};

static int
dest_of(const struct stderr_pipe *p)
{
	return p->dest == MESSAGE_OWN_DEST ? p->logger->group.error_dest
					   : (int)p->dest;
}

static void
add_lines(struct stderr_pipe *p)
{
	struct span rest = { p->text, p->len };
	size_t end;

	while ((end = span_find(rest, '\n')) < rest.len) {
		logger_add(p->logger, dest_of(p), span_of(rest.ptr, end));
		rest = span_skip(rest, end + 1);
	}
	if (rest.len == sizeof(p->text)) {
		logger_add(p->logger, dest_of(p), rest);
		rest.len = 0;
	}
	if (rest.len > 0)
		memmove(p->text, rest.ptr, rest.len);
	p->len = rest.len;
}

static void
close_pipe(struct stderr_pipe *p)
{
	if (p->len > 0)
		logger_add(p->logger, dest_of(p), span_of(p->text, p->len));
	if (!p->paused)
		loop_remove(p->logger->loop, &p->source);
	close(p->source.fd);
	list_remove(&p->node);
	free(p);
}

static void
pipe_ready(struct loop_source *source, uint32_t events)
{
	struct stderr_pipe *p = LIST_ENTRY(source, struct stderr_pipe, source);
	ssize_t n;

	(void)events;
	if (log_board_full(p->logger->board, dest_of(p))) {
		loop_remove(p->logger->loop, &p->source);
		p->paused = true;
		return;
	}
	n = read(source->fd, p->text + p->len, sizeof(p->text) - p->len);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_pipe(p);
		return;
	}
	p->len += (size_t)n;
	p->logger->heard = true;
	add_lines(p);
}

static bool
watch(struct stderr_pipe *p)
{
	if (loop_add(p->logger->loop, &p->source, EPOLLIN) == -1)
		return false;
	p->paused = false;
	return true;
}

void
stderr_pipe_add(struct logger *l, uint32_t dest, int fd)
{
	struct stderr_pipe *p = malloc(sizeof(*p));
	int flags = fcntl(fd, F_GETFL);

	if (p == NULL || flags == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		goto fail;
	p->logger = l;
	p->dest = dest;
	p->len = 0;
	p->source.fd = fd;
	p->source.ready = pipe_ready;
	if (!watch(p))
		goto fail;
	list_append(&l->pipes, &p->node);
	return;
fail:
	report_errno(
	    REPORT_ERROR, "logger", "a program's messages cannot be read");
	free(p);
	close(fd);
}

void
stderr_pipe_resume(struct logger *l)
{
	struct list_node *node, *after;

	LIST_FOREACH_SAFE (node, after, &l->pipes) {
		struct stderr_pipe *p =
		    LIST_ENTRY(node, struct stderr_pipe, node);

		if (p->paused && !log_board_full(l->board, dest_of(p)) &&
		    !watch(p))
			close_pipe(p);
	}
}
