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

/* A file range that a transport may send without copying (sendfile). */
struct body_file {
	int fd;			/* borrowed from the source; -1: no file */
	off_t offset;		/* of the next byte */
	uint64_t left;
};

struct body {
	const struct body_ops *ops;	/* NULL: no body */
	int64_t length;		/* of what is left to pull; -1: unknown */
	struct span memory;	/* all of it, where it is in memory already */
	struct body_file file;	/* or all of it is this range */
	void *source, *buffer;	/* the ops' own */
};

/* A body without bytes. */
void body_none(struct body *);
/* Bytes that live at least as long as the exchange. */
void body_memory(struct body *, struct span);
/* What the buffer holds; its memory is taken over and it is empty then. */
void body_buffer(struct body *, struct buf *);
/* Ends the source (calls ops->close once); body_none afterwards. */
void body_close(struct body *);

/*
 * Where the bytes of a request's body go.  take returns how many it took
 * (fewer: call again after exchange_ready), -1: the body is refused and
 * the exchange's response is final.  end: the body is complete.
 */
struct body_sink {
	ssize_t (*take)(struct body_sink *, struct span data);
	void (*end)(struct body_sink *);
};

#endif
