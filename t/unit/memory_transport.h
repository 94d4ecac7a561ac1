/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A transport whose peer is a script: it reads from a given input and writes
 * into a buffer, as unkindly as it was told to.  Everything that a socket or
 * a TLS session may do between two calls happens here on purpose.
 */
#ifndef UNIT_MEMORY_TRANSPORT_H
#define UNIT_MEMORY_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "net/transport.h"

/* Zero and false everywhere is a kind peer. */
struct memory_script {
	struct span input;    /* borrowed */
	bool input_ends;      /* END behind the input, else AGAIN_READ */
	size_t read_stop;     /* no read goes across this offset of the
			       * input (0: none does): one split */
	size_t read_max;      /* bytes of one read; 0: no bound */
	size_t write_max;     /* bytes of one write or sendfile; 0: none */
	bool read_again;      /* every second read answers AGAIN_READ */
	bool write_again;     /* every second write answers AGAIN_WRITE … */
	bool swapped;	      /* … or AGAIN_READ, and reads AGAIN_WRITE, as
			       * a TLS session may */
	bool handshake_again; /* the handshake takes three calls */
	bool read_fails;      /* ERROR at read_fail_at bytes */
	size_t read_fail_at;
	bool write_fails; /* ERROR at write_fail_at bytes */
	size_t write_fail_at;
	bool no_sendfile; /* as for a transport that has none */
};

struct memory_transport {
	struct transport transport;
	struct memory_script script;

	/* What happened. */
	size_t input_at;
	struct buf output;    /* owned */
	bool ended_with_more; /* the last write announced more */
	bool shut, closed, reset;
	unsigned reads, writes, handshakes; /* calls */
};

/* max bounds the output; a write beyond it is an ERROR. */
void memory_transport_init(
    struct memory_transport *, const struct memory_script *, size_t max);
void memory_transport_release(struct memory_transport *);

#endif
