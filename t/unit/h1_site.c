/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The site: a table of pages.  What a page does later (a source that is asked
 * to go on, a sink that is full) it does at the driver's next round.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf_text.h"
#include "h1_site.h"
#include "http/http_conf.h"

/* What an upload echoes of a body at most. */
#define ECHO_MAX 4096

struct page {
	struct driver *driver;
	struct exchange *x;
	struct body_sink sink;
	char echo[ECHO_MAX];
	size_t total;	 /* bytes of the body */
	size_t take_max; /* 0: any number */
	bool refuses;
	bool rests; /* the sink takes nothing before another round */
	unsigned piece;
	bool paused;
	int fd; /* of /parts */
};

/* ---- sources ---- */

static const char *const pieces[] = { "one", "two", "three", NULL };

static struct page *
page_of(const struct body *body)
{
	return body->source;
}

static enum body_result
next_piece(struct body *body, size_t max, struct span *data_r)
{
	struct page *page = page_of(body);

	if (pieces[page->piece] == NULL)
		return BODY_END;
	*data_r = span_str(pieces[page->piece]);
	if (data_r->len > max)
		data_r->len = max;
	else
		page->piece++;
	return BODY_DATA;
}

static enum body_result
next_after_pause(struct body *body, size_t max, struct span *data_r)
{
	struct page *page = page_of(body);

	page->paused = !page->paused;
	return page->paused ? BODY_WAIT : next_piece(body, max, data_r);
}

static enum body_result
next_until_error(struct body *body, size_t max, struct span *data_r)
{
	return page_of(body)->piece > 0 ? BODY_ERROR
					: next_piece(body, max, data_r);
}

static enum body_result
next_known(struct body *body, size_t max, struct span *data_r)
{
	struct page *page = page_of(body);
	static const struct span text = SPAN("hello world");

	*data_r = span_skip(text, page->piece);
	if (data_r->len == 0)
		return BODY_END;
	if (data_r->len > 4)
		data_r->len = 4;
	if (data_r->len > max)
		data_r->len = max;
	page->piece += (unsigned)data_r->len;
	return BODY_DATA;
}

static enum body_result
next_short(struct body *body, size_t max, struct span *data_r)
{
	return page_of(body)->piece >= 4 ? BODY_END
					 : next_known(body, max, data_r);
}

/* "ab", five bytes of the file, "cd", three of it, "ef". */
static enum body_result
next_part(struct body *body, size_t max, struct span *data_r)
{
	struct page *page = page_of(body);
	static const struct span text = SPAN("abcdef");
	static char byte;

	if (body->file.left > 0) { /* who asks does not send from the file */
		if (pread(body->file.fd, &byte, 1, body->file.offset++) != 1)
			return BODY_ERROR;
		body->file.left--;
		*data_r = span_of(&byte, 1);
		return BODY_DATA;
	}
	*data_r = span_of(
	    text.ptr + page->piece, page->piece % 2 == 0 && max > 1 ? 2 : 1);
	if (page->piece == text.len)
		return BODY_END;
	page->piece += (unsigned)data_r->len;
	if (page->piece % 2 != 0 || page->piece == text.len)
		return BODY_DATA;
	body->file = page->piece == 2 ? (struct body_file){ page->fd, 26, 5 }
				      : (struct body_file){ page->fd, 52, 3 };
	return BODY_FILE;
}

static void
close_nothing(struct body *body)
{
	(void)body;
}

static void
close_file(struct body *body)
{
	close(body->file.fd);
}

/* A source that no framing should ask: it has a better way. */
static enum body_result
next_never(struct body *body, size_t max, struct span *data_r)
{
	(void)body;
	(void)max;
	(void)data_r;
	fprintf(stderr, "a file was pulled\n");
	abort();
}

static const struct body_ops ops_pieces = { next_piece, close_nothing };
static const struct body_ops ops_pauses = { next_after_pause, close_nothing };
static const struct body_ops ops_fails = { next_until_error, close_nothing };
static const struct body_ops ops_known = { next_known, close_nothing };
static const struct body_ops ops_short = { next_short, close_nothing };
static void
close_parts(struct body *body)
{
	close(page_of(body)->fd);
}

static const struct body_ops ops_parts = { next_part, close_parts };
static const struct body_ops ops_file = { next_never, close_file };

static void
pull_from(struct page *page, const struct body_ops *ops, int64_t length)
{
	struct body *body = &page->x->response.body;

	body->ops = ops;
	body->length = length;
	body->source = page;
}

static int
make_file(void)
{
	int fd = memfd_create("page", MFD_CLOEXEC);
	char data[5000];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)('a' + i % 26);
	if (fd == -1 || write(fd, data, sizeof(data)) != sizeof(data))
		abort();
	return fd;
}

static void
send_file(struct page *page)
{
	pull_from(page, &ops_file, 3000);
	page->x->response.body.file =
	    (struct body_file){ make_file(), .offset = 26, .left = 3000 };
}

/* length: 14, or -1 if it is not known. */
static void
send_parts(struct page *page, int64_t length)
{
	page->fd = make_file();
	pull_from(page, &ops_parts, length);
}

/* ---- sinks ---- */

static void
become_ready(struct page *page)
{
	list_remove(&page->x->node);
	list_append(&page->driver->framed.ready, &page->x->node);
}

static ssize_t
take(struct body_sink *sink, struct span data)
{
	struct page *page = LIST_ENTRY(sink, struct page, sink);

	if (page->rests)
		return 0;
	if (page->take_max > 0) {
		page->rests = true;
		if (data.len > page->take_max)
			data.len = page->take_max;
	}
	if (page->refuses && page->total + data.len > 4) {
		response_error(page->x, 413);
		become_ready(page);
		return -1;
	}
	if (page->total + data.len <= sizeof(page->echo))
		memcpy(page->echo + page->total, data.ptr, data.len);
	page->total += data.len;
	return (ssize_t)data.len;
}

static void
end(struct body_sink *sink)
{
	struct page *page = LIST_ENTRY(sink, struct page, sink);
	struct exchange *x = page->x;
	struct span echo = { page->echo, page->total };
	struct buf *log = &page->driver->log;

	if (echo.len > sizeof(page->echo))
		echo.len = sizeof(page->echo);
	buf_printf(log, "body of %zu bytes", page->total);
	if (x->request.trailers.len > 0) /* and what is behind it */
		buf_printf(log, " and %zu", x->request.trailers.len);
	buf_add_str(log, "\n");
	if (x->response.status != 0)
		return;
	x->response.status = 200;
	body_memory(&x->response.body, echo);
	become_ready(page);
}

static void
take_body(struct page *page)
{
	struct exchange *x = page->x;

	if (!x->request.has_body) {
		x->response.status = 411;
		return;
	}
	page->sink = (struct body_sink){ take, end };
	x->sink = &page->sink;
}

/* ---- pages ---- */

static void
add_fields(struct exchange *x)
{
	static const struct {
		struct span name, value;
	} rows[] = {
		{ SPAN("X-First"), SPAN("1") },
		{ SPAN("X-Split"), SPAN("a\r\nX-Injected: yes") },
		{ SPAN("X Bad Name"), SPAN("a") },
		{ SPAN("Content-Length"), SPAN("99") },
		{ SPAN("Transfer-Encoding"), SPAN("gzip") },
		{ SPAN("Connection"), SPAN("Upgrade") },
		{ SPAN("Vary"), SPAN("Accept") },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (field_add_named(&x->response.fields, &x->arena,
			rows[i].name, rows[i].value) != 0)
			abort();
}

/* A page whose status is decided; true if there is such a one. */
static bool
simple_page(struct exchange *x, struct span path)
{
	struct response *response = &x->response;

	response->status = 200;
	if (span_is(path, "/204") || span_is(path, "/304"))
		response->status = span_is(path, "/204") ? 204 : 304;
	if (span_is(path, "/empty"))
		return true;
	response->content_type = span_str("text/plain");
	body_memory(&response->body, span_str("hello\n"));
	response->close = span_is(path, "/close");
	if (span_is(path, "/fields"))
		add_fields(x);
	if (span_is(path, "/dated"))
		response->validators = (struct validators){
			.etag = SPAN("\"e\""),
			.last_modified = 784111777,
		};
	if (span_is(path, "/block"))
		response->block = span_str("Content-Type: a/b\r\n"
					   "ETag: \"1\"\r\n"
					   "Content-Length: 6\r\n");
	return span_is(path, "/") || span_is(path, "/close") ||
	       span_is(path, "/fields") || span_is(path, "/block") ||
	       span_is(path, "/dated") || response->status != 200;
}

static bool
pulled_page(struct page *page, struct span path)
{
	response_init(&page->x->response);
	page->x->response.status = 200;
	if (span_is(path, "/pieces"))
		pull_from(page, &ops_pieces, -1);
	else if (span_is(path, "/pauses"))
		pull_from(page, &ops_pauses, -1);
	else if (span_is(path, "/fails"))
		pull_from(page, &ops_fails, -1);
	else if (span_is(path, "/known"))
		pull_from(page, &ops_known, 11);
	else if (span_is(path, "/short"))
		pull_from(page, &ops_short, 10);
	else if (span_is(path, "/file"))
		send_file(page);
	else if (span_is(path, "/parts"))
		send_parts(page, 14);
	else if (span_is(path, "/chunked-parts"))
		send_parts(page, -1);
	else if (span_is(path, "/short-parts"))
		send_parts(page, 4);
	else
		return false;
	return true;
}

static bool
taking_page(struct page *page, struct span path)
{
	struct response *response = &page->x->response;

	response_init(response);
	if (span_is(path, "/stuck"))
		return true;
	page->take_max = span_is(path, "/slow") ? 3 : 0;
	page->refuses = span_is(path, "/refuse");
	if (!span_is(path, "/upload") && !span_is(path, "/slow") &&
	    !span_is(path, "/refuse") && !span_is(path, "/early"))
		return false;
	take_body(page);
	if (span_is(path, "/early"))
		response->status = 200;
	return true;
}

/* Lets sinks take and sources go on; true if there was any that rested. */
static bool
next_round(struct driver *d)
{
	struct page *page = d->test;
	bool rested = page != NULL && (page->rests || page->paused);

	if (page != NULL)
		page->rests = false;
	return rested;
}

void
h1_site(struct driver *d, struct exchange *x)
{
	struct page *page = arena_calloc(&x->arena, 1, sizeof(*page));
	struct span path = x->request.uri.path;

	if (page == NULL)
		abort();
	page->driver = d;
	page->x = x;
	d->test = x->handler_data = page;
	d->again = next_round;
	if (x->request.method == METHOD_UNKNOWN)
		response_error(x, 501);
	else if (!simple_page(x, path) && !pulled_page(page, path) &&
		 !taking_page(page, path))
		response_error(x, 404);
}

/* ---- runs ---- */

struct server_conf *
h1_site_conf(const char *text)
{
	static const struct conf_section *const sections[] = { &framing_section,
		&http_section, NULL };
	char all[1024];

	snprintf(all, sizeof(all), "Listen 192.0.2.1:80\n%s", text);
	return conf_text_load(sections, all, NULL);
}

/* What depends on the time, and on who answers, is of no interest. */
static void
add_without(struct buf *to, struct span text, const char *field)
{
	while (text.len > 0) {
		size_t line = span_find(text, '\n');

		line += line < text.len;
		if (!span_starts(text, field))
			buf_add(to, text.ptr, line);
		text = span_skip(text, line);
	}
}

static void
keep_text(struct site_run *run, const struct buf *output)
{
	struct buf dated;

	buf_init(&dated, output->len + 1);
	add_without(&dated, buf_span(output), "Server: ");
	buf_init(&run->text, output->len + 1);
	add_without(&run->text, buf_span(&dated), "Date: ");
	buf_release(&dated);
}

void
h1_site_run(struct site_run *run)
{
	struct memory_transport memory;
	struct driver driver;

	memory_transport_init(&memory, &run->script, 4 * 1024 * 1024);
	driver_init(&driver, &memory, run->conf, h1_site);
	if (run->limit > 0)
		driver.limit = run->limit;
	driver_run(&driver);
	driver_close(&driver);
	if (driver.counted != memory.output.len)
		abort();
	keep_text(run, &memory.output);
	buf_init(&run->log, driver.log.len + 1);
	buf_add_span(&run->log, buf_span(&driver.log));
	run->end = driver.end;
	run->batches = driver.batches;
	driver_release(&driver);
	memory_transport_release(&memory);
}

void
h1_site_run_release(struct site_run *run)
{
	buf_release(&run->text);
	buf_release(&run->log);
}
