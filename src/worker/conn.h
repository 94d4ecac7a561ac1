/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection: the one place where transport, framing, route and log meet.
 * It owns all of them; nothing but the loop and the acceptor calls it.
 */
#ifndef DROVER_WORKER_CONN_H
#define DROVER_WORKER_CONN_H

#include "framing/framing.h"
#include "net/transport.h"
#include "os/loop.h"
#include "worker/worker_private.h"

/* What a connection waits for; each has its own bound in time. */
enum conn_wait {
	WAIT_NOTHING, /* no timer runs */
	WAIT_FIRST,   /* a new connection's first byte: Timeout, then closed
		       * without a word */
	WAIT_HEAD,    /* the rest of a head: Timeout from its first byte,
		       * then 408 */
	WAIT_BODY,  /* more of a body: Timeout since the last of it, then 408 */
	WAIT_WRITE, /* the peer to take bytes: Timeout since it last did */
	WAIT_IDLE,  /* the next request: KeepAliveTimeout; less when the
		     * worker drains */
	WAIT_LINGER, /* the peer to close, after our last answer */
};

enum conn_state {
	CONN_HANDSHAKE, /* the transport is not ready yet */
	CONN_OPEN,	/* requests and answers */
	CONN_LINGERING, /* all is said, input is thrown away until the peer
			 * closes, so that it can read our answer */
	CONN_GONE,	/* the descriptor is closed; only lines that the log
			 * could not take yet keep it */
};

struct conn {
	struct list_node node; /* in one of the worker's lists */
	struct worker *worker;
	const struct worker_conf *conf; /* of the host asked last */
	struct transport transport;
	struct loop_source source;
	struct loop_timer timer;
	struct loop_task task; /* run again at the end of the turn */
	struct framed framed;
	struct exchange_peer peer;
	struct list waiting;	 /* exchanges whose hook said WAIT */
	uint64_t lingered;	 /* bytes thrown away */
	size_t unsent;		 /* when a write last found no room, or when
				  * its time-out was renewed */
	uint8_t state;		 /* enum conn_state */
	uint8_t wait;		 /* enum conn_wait */
	bool registered;	 /* with the loop */
	bool readable, writable; /* as far as known (edge-triggered) */
	bool hangup;		 /* the peer has ended its side: what can
				  * be read ends with it */
	bool end_of_input;
	bool parked;
};

/* What is known of a new connection's peer. */
struct conn_origin {
	struct addr remote, local;
	const char *listen_name; /* outlives the connection */
	uint32_t requests;	 /* answered on it before (handed over) */
};

/*
 * Takes over fd (non-blocking) and runs it at once: with AcceptFilter the
 * request is there already.  Without memory the descriptor is closed.
 */
void conn_open(struct worker *, int fd, const struct conn_origin *);
/* Cuts it; what was under way is logged as aborted. */
void conn_abort(struct conn *);
/* Closes an idle one. */
void conn_close_idle(struct conn *);
/* The worker drains: idle ones are given away or closed after a while, the
 * others end with their next answer. */
void conn_drain(struct conn *);
/* Runs those parked ones whose lines now find room. */
void conn_unpark_all(struct worker *);
/* The connection's descriptor is in other hands now. */
void conn_forget(struct conn *);

#endif
