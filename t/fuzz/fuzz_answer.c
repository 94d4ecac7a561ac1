/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers: whole and byte by byte tell the same story and end alike. */
#include "config.h"

#include <string.h>

#include "client/answer.h"
#include "fuzz.h"

struct story {
	struct answer answer;
	size_t used, heads;
	enum answer_event last;
	struct buf body;
};

/* Takes the events in the bytes up to end. */
static void
feed(struct story *s, const char *data, size_t end)
{
	do {
		struct span bytes;
		size_t used;

		s->last = answer_next(&s->answer,
		    span_of(data + s->used, end - s->used), &used, &bytes);
		CHECK(used <= end - s->used && bytes.len <= used);
		s->used += used;
		if (s->last == ANSWER_BODY)
			buf_add_span(&s->body, bytes);
		if (s->last == ANSWER_INTERIM || s->last == ANSWER_HEAD)
			s->heads++;
	} while (s->last != ANSWER_MORE && s->last != ANSWER_END &&
		 s->last != ANSWER_BAD);
}

static void
begin(struct story *s, bool head)
{
	s->used = s->heads = 0;
	s->last = ANSWER_MORE;
	answer_init(&s->answer, head);
	buf_init(&s->body, 1 << 24);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct story whole, bytes;
	const char *text = (const char *)data;
	bool head = size > 0 && data[size - 1] == 'H';
	struct err err;

	begin(&whole, head);
	begin(&bytes, head);
	feed(&whole, text, size);
	for (size_t i = 0; i <= size && bytes.last == ANSWER_MORE; i++)
		feed(&bytes, text, i);
	CHECK(whole.last == bytes.last && whole.heads == bytes.heads);
	if (whole.last != ANSWER_BAD)
		CHECK(whole.used == bytes.used);
	CHECK(span_equal(buf_span(&whole.body), buf_span(&bytes.body)));
	CHECK(answer_closed(&whole.answer, &err) ==
	      answer_closed(&bytes.answer, &err));
	CHECK(span_equal(buf_span(&whole.answer.location),
	    buf_span(&bytes.answer.location)));
	buf_release(&whole.body);
	buf_release(&bytes.body);
	answer_release(&whole.answer);
	answer_release(&bytes.answer);
	return 0;
}
