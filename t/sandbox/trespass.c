/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server with holes in it: a worker makes the attempt that a request names,
 * the logger one that a line names.  Everything else is the server as it is;
 *the linker puts the functions here before two of its own (--wrap, t/tests.am).
 *
 *	GET /trespass?NAME/PID/NUMBER/PATH     answered with errno's name, or OK
 *	GET /trespass?NAME/.../last:           the worker dies of it
 *	GET /trespass?nonsense                 into the worker's own ring
 *	GET /any?logger:NAME/PID/NUMBER/PATH:  its line is followed by another
 *	                                       "logger: NAME ERRNO"
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attempts.h"
#include "http/module.h"
#include "ipc/log_ring.h"
#include "logger/logger_private.h"

int __real_log_ring_map(struct log_ring *, int fd);
int __wrap_log_ring_map(struct log_ring *, int fd);
void __real_logger_add(struct logger *, int dest, struct span line);
void __wrap_logger_add(struct logger *, int dest, struct span line);

static struct log_ring *last_ring;

int
__wrap_log_ring_map(struct log_ring *ring, int fd)
{
	last_ring = ring;
	return __real_log_ring_map(ring, fd);
}

/* "NAME/PID/NUMBER/PATH" up to its end or a colon; the result's name. */
static const char *
try(const char *text, char path[1024])
{
	const struct attempt *a;
	struct target t = { .path = path };
	size_t name_len = strcspn(text, "/");
	char *at;
	int error;

	a = attempt_find(text, name_len);
	if (a == NULL || text[name_len] == '\0')
		return "UNKNOWN";
	t.pid = (pid_t)strtol(text + name_len + 1, &at, 10);
	t.number = (int)strtol(at + (*at == '/'), &at, 10);
	at += *at == '/';
	snprintf(path, 1024, "%.*s", (int)strcspn(at, ":"), at);
	error = a->make(&t);
	return error == 0 ? "OK" : strerrorname_np(error);
}

/* ---- the worker ---- */

static void
write_nonsense(void)
{
	struct log_ring_header *h = last_ring->header;

	memset(last_ring->data, 0xa5, LOG_RING_SIZE);
	atomic_store(&h->staged, UINT64_MAX / 3);
	atomic_store(&h->head, UINT64_MAX / 5);
	/* Or else the line of this request would mend it. */
	last_ring->position = UINT64_MAX / 7;
}

static enum hook_result
trespass_handle(struct exchange *x)
{
	struct span query = x->request.uri.query;
	static char text[1024], path[1024], answer[64];

	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(query));
	if (strcmp(text, "nonsense") == 0)
		write_nonsense();
	snprintf(answer, sizeof(answer), "%s\n", try(text, path));
	if (strstr(text, "/last:") != NULL)
		raise(SIGSEGV);
	x->response.status = 200;
	x->response.content_type = (struct span)SPAN("text/plain");
	body_memory(&x->response.body, span_str(answer));
	return HOOK_DONE;
}

const struct module trespass_module;
const struct module trespass_module = {
	.handler = "trespass",
	.handle = trespass_handle,
};

/* ---- the logger ---- */

void
__wrap_logger_add(struct logger *l, int dest, struct span line)
{
	static char text[4096], path[1024], answer[256];
	const char *wish;

	__real_logger_add(l, dest, line);
	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(line));
	wish = strstr(text, "?logger:");
	if (wish == NULL)
		return;
	wish += strlen("?logger:");
	snprintf(answer, sizeof(answer), "logger: %.*s %s",
	    (int)strcspn(wish, "/"), wish, try(wish, path));
	__real_logger_add(l, dest, span_str(answer));
}
