/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bodies.  A response's body is a source that the framing pulls from; a
 * request's body is pushed, as it arrives, into the sink that a handler set.
 */
#ifndef DROVER_HTTP_BODY_H
#define DROVER_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/span.h"

struct body;

enum body_result {
	BODY_DATA = 1,
	BODY_FILE,	/* … and behind the data, which may be empty, come the
			 * bytes that body->file is now set to */
	BODY_END,
	BODY_WAIT,	/* nothing now: exchange_ready() will be called */
	BODY_ERROR,	/* the answer cannot be completed: the connection (or
			 * stream) is cut, never padded */
};

struct body_ops {
	/*
	 * Gives the next bytes without copying: a span that stays valid until
	 * the next call of next or close.  Never more than max bytes.
	 */
	enum body_result (*next)(struct body *, size_t max, struct span *data_r);
	void (*close)(struct body *);
};

/*
 * A file range that a transport may send without copying (sendfile).  As long
 * as left is not 0 it is what comes next of the body, and there are two ways
 * to get it, at any byte of it: who sends from the file itself, advances offset
 * and left and lowers the body's length; who cannot, calls next, which reads.
 */
struct body_file {
	int fd;			/* borrowed from the source; -1: no file */
	off_t offset;		/* of the next byte */
	uint64_t left;
};

struct body {
	const struct body_ops *ops;	/* NULL: no body */
	int64_t length;		/* of what is left to pull; -1: unknown */
	struct span memory;	/* all of it, where it is in memory already */
	struct body_file file;	/* or all of it is this range, if fd is not -1
				 * before anything was pulled; later one that
				 * next has announced by BODY_FILE */
	void *source, *buffer;	/* the ops' own */
};

/* A body without bytes. */
void body_none(struct body *);
/* Bytes that live at least as long as the exchange. */
void body_memory(struct body *, struct span);
/* For ops of others: the next of a source whose bytes are all in memory. */
enum body_result body_memory_next(struct body *, size_t max,
    struct span *data_r);
/* What the buffer holds; its memory is taken over and it is empty then. */
void body_buffer(struct body *, struct buf *);
/*
 * Leaves of a body, of which nothing was pulled, count bytes from the first
 * on.  Only for one with body_in_place.
 */
void body_narrow(struct body *, uint64_t first, uint64_t count);
/* Any byte of it can be reached at once: it is all in memory, or a file. */
static inline bool
body_in_place(const struct body *body)
{
	return body->memory.ptr != NULL || body->file.fd != -1;
}
/* Ends the source (calls ops->close once); body_none afterwards. */
void body_close(struct body *);

/*
 * Where the bytes of a request's body go.  A handler that wants the body (its
 * request has_body) places a sink of its own in exchange->sink, in the
 * exchange's arena say, and answers HOOK_WAIT; the framing, which tells the
 * client to go on if it holds the body back (100), gives it what arrives:
 *
 * take: the next bytes, decoded, valid during the call.  Returns how many it
 * took: with fewer the client is not read from until exchange_ready(), then
 * the rest is offered again.  -1: the body is refused, the response is set.
 * end: the body was complete.
 *
 * Before -1 and in end the sink calls exchange_ready().  After end the
 * handler's hook is asked again; after -1 it is not, for the response is
 * there.  exchange->sink is NULL by then: neither is
 * called after either of them, nor once the exchange has ended otherwise (the
 * client went away, sent what is no body, or nothing in time: the framing
 * refuses it with 400 or 408, or it is aborted; the handler is not asked, only
 * exchange->release is).  A handler may answer before the end: the sink gets
 * the rest then as long as the answer is being sent, unless it is set to NULL.
 */
struct body_sink {
	ssize_t (*take)(struct body_sink *, struct span data);
	void (*end)(struct body_sink *);
};

#endif
