/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all framings have in common: input memory, which only a connection
 * with something to read or to answer holds, and the storage of exchanges.
 * Both come from pools of the process, the last given back first, so that a
 * busy worker keeps using the same few kilobytes.  One thread, no locks.
 */
#include "config.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/poison.h"
#include "framing/framing_private.h"

/* Kept for the next user; what a burst needed beyond goes back to malloc. */
#define INPUT_SPARE_MAX 128
#define EXCHANGE_SPARE_MAX 256
/* The first block of an exchange's arena: a usual request needs no other. */
#define EXCHANGE_STORAGE 3072
/* Less room than this behind the input is worth moving it to the front. */
#define INPUT_ROOM_MIN 1024

struct exchange_slot {
	struct exchange_slot *next; /* among the spare ones */
	bool borrows;		    /* from its connection's input */
	struct exchange exchange;
	_Alignas(max_align_t) char storage[EXCHANGE_STORAGE];
};

static struct framing_input *spare_inputs;
static unsigned spare_input_count;
static struct exchange_slot *spare_slots;
static unsigned spare_slot_count;

static const struct directive rows[] = {
	DIRECTIVE_FLAG("KeepAlive", IN_SERVER_HOST, framing_conf, keep_alive,
	    "On", "keep connections open for further requests"),
	DIRECTIVE_INT("MaxKeepAliveRequests", IN_SERVER_HOST, framing_conf,
	    max_requests, "100", 0, INT_MAX,
	    "requests on one connection before it is closed; 0: any number"),
	DIRECTIVE_SIZE("LimitRequestLine", IN_SERVER_HOST, framing_conf,
	    limit_line, "8190", 1, 65536,
	    "the longest request line: method, URL and version",
	    .differs = "more than 65536 is an error"),
	DIRECTIVE_INT("LimitRequestFields", IN_SERVER_HOST, framing_conf,
	    limit_fields, "100", 0, 32767,
	    "the most header fields of a request; 0, or more than that: "
	    "16384",
	    .differs = "0 is a bound too"),
	DIRECTIVE_SIZE("LimitRequestFieldSize", IN_SERVER_HOST, framing_conf,
	    limit_field_size, "8190", 1, 65536,
	    "the longest header field of a request",
	    .differs = "more than 65536 is an error"),
	DIRECTIVE_SIZE("LimitRequestBody", IN_ANY, framing_conf, limit_body,
	    "1073741824", 0, INT64_MAX,
	    "the longest body of a request, others are refused with 413; 0: "
	    "any length"),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "http_core.c", NULL };
static unsigned section_id;
const struct conf_section framing_section = {
	.name = "framing",
	.rows = rows,
	.size = sizeof(struct framing_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

void
framed_init(struct framed *f, const struct framing *ops,
    const struct server_conf *conf, struct exchange_peer *peer)
{
	const struct host *host =
	    lookup_host(conf, &peer->local, span_of(NULL, 0));

	*f = (struct framed){
		.ops = ops,
		.conf = conf,
		.settings = settings_get(host->settings, &framing_section),
		.peer = peer,
		.wants_input = true,
	};
	list_init(&f->ready);
	list_init(&f->done);
}

/* ---- input memory ---- */

/* All of a spare one but its place among them: nobody may look at it. */
static const size_t INPUT_HIDDEN =
    sizeof(struct framing_input) - sizeof(struct framing_input *);

static struct framing_input *
input_take(void)
{
	struct framing_input *in = spare_inputs;

	if (in != NULL) {
		spare_inputs = in->next;
		spare_input_count--;
		unpoison(&in->next + 1, INPUT_HIDDEN);
	} else {
		in = malloc(sizeof(*in));
		if (in == NULL)
			return NULL;
	}
	in->data = in->inline_data;
	in->size = sizeof(in->inline_data);
	in->start = in->end = 0;
	in->borrowers = 0;
	in->pinned = in->busy = in->begun = false;
	in->may_grow = true;
	return in;
}

static void
input_give_back(struct framing_input *in)
{
	if (in->data != in->inline_data)
		free(in->data);
	if (in->begun)
		h1_release(&in->h1);
	if (spare_input_count == INPUT_SPARE_MAX) {
		free(in);
		return;
	}
	in->next = spare_inputs;
	spare_inputs = in;
	spare_input_count++;
	poison(&in->next + 1, INPUT_HIDDEN);
}

void
framed_rest(struct framed *f)
{
	struct framing_input *in = f->input;

	if (in == NULL || f->exchanges > 0)
		return;
	/* A connection that reads no more has no use for what is left. */
	if (f->status == FRAMING_OPEN &&
	    (in->start < in->end || in->pinned || in->busy))
		return;
	f->input = NULL;
	input_give_back(in);
}

/* Offsets count from start, so nobody notices but who borrows. */
static void
input_to_front(struct framing_input *in)
{
	if (in->start < in->end)
		memmove(in->data, in->data + in->start, input_left(in));
	in->end -= in->start;
	in->start = 0;
}

static bool
input_grow(struct framing_input *in)
{
	size_t size = in->size * 2;
	char *data;

	if (size > FRAMING_HEAD_MAX)
		return false;
	data = malloc(size);
	if (data == NULL)
		return false;
	memcpy(data, in->data, in->end);
	if (in->data != in->inline_data)
		free(in->data);
	in->data = data;
	in->size = size;
	return true;
}

char *
framed_input_room(struct framed *f, size_t *room_r)
{
	struct framing_input *in = f->input;

	if (in == NULL)
		in = f->input = input_take();
	if (in == NULL)
		return NULL;
	if (in->borrowers == 0 && !in->pinned) {
		if (in->start == in->end || in->size - in->end < INPUT_ROOM_MIN)
			input_to_front(in);
		if (in->end == in->size && in->may_grow && !input_grow(in))
			return NULL;
	}
	*room_r = in->size - in->end;
	return *room_r > 0 ? in->data + in->end : NULL;
}

void
framed_input_added(struct framed *f, size_t bytes)
{
	struct framing_input *in = f->input;

	if (in == NULL)
		return;
	assert(bytes <= in->size - in->end);
	in->end += bytes;
	framed_rest(f);
}

size_t
framed_input_left(const struct framed *f)
{
	return f->input == NULL ? 0 : input_left(f->input);
}

const char *
framed_input_bytes(const struct framed *f, size_t *len_r)
{
	*len_r = framed_input_left(f);
	return *len_r == 0 ? NULL : f->input->data + f->input->start;
}

bool
framed_idle(const struct framed *f)
{
	return f->input == NULL && f->exchanges == 0 &&
	       f->status == FRAMING_OPEN;
}

bool
framed_finished(const struct framed *f)
{
	return f->status == FRAMING_LAST && f->exchanges == 0;
}

/* ---- exchanges ---- */

static const size_t SLOT_HIDDEN =
    sizeof(struct exchange_slot) - offsetof(struct exchange_slot, exchange);

static struct exchange_slot *
slot_of(struct exchange *x)
{
	return LIST_ENTRY(x, struct exchange_slot, exchange);
}

struct exchange *
framed_exchange(struct framed *f, bool borrows)
{
	struct exchange_slot *slot = spare_slots;

	if (slot != NULL) {
		spare_slots = slot->next;
		spare_slot_count--;
		unpoison(&slot->exchange, SLOT_HIDDEN);
	} else {
		slot = malloc(sizeof(*slot));
		if (slot == NULL)
			return NULL;
	}
	slot->borrows = borrows;
	if (borrows)
		f->input->borrowers++;
	f->exchanges++;
	exchange_init(&slot->exchange, f->peer, f->conf, slot->storage,
	    sizeof(slot->storage));
	return &slot->exchange;
}

void
framed_unborrow(struct framed *f, struct exchange *x)
{
	struct exchange_slot *slot = slot_of(x);

	if (slot->borrows)
		f->input->borrowers--;
	slot->borrows = false;
}

void
framed_release(struct framed *f, struct exchange *x)
{
	struct exchange_slot *slot = slot_of(x);

	framed_unborrow(f, x);
	exchange_release(x);
	f->exchanges--;
	if (spare_slot_count == EXCHANGE_SPARE_MAX) {
		free(slot);
	} else {
		slot->next = spare_slots;
		spare_slots = slot;
		spare_slot_count++;
		poison(&slot->exchange, SLOT_HIDDEN);
	}
	framed_rest(f);
}
