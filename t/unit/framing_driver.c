/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver.  It is the worker's connection without its loop, timers and log
 * ring, and more suspicious: what a batch says of exchanges that end in it is
 * compared with what is on framed->done after the write.
 */
#include "config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "framing_driver.h"

/* Also in builds with NDEBUG, and with the place. */
#define CHECK(condition) ((condition) ? (void)0 : broken(__LINE__, #condition))

static void
broken(int line, const char *condition)
{
	fprintf(stderr, "framing_driver.c:%d: not true: %s\n", line, condition);
	abort();
}

void
driver_init(struct driver *d, struct memory_transport *memory,
    const struct server_conf *conf,
    void (*handle)(struct driver *, struct exchange *))
{
	*d = (struct driver){
		.peer = { .scheme = "http", .listen_name = "test" },
		.memory = memory,
		.limit = OUTPUT_TURN_MAX,
		.handle = handle,
		.end = "waits",
	};
	CHECK(addr_parse((struct span)SPAN("192.0.2.1"), 80, &d->peer.local));
	CHECK(addr_parse((struct span)SPAN("192.0.2.2"), 99, &d->peer.remote));
	list_init(&d->waiting);
	buf_init(&d->log, 1024 * 1024);
	framed_init(&d->framed, &framing_h1, conf, &d->peer);
	CHECK(d->framed.ops->open(&d->framed) == 0);
	CHECK(framed_idle(&d->framed));
}

/* ---- exchanges ---- */

/* Pages of errors are http's: of them it matters that they went whole. */
static void
log_exchange(struct driver *d, struct exchange *x)
{
	bool page = x->response.status >= 400 && x->body_sent > 0 &&
		    x->state == EXCHANGE_SENT;

	buf_printf(&d->log, "%.*s %.*s %d ", SPAN_ARG(x->request.method_text),
	    SPAN_ARG(x->request.target), x->response.status);
	if (page)
		buf_add_str(&d->log, "page");
	else
		buf_add_number(&d->log, (int64_t)x->body_sent);
	buf_printf(&d->log, " %s %s\n", x->keep_alive ? "keep" : "close",
	    x->state == EXCHANGE_SENT ? "sent" : "aborted");
	d->counted += x->bytes_sent;
}

static void
settle(struct driver *d)
{
	struct list_node *node;

	while ((node = list_first(&d->framed.done)) != NULL) {
		struct exchange *x = LIST_ENTRY(node, struct exchange, node);

		log_exchange(d, x);
		if (d->test == x->handler_data)
			d->test = NULL;
		framed_release(&d->framed, x);
	}
}

void
driver_answer(struct driver *d, struct exchange *x)
{
	list_remove(&x->node);
	response_finish(x);
	d->framed.ops->answer(&d->framed, x);
}

static void
handle_ready(struct driver *d)
{
	struct list_node *node;

	while ((node = list_first(&d->framed.ready)) != NULL) {
		struct exchange *x = LIST_ENTRY(node, struct exchange, node);

		list_remove(node);
		if (x->response.status == 0) {
			d->handled++;
			d->handle(d, x);
		}
		if (x->response.status != 0)
			driver_answer(d, x);
		else
			list_append(&d->waiting, &x->node);
	}
}

/* ---- bytes ---- */

static bool
read_some(struct driver *d)
{
	struct transport *t = &d->memory->transport;
	size_t room;
	char *to;
	ssize_t n;

	if (d->end_of_input || !d->framed.wants_input)
		return false;
	to = framed_input_room(&d->framed, &room);
	if (to == NULL)
		return false;
	n = t->ops->read(t, to, room);
	framed_input_added(&d->framed, n > 0 ? (size_t)n : 0);
	if (n == TRANSPORT_END)
		d->end_of_input = true;
	if (n == TRANSPORT_ERROR) {
		d->end = "gone";
		return false;
	}
	/* AGAIN is worth another try: the next call of a script may differ. */
	return n >= 0 || d->memory->script.input_ends ||
	       d->memory->input_at < d->memory->script.input.len;
}

static ssize_t
write_file(struct driver *d, const struct output_batch *batch)
{
	struct transport *t = &d->memory->transport;
	char data[1000];
	struct iovec iov = { .iov_base = data };
	ssize_t n;

	if (t->ops->sendfile != NULL)
		return t->ops->sendfile(
		    t, batch->fd, batch->offset, batch->file_bytes);
	n = pread(batch->fd, data,
	    batch->file_bytes < sizeof(data) ? batch->file_bytes : sizeof(data),
	    batch->offset);
	if (n <= 0)
		return n == 0 ? TRANSPORT_END : TRANSPORT_ERROR;
	iov.iov_len = (size_t)n;
	return t->ops->writev(t, &iov, 1, false);
}

/* The bytes that went; sets d->end when no more can. */
static size_t
write_batch(struct driver *d, const struct output_batch *batch)
{
	struct transport *t = &d->memory->transport;
	ssize_t head = 0, n = 0;

	if (batch->iov_count > 0)
		head = t->ops->writev(
		    t, batch->iov, batch->iov_count, batch->file_bytes > 0);
	if (head == (ssize_t)batch->iov_bytes && batch->file_bytes > 0)
		n = write_file(d, batch);
	if (head == TRANSPORT_ERROR || n == TRANSPORT_ERROR ||
	    (n == TRANSPORT_END && batch->file_bytes > 0 &&
		head == (ssize_t)batch->iov_bytes))
		d->end = "gone";
	return (size_t)(head > 0 ? head : 0) + (size_t)(n > 0 ? n : 0);
}

static void
check_batch(const struct driver *d, const struct output_batch *batch)
{
	size_t bytes = 0, last = 0;
	int i;

	for (i = 0; i < batch->iov_count; i++) {
		CHECK(batch->iov[i].iov_len > 0);
		bytes += batch->iov[i].iov_len;
	}
	CHECK(bytes == batch->iov_bytes);
	CHECK((batch->fd == -1) == (batch->file_bytes == 0));
	bytes += batch->file_bytes;
	CHECK(bytes <= d->limit);
	CHECK(bytes > 0 || batch->ending_count > 0);
	for (unsigned j = 0; j < batch->ending_count; j++) {
		CHECK(batch->end_at[j] >= last && batch->end_at[j] <= bytes);
		CHECK(batch->ending[j]->state == EXCHANGE_SENDING);
		last = batch->end_at[j];
	}
}

/* Exactly those that were said to end in the bytes that went have ended, in
 * order, and with the counters that the log was told. */
static void
check_ends(struct driver *d, const struct output_batch *batch,
    const uint64_t *told, size_t sent)
{
	struct list_node *node = d->framed.done.head.next;
	unsigned i = 0;

	for (; i < batch->ending_count && batch->end_at[i] <= sent; i++) {
		CHECK(node == &batch->ending[i]->node);
		CHECK(batch->ending[i]->state == EXCHANGE_SENT);
		CHECK(batch->ending[i]->bytes_sent == told[i]);
		node = node->next;
	}
	CHECK(node == &d->framed.done.head);
	for (; i < batch->ending_count; i++)
		CHECK(batch->ending[i]->state != EXCHANGE_SENT);
}

static bool
write_some(struct driver *d)
{
	struct output_batch batch;
	uint64_t told[OUTPUT_IOV_MAX];
	size_t n;

	if (!d->framed.ops->output(&d->framed, &batch, d->limit))
		return false;
	check_batch(d, &batch);
	for (unsigned i = 0; i < batch.ending_count; i++)
		told[i] = batch.ending[i]->bytes_sent;
	d->batches++;
	n = write_batch(d, &batch);
	d->framed.ops->sent(&d->framed, n);
	check_ends(d, &batch, told, n);
	return true;
}

static bool
round_once(struct driver *d)
{
	bool moved = read_some(d);

	do {
		handle_ready(d);
		d->framed.ops->input(&d->framed, d->end_of_input);
	} while (!list_empty(&d->framed.ready));
	moved |= write_some(d);
	settle(d);
	return moved;
}

void
driver_close(struct driver *d)
{
	d->framed.ops->close(&d->framed);
	settle(d);
	CHECK(d->framed.exchanges == 0);
	CHECK(d->framed.input == NULL);
}

void
driver_run(struct driver *d)
{
	bool moved;

	d->end = "waits";
	do {
		moved = round_once(d) || (d->again != NULL && d->again(d));
		if (strcmp(d->end, "gone") == 0)
			return;
	} while (moved);
	if (d->framed.status == FRAMING_BROKEN)
		d->end = "cut";
	else if (framed_finished(&d->framed))
		/* What nobody has read yet would make close() a reset. */
		d->end = d->framed.lingering || d->memory->input_at <
						    d->memory->script.input.len
			     ? "lingers"
			     : "closed";
	else if (framed_idle(&d->framed))
		d->end = "idle";
}

void
driver_release(struct driver *d)
{
	driver_close(d);
	buf_release(&d->log);
}
