/* SPDX-License-Identifier: BSD-2-Clause */
/* Letters for the two ends of a connection: addresses, ports, names, pids. */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "base/addr.h"
#include "http/canonical.h"
#include "log/log_letter.h"

static void
print_ip(struct log_out *out, const struct addr *addr)
{
	if (log_out_room(out, ADDR_TEXT_SIZE))
		out->at += addr_print_ip(addr, out->at);
}

/* A client's requests come in a row: its text is made once for them. */
void
log_peer_remote_ip(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	static char text[16]; /* "255.255.255.255" and a NUL */
	static size_t len;
	static in_addr_t known;
	const struct addr *addr =
	    item->text.len > 0 ? &x->peer->remote : exchange_client(x);

	if (addr->len == 0 || addr->any.sa_family != AF_INET) {
		print_ip(out, addr);
		return;
	}
	if (len == 0 || known != addr->v4.sin_addr.s_addr) {
		char fresh[ADDR_TEXT_SIZE];

		len = addr_print_ip(addr, fresh);
		memcpy(text, fresh, sizeof(text));
		known = addr->v4.sin_addr.s_addr;
	}
	if (log_out_room(out, sizeof(text))) {
		memcpy(out->at, text, sizeof(text));
		out->at += len;
	}
}

void
log_peer_local_ip(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	(void)item;
	print_ip(out, &x->peer->local);
}

/* ---- ports ---- */

enum {
	PORT_CANONICAL,
	PORT_LOCAL,
	PORT_REMOTE
};

/* As in Apache not the one that the client asked for: that is %{local}p. */
void
log_peer_port(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	switch (item->number) {
	case PORT_CANONICAL:
		log_out_number(out, canonical_port(x));
		break;
	case PORT_LOCAL:
		log_out_number(out, addr_port(&x->peer->local));
		break;
	default:
		log_out_number(out, addr_port(exchange_client(x)));
	}
}

int
log_peer_prepare_port(
    struct log_item *item, struct arena *arena, struct err *err)
{
	static const char *const words[] = { "canonical", "local", "remote",
		NULL };

	(void)arena;
	return log_prepare_word(item, words, err);
}

/* ---- processes ---- */

/* There are no threads: a thread's number is its process's. */
enum {
	PID_PID,
	PID_TID,
	PID_HEX
};

/* A process writes lines under one pid; asking for it is a system call. */
void
log_peer_pid(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	static pid_t pid;
	char text[16];

	(void)x;
	if (pid == 0)
		pid = getpid();
	if (item->number != PID_HEX) {
		log_out_number(out, (uint64_t)pid);
		return;
	}
	snprintf(text, sizeof(text), "%x", (unsigned)pid);
	log_out_span(out, span_str(text));
}

int
log_peer_prepare_pid(
    struct log_item *item, struct arena *arena, struct err *err)
{
	static const char *const words[] = { "pid", "tid", "hextid", NULL };

	(void)arena;
	return log_prepare_word(item, words, err);
}

/* ---- names ---- */

void
log_peer_server_name(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	struct span name = canonical_name(x);

	(void)item;
	if (name.len == 0)
		print_ip(out, &x->peer->local);
	else
		log_print_text(out, name);
}

/* As UseCanonicalName says; what the client used in small letters. */
void
log_peer_used_name(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	struct span host = canonical_client_name(x);
	char folded[256]; /* no name that can be looked up is longer */

	if (host.len == 0) {
		log_peer_server_name(item, x, out);
		return;
	}
	if (host.len <= sizeof(folded)) {
		for (size_t i = 0; i < host.len; i++)
			folded[i] = (char)span_fold(host.ptr[i]);
		host.ptr = folded;
	}
	log_out_escaped(out, host);
}
