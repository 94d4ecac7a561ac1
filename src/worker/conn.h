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
	WAIT_FIRST,   /* a new connection's first byte: Timeout or header= of
		       * RequestReadTimeout, then closed without a word */
	WAIT_HEAD,    /* the rest of a head: Timeout since the last of it, and
		       * header= since its first byte, then 408 */
	WAIT_BODY,  /* more of a body: Timeout since the last of it, and body=
		     * since it was first waited for, then 408 */
	WAIT_WRITE, /* the peer to take bytes: Timeout, and more for those that
		     * it takes, by ResponseMinRate */
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

/* Without its framing's input this is all that an idle connection costs. */
#define CONN_SIZE_MAX 320

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
	uint32_t bytes; /* lingering: thrown away; while the peer is waited for
			 * to take an answer: what it had not when that was
			 * looked at last, and what was written since */
	uint32_t from_ms; /* when what is being read began; low bits of the
			   * clock */
	uint32_t last_ms; /* when the last of it came; of what is written: until
			   * when the peer has time */
	enum conn_state state : 4;
	enum conn_wait wait : 4;
	enum conn_wait begun : 4; /* WAIT_HEAD, WAIT_BODY, WAIT_WRITE: waiting
				   * for that, with its bound in time */
	enum conn_stage stage : 4;
	unsigned progress : 5; /* 1 + its place in the slot's table, or 0 */
	bool registered : 1;		 /* with the loop */
	bool shared : 1;		 /* adopted: who gave the
					  * descriptor may still have it */
	bool readable : 1, writable : 1; /* as far as known, since
					  * readiness is edge-triggered */
	bool crossed : 1;		 /* the transport waits for the
					  * other direction (TLS) */
	bool hangup : 1;		 /* the peer has ended its side:
					  * what can be read ends */
	bool broken : 1;		 /* nothing can be sent any more */
	bool end_of_input : 1;
	bool parked : 1;
	bool surplus : 1; /* there was no room for it when it came */
};

_Static_assert(sizeof(struct conn) <= CONN_SIZE_MAX, "an idle one is small");

/* What is known of a new connection's peer. */
struct conn_origin {
	struct addr remote, local;
	const char *listen_name; /* outlives the connection */
	uint32_t requests;	 /* answered on it before (handed over) */
	bool shared;		 /* another process may still have it open */
	bool surplus;		 /* it is beyond MaxConnections */
};

/*
 * Takes over fd (non-blocking) and runs it at once: with AcceptFilter the
 * request is there already.  Without memory the descriptor is closed.
 */
void conn_open(struct worker *, int fd, const struct conn_origin *);
/*
 * Closes it; what was under way is logged as aborted.  reset: cut, so that the
 * peer takes what it has for incomplete.  The struct goes at the end of the
 * turn: callers may still look at it.
 */
void conn_close(struct conn *, bool reset);
/* The worker drains: idle ones are given away or closed after a while, the
 * others end with their next answer. */
void conn_drain(struct conn *);
/* Runs parked ones while their lines find room; the others stay. */
void conn_unpark(struct worker *);
/* Gives up the lines of parked ones, all closed: how many those were. */
unsigned conn_lose_lines(struct worker *);
/* The connection's descriptor is in other hands now. */
void conn_forget(struct conn *);

#endif
