/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole HTTP/1 connection: in one piece, and in random pieces both ways.
 * Every exchange is answered once, in the same way, and every byte counted.
 * The requests are those that another reader finds, up to the first that is
 * refused or closes the connection; after that nothing is answered.
 */
#include "config.h"

#include <string.h>

#include "framing/framing.h"
#include "fuzz.h"
#include "h1_reference.h"
#include "http/http_conf.h"

enum {
	IN_MAX = 4096,
	OUT_MAX = IN_MAX * 128,
	/* "GET / HTTP/1.0\r\n\r\n" is 18 bytes. */
	REQUESTS_MAX = IN_MAX / 18 + 2
};

/* A request that was answered. */
struct answered {
	unsigned line; /* a hash of it */
	bool refused, keep_alive;
};

struct run {
	struct framed framed;
	struct exchange_peer peer;
	struct exchange *waiting; /* for its body */
	struct body_sink sink;
	bool sink_ended;
	uint64_t taken;	  /* bytes of bodies */
	unsigned state;	  /* of the random numbers; 0: no cuts */
	unsigned sent;	  /* exchanges */
	bool ended;	  /* by the server, with or without an answer */
	uint64_t counted; /* bytes that they say they sent */
	struct answered answered[REQUESTS_MAX];
	size_t out_len;
	char out[OUT_MAX];
};

/* At least 1 of at most max. */
static size_t
cut(struct run *run, size_t max)
{
	if (run->state == 0 || max == 0)
		return max;
	run->state = run->state * 1664525 + 1013904223;
	return 1 + (run->state >> 16) % (max < 40 ? max : 40);
}

static ssize_t
take(struct body_sink *sink, struct span data)
{
	struct run *run = LIST_ENTRY(sink, struct run, sink);
	size_t n = cut(run, data.len);

	run->taken += n;
	return (ssize_t)n;
}

static void
end(struct body_sink *sink)
{
	LIST_ENTRY(sink, struct run, sink)->sink_ended = true;
}

/* Of a body that does not know its length: few bytes at a time. */
static enum body_result
next(struct body *body, size_t max, struct span *data_r)
{
	size_t n = body->memory.len < 3 ? body->memory.len : 3;

	if (n == 0)
		return BODY_END;
	CHECK(max >= n);
	*data_r = span_of(body->memory.ptr, n);
	body->memory = span_skip(body->memory, n);
	return BODY_DATA;
}

static void
close_nothing(struct body *body)
{
	body->memory.len = 0;
}

/* With the target as the body, of which ranges may be asked for, under
 * conditions; "/c" begins one that is sent in chunks. */
static void
answer(struct run *run, struct exchange *x)
{
	static const struct body_ops ops = { next, close_nothing };

	if (x->response.status == 0) {
		x->response.status = 200;
		body_memory(&x->response.body, x->request.target);
		x->response.ranges = true;
		x->response.validators.etag = span_str("\"e\"");
		x->response.validators.last_modified = 1000000000;
		if (span_starts(x->request.target, "/c")) {
			x->response.body.ops = &ops;
			x->response.body.length = -1;
			x->response.ranges = false;
		}
	}
	run->waiting = NULL;
	response_finish(x);
	run->framed.ops->answer(&run->framed, x);
}

/* A target that begins with "/s" has its body read before the answer, one with
 * "/e" has it read, but is answered at once. */
static void
route(struct run *run, struct exchange *x)
{
	bool early = span_starts(x->request.target, "/e");

	list_remove(&x->node);
	if (x->response.status == 0 && x->request.has_body &&
	    (early || span_starts(x->request.target, "/s"))) {
		run->sink = (struct body_sink){ take, end };
		run->sink_ended = false;
		run->waiting = x;
		x->sink = &run->sink;
	}
	if (x->sink == NULL || early)
		answer(run, x);
}

static void
input(struct run *run, bool end_of_input)
{
	struct framed *f = &run->framed;
	struct list_node *node;

	do {
		while ((node = list_first(&f->ready)) != NULL)
			route(run, LIST_ENTRY(node, struct exchange, node));
		f->ops->input(f, end_of_input);
		if (run->waiting != NULL && run->sink_ended &&
		    list_empty(&f->ready)) {
			answer(run, run->waiting);
			f->ops->input(f, end_of_input);
		}
	} while (!list_empty(&f->ready));
}

static unsigned
hash(struct span text)
{
	unsigned sum = 1;

	for (size_t i = 0; i < text.len; i++)
		sum = sum * 31 + (unsigned char)text.ptr[i];
	return sum;
}

static void
note_answer(struct run *run, const struct exchange *x)
{
	CHECK(run->sent < REQUESTS_MAX);
	CHECK(run->sent == 0 || run->answered[run->sent - 1].keep_alive);
	run->answered[run->sent++] = (struct answered){
		.line = hash(x->request.line),
		.refused = x->response.status >= 400,
		.keep_alive = x->keep_alive,
	};
}

static void
settle(struct run *run)
{
	struct list_node *node;

	while ((node = list_first(&run->framed.done)) != NULL) {
		struct exchange *x = LIST_ENTRY(node, struct exchange, node);

		CHECK(
		    x->state == EXCHANGE_SENT || x->state == EXCHANGE_ABORTED);
		if (x->state == EXCHANGE_SENT)
			note_answer(run, x);
		run->counted += x->bytes_sent;
		list_remove(node);
		framed_release(&run->framed, x);
	}
}

/* Writes what there is, in pieces; false if there was nothing. */
static bool
output(struct run *run)
{
	static struct output_batch batch;
	size_t bytes, left;

	if (!run->framed.ops->output(&run->framed, &batch, OUTPUT_TURN_MAX))
		return false;
	bytes = left = cut(run, batch.iov_bytes);
	CHECK(batch.fd == -1 && bytes <= OUT_MAX - run->out_len);
	for (int i = 0; left > 0; i++) {
		size_t n = batch.iov[i].iov_len;

		n = n < left ? n : left;
		memcpy(run->out + run->out_len, batch.iov[i].iov_base, n);
		run->out_len += n;
		left -= n;
	}
	run->framed.ops->sent(&run->framed, bytes);
	settle(run);
	return true;
}

/* As long as anything moves. */
static void
turn(struct run *run, bool end_of_input)
{
	uint64_t taken;

	do {
		taken = run->taken;
		input(run, end_of_input);
	} while (output(run) || run->taken > taken);
}

static void
serve(struct run *run, const struct server_conf *conf, const char *data,
    size_t size)
{
	struct framed *f = &run->framed;
	size_t room = 0, n;

	framed_init(f, &framing_h1, conf, &run->peer);
	CHECK(f->ops->open(f) == 0);
	for (; size > 0 && f->status == FRAMING_OPEN; size -= n) {
		char *to = framed_input_room(f, &room);

		CHECK(f->wants_input && to != NULL);
		n = cut(run, size < room ? size : room);
		memcpy(to, data, n);
		data += n;
		framed_input_added(f, n);
		turn(run, false);
	}
	run->ended = f->status != FRAMING_OPEN;
	turn(run, true);
	CHECK(f->status != FRAMING_BROKEN && run->waiting == NULL);
	f->ops->close(f);
	settle(run);
	CHECK(f->exchanges == 0 && run->counted == run->out_len);
}

/* Counts the answers, and takes each "100 Continue" out of the output: it
 * depends on what has arrived. */
static unsigned
count_answers(struct run *run)
{
	static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const size_t len = sizeof(interim) - 1;
	char *at = run->out, *end = run->out + run->out_len;
	unsigned count = 0;

	while ((at = memmem(at, (size_t)(end - at), interim, 9)) != NULL) {
		if ((size_t)(end - at) >= len &&
		    memcmp(at, interim, len) == 0) {
			memmove(at, at + len, (size_t)(end - at) - len);
			end -= len;
		} else {
			count++;
			at++;
		}
	}
	run->out_len = (size_t)(end - run->out);
	return count;
}

/* The requests, read by somebody else, are those that were answered. */
static void
compare(const struct run *run, struct span input)
{
	struct span head, line;
	unsigned i;

	for (i = 0; i < run->sent; i++) {
		const struct answered *a = &run->answered[i];

		/* What is refused may be anything, and is the last. */
		if (a->refused && !a->keep_alive)
			return;
		CHECK(h1_reference_head(&input, &head, &line));
		CHECK(hash(line) == a->line);
		if (!a->keep_alive)
			return;
		if (!h1_reference_body(&input, head)) {
			CHECK(i + 1 == run->sent);
			return;
		}
		/* Chunks that it did not believe, behind their answer. */
		if (i + 1 == run->sent && run->ended) {
			CHECK(h1_reference_chunked(head));
			return;
		}
	}
	CHECK(!h1_reference_head(&input, &head, &line));
}

/* Each boundary of byte ranges is another: all become alike. */
static void
blank_boundaries(struct run *run)
{
	static const char name[] = "byteranges; boundary=";
	char *at = run->out, *end = run->out + run->out_len, *found;
	char boundary[71];
	size_t len;

	while ((at = memmem(at, (size_t)(end - at), name, sizeof(name) - 1)) !=
	       NULL) {
		at += sizeof(name) - 1;
		for (len = 0; len < sizeof(boundary) && at + len < end &&
			      at[len] != '\r';
		     len++)
			boundary[len] = at[len];
		for (found = at; (found = memmem(found, (size_t)(end - found),
				      boundary, len)) != NULL;)
			memset(found, 'b', len);
	}
}

static struct server_conf *
load(void)
{
	static const char *const before[] = { "Listen 8080",
		"MaxKeepAliveRequests 0", "LimitRequestFields 5", NULL };
	static const struct conf_options options = {
		.file = "/dev/null",
		.before = before,
	};
	static struct conf_schema schema;
	struct conf_messages messages;
	struct server_conf *conf;

	conf_schema_add(&schema, &http_section);
	conf_schema_add(&schema, &framing_section);
	conf = conf_load(&schema, &options, &messages);
	CHECK(conf != NULL);
	buf_release(&messages.text);
	return conf;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct server_conf *conf;
	static struct run whole, pieces;

	if (conf == NULL)
		conf = load();
	if (size > IN_MAX)
		return 0;
	memset(&whole, 0, offsetof(struct run, out));
	memset(&pieces, 0, offsetof(struct run, out));
	pieces.state = 1;
	for (size_t i = 0; i < size; i++)
		pieces.state = pieces.state * 31 + data[i] + 1;
	serve(&whole, conf, (const char *)data, size);
	serve(&pieces, conf, (const char *)data, size);
	CHECK(count_answers(&whole) == whole.sent);
	CHECK(count_answers(&pieces) == pieces.sent);
	compare(&whole, span_of((const char *)data, size));
	compare(&pieces, span_of((const char *)data, size));
	blank_boundaries(&whole);
	blank_boundaries(&pieces);
	CHECK(whole.out_len == pieces.out_len);
	CHECK(memcmp(whole.out, pieces.out, whole.out_len) == 0);
	return 0;
}
