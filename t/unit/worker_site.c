/* SPDX-License-Identifier: BSD-2-Clause */
/* A page is a row: its path and what makes its answer. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/number.h"
#include "http/module.h"
#include "worker_site.h"

#define MEMORY_MAX (1024 * 1024)

struct exchange *worker_site_waiting;
unsigned worker_site_open_bodies;

struct page {
	struct exchange *x;
	struct body_sink sink;
	size_t left, taken;
	unsigned went_on; /* how often it did */
	unsigned seen;
	bool complete;
};

/* ---- bytes ---- */

static const char *
alphabet(void)
{
	static char bytes[MEMORY_MAX];

	if (bytes[0] == '\0')
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)('a' + i % 26);
	return bytes;
}

static int
file_fd(void)
{
	static int fd = -1;

	if (fd == -1)
		fd = memfd_create("worker-site", MFD_CLOEXEC);
	return fd;
}

void
worker_site_cut_file(size_t len)
{
	off_t at = lseek(file_fd(), 0, SEEK_END);

	if (ftruncate(file_fd(), (off_t)len) != 0)
		abort();
	while (at >= 0 && (size_t)at < len) {
		size_t n = len - (size_t)at;
		ssize_t done;

		/* Pages and alphabet have no common period but this. */
		if (n > MEMORY_MAX / 26 * 26)
			n = MEMORY_MAX / 26 * 26;
		done = pwrite(file_fd(), alphabet(), n, at);
		if (done != (ssize_t)n)
			abort();
		at += done;
	}
}

static struct page *
page_of(struct exchange *x)
{
	if (x->handler_data == NULL) {
		struct page *page = arena_calloc(&x->arena, 1, sizeof(*page));
		struct span query = x->request.uri.query;
		uint64_t size = 0;

		if (number_parse(query, WORKER_SITE_FILE_MAX, &size) !=
		    NUMBER_OK)
			size = 0; /* a name, for the log */
		page->x = x;
		page->left = (size_t)size;
		x->handler_data = page;
	}
	return x->handler_data;
}

/* ---- waiting ---- */

static void
forget(struct exchange *x)
{
	if (worker_site_waiting == x)
		worker_site_waiting = NULL;
}

static void
wait_here(struct exchange *x)
{
	struct page *page = page_of(x);

	worker_site_waiting = x;
	x->release = forget;
	page->seen = page->went_on;
}

void
worker_site_go(void)
{
	struct exchange *x = worker_site_waiting;

	if (x == NULL)
		return;
	page_of(x)->went_on++;
	exchange_ready(x);
}

/* ---- sources ---- */

static void
close_body(struct body *body)
{
	(void)body;
	worker_site_open_bodies--;
}

static enum body_result
next_piece(struct body *body, size_t max, struct span *data_r)
{
	struct page *page = body->source;
	size_t n = page->left < max ? page->left : max;

	if (n == 0)
		return BODY_END;
	if (n > MEMORY_MAX)
		n = MEMORY_MAX;
	*data_r = span_of(alphabet(), n);
	page->left -= n;
	return BODY_DATA;
}

static enum body_result
next_after_pause(struct body *body, size_t max, struct span *data_r)
{
	struct page *page = body->source;

	if (page->left == 0)
		return BODY_END;
	if (page->went_on == page->seen) {
		wait_here(page->x);
		return BODY_WAIT;
	}
	page->seen = page->went_on;
	page->left--;
	*data_r = span_of("piece", max < 5 ? max : 5);
	return BODY_DATA;
}

static enum body_result
next_until_error(struct body *body, size_t max, struct span *data_r)
{
	struct page *page = body->source;

	if (page->left == 0)
		return BODY_ERROR;
	page->left = 0;
	*data_r = span_of("half", max < 4 ? max : 4);
	return BODY_DATA;
}

static enum body_result
next_never(struct body *body, size_t max, struct span *data_r)
{
	(void)body;
	(void)max;
	(void)data_r;
	abort();
}

static const struct body_ops pieces = { next_piece, close_body };
static const struct body_ops pauses = { next_after_pause, close_body };
static const struct body_ops fails = { next_until_error, close_body };
static const struct body_ops file = { next_never, close_body };

static void
answer_with(struct page *page, const struct body_ops *ops, int64_t length)
{
	struct response *response = &page->x->response;

	response->status = 200;
	body_none(&response->body);
	response->body.ops = ops;
	response->body.source = page;
	response->body.length = length;
	worker_site_open_bodies++;
}

/* ---- pages ---- */

static enum hook_result
hello(struct page *page)
{
	page->x->response.status = 200;
	body_memory(&page->x->response.body, span_str("hello\n"));
	return HOOK_DONE;
}

static enum hook_result
from_memory(struct page *page)
{
	page->x->response.status = 200;
	body_memory(&page->x->response.body, span_of(alphabet(), page->left));
	return HOOK_DONE;
}

static enum hook_result
from_file(struct page *page)
{
	answer_with(page, &file, (int64_t)page->left);
	page->x->response.body.file =
	    (struct body_file){ file_fd(), 0, page->left };
	return HOOK_DONE;
}

static enum hook_result
in_pieces(struct page *page)
{
	answer_with(page, &pieces, -1);
	return HOOK_DONE;
}

static enum hook_result
after_waiting(struct page *page)
{
	if (page->went_on > 0)
		return hello(page);
	wait_here(page->x);
	return HOOK_WAIT;
}

static enum hook_result
with_pauses(struct page *page)
{
	page->left = 2;
	answer_with(page, &pauses, -1);
	return HOOK_DONE;
}

static enum hook_result
that_fails(struct page *page)
{
	page->left = 8;
	answer_with(page, &fails, 8);
	return HOOK_DONE;
}

static ssize_t
take(struct body_sink *sink, struct span data)
{
	LIST_ENTRY(sink, struct page, sink)->taken += data.len;
	return (ssize_t)data.len;
}

static void
end(struct body_sink *sink)
{
	struct page *page = LIST_ENTRY(sink, struct page, sink);

	page->complete = true;
	exchange_ready(page->x);
}

static enum hook_result
upload(struct page *page)
{
	struct exchange *x = page->x;

	if (!page->complete && x->request.has_body) {
		page->sink = (struct body_sink){ take, end };
		x->sink = &page->sink;
		wait_here(x);
		return HOOK_WAIT;
	}
	x->response.status = 200;
	body_memory(&x->response.body,
	    span_str(arena_printf(&x->arena, "%zu bytes\n", page->taken)));
	return HOOK_DONE;
}

static enum hook_result
and_close(struct page *page)
{
	page->x->response.close = true;
	return hello(page);
}

static enum hook_result
handle(struct exchange *x)
{
	static const struct {
		const char *path;
		enum hook_result (*answer)(struct page *);
	} pages[] = {
		{ "/hello", hello },
		{ "/memory", from_memory },
		{ "/file", from_file },
		{ "/pieces", in_pieces },
		{ "/wait", after_waiting },
		{ "/pauses", with_pauses },
		{ "/fails", that_fails },
		{ "/upload", upload },
		{ "/close", and_close },
	};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (span_is(x->request.uri.path, pages[i].path))
			return pages[i].answer(page_of(x));
	return HOOK_PASS;
}

static const struct module site = { .handle = handle };
const struct module *const modules[] = { &site, NULL };
