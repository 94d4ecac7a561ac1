/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A framing turns a connection's bytes into exchanges and exchanges' answers
 * into bytes: HTTP/1 now, HTTP/2 later, memory in tests.  It makes no system
 * call and knows no transport; the connection that owns it moves the bytes:
 *
 *	read into framed_input_room()      -> framed_input_added()
 *	ops->input()                       -> exchanges on framed->ready
 *	route each of framed->ready, then  ops->answer(), ops->input() again
 *	ops->output(batch), write it       -> ops->sent(bytes)
 *	exchanges whose last byte went     -> on framed->done
 *	log each of framed->done, then     framed_release()
 */
#ifndef DROVER_FRAMING_FRAMING_H
#define DROVER_FRAMING_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/list.h"
#include "base/span.h"
#include "http/exchange.h"

struct framed;

/* Output of one turn and connection, so that none starves the others. */
#define OUTPUT_TURN_MAX (256 * 1024)
/* No batch is asked for with a lower limit: a frame must fit around a byte. */
#define OUTPUT_LIMIT_MIN 64
#define OUTPUT_IOV_MAX 32

/*
 * What to write next: the iovecs in order, then the file range.  Valid until
 * the next call of sent, input or close.  A batch without a byte ends an
 * exchange whose body turned out to be over: nothing is written, sent(0).
 */
struct output_batch {
	struct iovec iov[OUTPUT_IOV_MAX];
	int iov_count;
	size_t iov_bytes;
	int fd;			/* -1: no file range */
	off_t offset;
	size_t file_bytes;
	/* Exchanges whose last byte is in this batch, in the order of their
	 * ends: their log lines are staged before the write, so bytes_sent and
	 * body_sent of these hold what they will be once the batch is sent. */
	struct exchange *ending[OUTPUT_IOV_MAX];
	size_t end_at[OUTPUT_IOV_MAX];	/* … and after how many bytes of the
					 * batch each is complete */
	unsigned ending_count;
};

enum framing_status {
	FRAMING_OPEN,	/* goes on */
	FRAMING_LAST,	/* reads no more; closes when all output is sent */
	FRAMING_BROKEN,	/* to be cut at once (a body failed half-way) */
};

struct framing {
	const char *alpn;		/* "http/1.1" */
	/* An idle connection has no state: who gets its descriptor can open it
	 * anew and go on. */
	bool can_hand_over;
	/* 0, or -1 without memory.  framed->… set by framed_init. */
	int (*open)(struct framed *);
	/*
	 * Uses what input there is; makes exchanges (at most as many as can be
	 * answered in turn: HTTP/1 one) and moves them to framed->ready, and
	 * gives bytes of a body to its exchange's sink.  Called also without
	 * new bytes: after each answer, when a sink was set or can take more,
	 * and after sent, until it leaves nothing on framed->ready.
	 * end_of_input: no byte will come any more; said at every later call.
	 */
	enum framing_status (*input)(struct framed *, bool end_of_input);
	/*
	 * The exchange's response is finished (response_finish was called).
	 * It may yet come on framed->ready again, refused, if what follows
	 * its head is no body.
	 * Its sink, if there is one, goes on getting what comes of the body
	 * until the exchange ends; NULL it to have the rest passed over.
	 */
	void (*answer)(struct framed *, struct exchange *);
	/* Fills the batch with at most limit bytes (OUTPUT_LIMIT_MIN at
	 * least); false: nothing to write. */
	bool (*output)(struct framed *, struct output_batch *, size_t limit);
	/* The transport took the first bytes of the last batch. */
	void (*sent)(struct framed *, size_t bytes);
	/*
	 * A 1xx answer in front of the exchange's final one: 103 with the
	 * fields that its response has so far.  100 is said by input itself,
	 * once a sink waits for a body that the client holds back.
	 */
	void (*interim)(struct framed *, struct exchange *, int status);
	/* Another framing takes over (h2c); NULL: never. */
	int (*upgrade)(struct framed *, const struct framing *next);
	/*
	 * The next head, or the rest of a body that a sink waits for, did not
	 * come in time: its exchange, if a byte of it did come, goes on
	 * framed->ready, refused with 408.  Nothing more is read.  Also of one
	 * that was idle for too long.
	 */
	void (*expire)(struct framed *);
	/* No new exchange after those begun: announces it to the peer, with
	 * what is sent next or as output of its own. */
	void (*drain)(struct framed *);
	/* The one that is next to be sent whole, answered or not; NULL: none
	 * is under way. */
	struct exchange *(*oldest)(struct framed *);
	/* The end: exchanges not sent (whatever list they are in) become
	 * EXCHANGE_ABORTED and go on framed->done, with the bytes that were
	 * sent of them counted, and with status 400 if they have none and a
	 * sink waited for their body; all else is released. */
	void (*close)(struct framed *);
};

/* So many more answers, lest one who always has another request keeps a worker
 * that drains for ever. */
#define DRAIN_ANSWERS_MAX 100u

/* One connection as its framing sees it; embedded in the connection. */
struct framed {
	const struct framing *ops;
	const struct server_conf *conf;
	const struct framing_conf *settings;	/* of the default host */
	struct exchange_peer *peer;
	struct framing_input *input;	/* buffer + parser; NULL: idle, holds
					 * no memory (pooled) */
	struct list ready;		/* exchanges with a complete head, to
					 * be routed; the router unlinks.  One
					 * whose response.status is set (the
					 * framing refused it) is not routed,
					 * only finished.  One may come again
					 * while a hook waits for its body: it
					 * was malformed, or broke off */
	struct list done;		/* sent or aborted: to be logged, then
					 * given to framed_release */
	unsigned exchanges;		/* made and not yet released */
	enum framing_status status;
	bool draining;
	uint8_t drain_answers;		/* since the worker drains, that were
					 * not the last */
	bool wants_input;		/* false: reading stops for now (a sink
					 * is full, an answer is under way) */
	bool empty_line;		/* one was passed over in front of the
					 * request that is still to come */
	bool lingering;			/* close only after the peer had time to
					 * read: unread input or body remains,
					 * or the parser refused it */
};

/* Rows of all framings: KeepAlive, MaxKeepAliveRequests, LimitRequest… */
struct framing_conf {
	bool keep_alive;
	int max_requests;		/* 0: no bound */
	int limit_fields;		/* 0: no bound of its own */
	int64_t limit_line, limit_field_size;
	int64_t limit_body;		/* 0: none */
};
extern const struct conf_section framing_section;

extern const struct framing framing_h1;

void framed_init(struct framed *, const struct framing *,
    const struct server_conf *, struct exchange_peer *);

/*
 * The end of an exchange that was on framed->done: releases it and takes its
 * storage back.  Also after ops->close.
 */
void framed_release(struct framed *, struct exchange *);

/*
 * Room for input: at least 1 byte unless NULL: no room (the framing must use
 * or refuse what it has) or no memory.  framed_input_added follows always, with
 * 0 when nothing came: room that stays empty is given back at once.
 */
char *framed_input_room(struct framed *, size_t *room_r);
void framed_input_added(struct framed *, size_t bytes);
/* Bytes read but not yet used. */
size_t framed_input_left(const struct framed *);
/* And where they are until more is read or used; NULL: there are none. */
const char *framed_input_bytes(const struct framed *, size_t *len_r);
/*
 * No request is under way and no byte of the next was read (an empty line
 * does not count): the connection is idle, may be handed over, and its input
 * memory was given back.
 */
bool framed_idle(const struct framed *);
/* FRAMING_LAST and nothing more to answer, to send or to log. */
bool framed_finished(const struct framed *);

#endif
