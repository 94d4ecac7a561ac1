/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The beginning and the end of an exchange.  What happens between is decided
 * by route (above) and written by the framing; neither is known here.
 */
#include "config.h"

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
	response_init(&x->response);
	x->peer = peer;
	x->conf = conf;
	if (conf != NULL)
		x->settings = conf->hosts[0].settings;
}

void
exchange_release(struct exchange *x)
{
	list_remove(&x->node);
	body_close(&x->response.body);
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
	addr_print_ip(&x->peer->remote, text);
	x->remote_text = text;
	return text;
}
