/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection of explain: text of a request in, the head of its answer out.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/number.h"
#include "files/files.h"
#include "worker/explain_private.h"
#include "worker/worker_private.h"

/* Sets of sections that one request may meet. */
#define LOOKUPS_MAX 64
/* Turns of hooks and bodies that go on by themselves. */
#define TURNS_MAX 100000

/* The parts of a URL. */
struct target {
	bool secure;
	struct span host; /* with [] around an IPv6 address; empty: none */
	uint16_t port;	  /* 0: none */
	struct span path;
};

/* ---- the URL ---- */

static bool
read_authority(struct span authority, struct target *target)
{
	struct span digits = authority;
	size_t colon = span_find_last(authority, ':');
	uint64_t port;

	target->host = authority;
	if (colon >= authority.len ||
	    span_find_last(authority, ']') + 1 == authority.len)
		return authority.len > 0;
	digits = span_skip(authority, colon + 1);
	target->host.len = colon;
	if (number_parse(digits, 65535, &port) != NUMBER_OK || port == 0)
		return false;
	target->port = (uint16_t)port;
	return target->host.len > 0;
}

static int
read_url(const char *url, struct target *target, struct err *err)
{
	struct span text = span_str(url), authority;

	*target = (struct target){ .path = text };
	if (text.len > 0 && (text.ptr[0] == '/' || span_is(text, "*")))
		return 0;
	target->secure = strncasecmp(url, "https://", 8) == 0;
	if (!target->secure && strncasecmp(url, "http://", 7) != 0)
		return err_set(err,
		    "\"%s\" is neither a path nor a URL of http or https", url);
	authority = span_skip(text, target->secure ? 8 : 7);
	authority.len = strcspn(authority.ptr, "/?#");
	target->path = span_str(authority.ptr + authority.len);
	if (!read_authority(authority, target))
		return err_set(err, "\"%s\" names no host", url);
	return 0;
}

/* ---- the connection ---- */

/* The listener of that port, 0: the first one; NULL: there is none. */
static const struct listen_conf *
find_listen(const struct server_conf *conf, uint16_t port)
{
	for (size_t i = 0; i < conf->listen_count; i++)
		if (port == 0 || addr_port(&conf->listens[i].addr) == port)
			return &conf->listens[i];
	return NULL;
}

/*
 * A URL that names an address leads to that one.  No name is looked up: else
 * it is the listener's, or where that has all, this machine's.
 */
static int
connect_peer(struct explain *e, const struct explain_request *request,
    const struct target *target, struct err *err)
{
	const char *from = request->from == NULL ? "127.0.0.1" : request->from;
	struct exchange_peer *peer = &e->peer;
	uint16_t port = target->port;
	const struct listen_conf *listen;
	struct span host = target->host;

	if (host.len > 2 && host.ptr[0] == '[')
		host = span_of(host.ptr + 1, host.len - 2);
	if (port == 0 && target->host.len > 0)
		port = target->secure ? 443 : 80;
	listen = find_listen(e->conf, port);
	if (port == 0 && listen != NULL)
		port = addr_port(&listen->addr);
	*peer = (struct exchange_peer){
		.scheme = target->secure ? "https" : "http",
		.listen_name = listen == NULL ? "none" : listen->name,
	};
	if (!addr_parse(span_str(from), 49152, &peer->remote))
		return err_set(err, "\"%s\" is no IP address", from);
	if (addr_parse(host, port, &peer->local))
		return 0;
	if (listen != NULL && !addr_is_any(&listen->addr))
		peer->local = listen->addr;
	else
		(void)addr_parse(
		    (struct span)SPAN("127.0.0.1"), port, &peer->local);
	return 0;
}

static bool
is_named(const struct explain_request *request, const char *name)
{
	size_t len = strlen(name);

	for (const char *const *f = request->fields; *f != NULL; f++)
		if (strncasecmp(*f, name, len) == 0 && (*f)[len] == ':')
			return true;
	return false;
}

/* A path alone is meant for the host that the main server is called. */
static void
print_request(struct explain *e, const struct explain_request *request,
    const struct target *target, struct buf *text)
{
	const struct host *main = &e->conf->hosts[0];
	struct span path = target->path;
	char name[ADDR_TEXT_SIZE];

	path.len = strcspn(path.ptr, "#");
	buf_printf(text, "%s %s%.*s HTTP/1.1\r\n", request->method,
	    path.len > 0 && path.ptr[0] != '?' ? "" : "/", SPAN_ARG(path));
	if (!is_named(request, "Host")) {
		addr_print(&e->peer.local, name);
		if (target->host.len > 0 && target->port > 0)
			buf_printf(text, "Host: %.*s:%u\r\n",
			    SPAN_ARG(target->host), target->port);
		else if (target->host.len > 0)
			buf_printf(
			    text, "Host: %.*s\r\n", SPAN_ARG(target->host));
		else
			buf_printf(text, "Host: %s\r\n",
			    main->name == NULL ? name : main->name);
	}
	for (const char *const *f = request->fields; *f != NULL; f++)
		buf_printf(text, "%s\r\n", *f);
	buf_add_str(text, "\r\n");
}

static void
wake(struct exchange *x)
{
	struct explain *e = x->wake_data;

	e->woken = true;
}

static void
feed(struct framed *f, struct span text)
{
	while (text.len > 0) {
		size_t room;
		char *to = framed_input_room(f, &room);

		if (to == NULL)
			return;
		if (room > text.len)
			room = text.len;
		memcpy(to, text.ptr, room);
		framed_input_added(f, room);
		text = span_skip(text, room);
		f->ops->input(f, false);
	}
}

/* The exchange with its answer; NULL: there is none. */
static struct exchange *
answer(struct explain *e)
{
	struct framed *f = &e->framed;
	struct exchange *x = NULL;
	bool ended = false;

	for (int turns = 0; turns < TURNS_MAX; turns++) {
		if (!list_empty(&f->ready)) {
			x = LIST_ENTRY(
			    f->ready.head.next, struct exchange, node);
			list_remove(&x->node);
			x->wake = wake;
			x->wake_data = e;
		} else if (x != NULL && e->woken) {
			e->woken = false;
		} else if (!ended) {
			ended = true;
			f->ops->input(f, true);
			continue;
		} else {
			return NULL;
		}
		if (route_watched(x, e->lookups, explain_step, e))
			return x;
	}
	return NULL;
}

/* What would be sent, up to the empty line. */
static void
print_head(struct explain *e, struct exchange *x)
{
	struct framed *f = &e->framed;
	struct output_batch batch;
	struct buf text;
	struct span rest;

	f->ops->answer(f, x);
	for (int turns = 0; !f->ops->output(f, &batch, OUTPUT_TURN_MAX);
	     turns++)
		if (turns == TURNS_MAX)
			return;
	buf_init(&text, OUTPUT_TURN_MAX + 65536);
	for (int i = 0; i < batch.iov_count; i++)
		buf_add(&text, batch.iov[i].iov_base, batch.iov[i].iov_len);
	explain_label(e, "Answer");
	buf_add_char(e->out, '\n');
	rest = buf_span(&text);
	while (rest.len > 0) {
		struct span line = span_cut(&rest, '\n');

		if (line.len <= 1)
			break;
		buf_printf(e->out, "    %.*s\n", (int)line.len - 1, line.ptr);
	}
	buf_release(&text);
}

/* ---- what the error log would hear ---- */

static struct explain *listener;

static bool
wants(const struct exchange *x, enum report_level level, const char *room)
{
	(void)x;
	(void)room;
	return level <= REPORT_INFO;
}

static void
take_report(struct exchange *x, enum report_level level, const char *room,
    struct span text)
{
	(void)x;
	explain_label(listener, "Error log");
	buf_printf(listener->out, "[%s:%s] %.*s\n", room,
	    report_level_name(level), SPAN_ARG(text));
}

/* ---- all of it ---- */

int
explain_prepare(const struct server_conf *conf, struct err *err)
{
	clock_refresh();
	return worker_start_modules(conf, err);
}

static void
print_from(struct explain *e, const struct explain_request *request)
{
	char remote[ADDR_TEXT_SIZE], local[ADDR_TEXT_SIZE];

	addr_print_ip(&e->peer.remote, remote);
	addr_print(&e->peer.local, local);
	explain_label(e, "Request");
	buf_printf(e->out, "%s %s, from %s to %s\n", request->method,
	    request->url, remote, local);
	if (find_listen(e->conf, addr_port(&e->peer.local)) == NULL) {
		explain_label(e, "");
		buf_printf(e->out, "no Listen has port %u: as if one had\n",
		    addr_port(&e->peer.local));
	}
}

static void
run(struct explain *e, struct span text)
{
	static const struct exchange_reporter reporter = { wants, take_report };
	struct framed *f = &e->framed;
	struct exchange *x;

	listener = e;
	exchange_set_reporter(&reporter);
	feed(f, text);
	x = answer(e);
	if (x != NULL) {
		explain_error(e, x);
		explain_settings(e, x);
		print_head(e, x);
	} else {
		explain_label(e, "Answer");
		buf_add_str(e->out, "none: the request is not whole\n");
	}
	f->ops->close(f);
	while (!list_empty(&f->done))
		framed_release(
		    f, LIST_ENTRY(f->done.head.next, struct exchange, node));
	exchange_set_reporter(NULL);
}

int
explain_request(const struct server_conf *conf,
    const struct explain_request *request, struct buf *out, struct err *err)
{
	struct explain e = { .conf = conf, .out = out };
	struct target target;
	struct buf text;

	if (read_url(request->url, &target, err) != 0 ||
	    connect_peer(&e, request, &target, err) != 0)
		return -1;
	e.lookups = lookup_cache_create(conf, LOOKUPS_MAX);
	framed_init(&e.framed, &framing_h1, conf, &e.peer);
	if (e.lookups == NULL || e.framed.ops->open(&e.framed) != 0)
		return err_set(err, "out of memory");
	print_from(&e, request);
	buf_init(&text, 1024 * 1024);
	print_request(&e, request, &target, &text);
	run(&e, buf_span(&text));
	buf_release(&text);
	lookup_cache_destroy(&e.lookups);
	files_stop();
	return 0;
}
