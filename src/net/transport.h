/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How bytes of one connection travel: plain TCP, later TLS, in tests memory.
 * Nothing above knows which.
 */
#ifndef DROVER_NET_TRANSPORT_H
#define DROVER_NET_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

struct transport;

/* Results below zero; above it is a number of bytes. */
enum transport_result {
	TRANSPORT_END = 0,		/* the peer sends no more (read only) */
	TRANSPORT_AGAIN_READ = -1,	/* call again when readable */
	TRANSPORT_AGAIN_WRITE = -2,	/* call again when writable */
	TRANSPORT_ERROR = -3,		/* gone; nothing further will work */
};

struct transport_ops {
	/* 1 when done; AGAIN_READ or AGAIN_WRITE, ERROR.  Plain: 1 at once. */
	int (*handshake)(struct transport *);
	ssize_t (*read)(struct transport *, void *data, size_t len);
	/* more: further bytes follow at once (MSG_MORE). */
	ssize_t (*writev)(struct transport *, const struct iovec *, int count,
	    bool more);
	/* NULL: not for this transport, the framing's bytes are copied.
	 * TRANSPORT_END: the file is shorter than was said. */
	ssize_t (*sendfile)(struct transport *, int fd, off_t offset,
	    size_t len);
	/* EPOLLIN | EPOLLOUT: what the transport itself waits for now. */
	uint32_t (*want)(const struct transport *);
	/* Bytes that read() would give without the descriptor being ready. */
	size_t (*pending)(const struct transport *);
	/* Bytes that were taken and the peer has not got yet: while they get
	 * fewer, it is still there. */
	size_t (*unsent)(const struct transport *);
	/* Ends our direction (FIN, close_notify): 1 done, AGAIN_…, ERROR. */
	int (*shutdown)(struct transport *);
	/* Closes the descriptor; reset: with RST, not waiting for anything. */
	void (*close)(struct transport *, bool reset);
};

struct transport {
	const struct transport_ops *ops;
	int fd;			/* -1: none (memory) */
	bool can_hand_over;	/* its state is the descriptor alone */
	void *data;		/* the kind's own */
};

/* Plain TCP over a non-blocking descriptor, which it owns from now on. */
void transport_plain_init(struct transport *, int fd);

#endif
