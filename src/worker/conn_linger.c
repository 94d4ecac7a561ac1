/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last bytes of a connection.  Where input is left unread, by the framing
 * or in the socket, close() would reset it, and the peer might never see our
 * answer: our side is ended, and what still comes is thrown away until the peer
 * ends its own (RFC 9112, 9.6).
 */
#include "config.h"

#include "worker/conn_private.h"

/* A peer that sends on and on is cut after this much, or after LINGER_MS. */
#define LINGER_BYTES_MAX (64 * 1024 * 1024)
/* Thrown away in one turn, so that others have theirs. */
#define LINGER_TURN_MAX (256 * 1024)

void
conn_finish(struct conn *c)
{
	if ((!c->framed.lingering && !c->readable) || c->end_of_input) {
		conn_close(c, false);
		return;
	}
	if (c->transport.ops->shutdown(&c->transport) == TRANSPORT_ERROR) {
		conn_close(c, true);
		return;
	}
	c->state = CONN_LINGERING;
	c->bytes = 0;
	conn_enlist(c, c->surplus ? &c->worker->refused : &c->worker->idle);
	conn_wait(c, WAIT_LINGER, false);
	/* What is there already makes no new edge. */
	conn_linger(c);
}

void
conn_linger(struct conn *c)
{
	static char nowhere[16 * 1024];
	size_t turn = 0;

	while (c->readable && turn < LINGER_TURN_MAX) {
		ssize_t n = c->transport.ops->read(
		    &c->transport, nowhere, sizeof(nowhere));

		if (n == TRANSPORT_AGAIN_READ || n == TRANSPORT_AGAIN_WRITE) {
			c->readable = false;
			return;
		}
		if (n <= 0 || c->bytes > LINGER_BYTES_MAX) {
			conn_close(c, n > 0);
			return;
		}
		c->bytes += (uint32_t)n;
		turn += (size_t)n;
	}
	if (c->readable)
		loop_defer(c->worker->loop, &c->task);
}
