/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The beginning and the end of an exchange.  What happens between is decided
 * by route (above) and written by the framing; neither is known here.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "http/exchange.h"

/* All that one exchange may take from its arena, whatever the peer sends. */
#define EXCHANGE_ARENA_MAX (1024 * 1024)

void
exchange_init(struct exchange *x, struct exchange_peer *peer,
    const struct server_conf *conf, void *storage, size_t storage_size)
{
	memset(x, 0, sizeof(*x));
	list_node_init(&x->node);
	arena_init(&x->arena, storage, storage_size, EXCHANGE_ARENA_MAX);
	x->held.arena = &x->arena;
	response_init(&x->response);
	x->peer = peer;
	x->conf = conf;
	if (conf != NULL)
		x->settings = conf->hosts[0].settings;
}

const struct host *
exchange_find_host(const struct exchange *x)
{
	const struct uri *uri = &x->request.uri;

	if (uri->host.len > 0)
		return lookup_host(x->conf, &x->peer->local, uri->host);
	return lookup_unnamed(x->conf, &x->peer->local, uri->raw_path);
}

void
exchange_release(struct exchange *x)
{
	if (x->release != NULL)
		x->release(x);
	list_remove(&x->node);
	body_close(&x->response.body);
	lookup_holds_release(&x->held);
	arena_release(&x->arena);
}

void
exchange_ready(struct exchange *x)
{
	if (x->wake != NULL)
		x->wake(x);
}

const char *
exchange_remote_text(struct exchange *x)
{
	char *text;

	if (x->remote_text != NULL)
		return x->remote_text;
	text = arena_alloc(&x->arena, ADDR_TEXT_SIZE);
	if (text == NULL)
		return "-";
	addr_print_ip(exchange_client(x), text);
	x->remote_text = text;
	return text;
}

/* ---- messages ---- */

static bool
plain_wants(const struct exchange *x, enum report_level level, const char *room)
{
	(void)x;
	(void)room;
	return report_wants(level);
}

static void
plain_write(struct exchange *x, enum report_level level, const char *room,
    struct span text)
{
	report(level, room, "client %s: %.*s", exchange_remote_text(x),
	    SPAN_ARG(text));
}

static const struct exchange_reporter plain = { plain_wants, plain_write };
static const struct exchange_reporter *reporter = &plain;

void
exchange_set_reporter(const struct exchange_reporter *to)
{
	reporter = to == NULL ? &plain : to;
}

void
exchange_report(struct exchange *x, enum report_level level, const char *room,
    const char *format, ...)
{
	char text[EXCHANGE_REPORT_MAX];
	va_list args;
	int len;

	if (x->quiet || !reporter->wants(x, level, room))
		return;
	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof(text))
		len = (int)sizeof(text) - 1;
	reporter->write(x, level, room, span_of(text, (size_t)len));
}
