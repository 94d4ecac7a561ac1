/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of JSON.  A line that is cut would be none, so room is shared out
 * before: text and what is short have theirs for certain, and each value that
 * a peer may make long gets at most its part of what is left.
 */
#include "config.h"

#include <string.h>

#include "ipc/log_ring.h"
#include "log/log_format.h"
#include "log/log_letter.h"
#include "log/log_out.h"

/* For what is not long, and the least for what is; the longest are an address
 * with its quotes and the mark of a cut. */
#define SHORT_ROOM 96

int
log_json_prepare(struct log_format *format, struct err *err)
{
	size_t i = format->count, rest = 0;
	unsigned longs = 0;

	while (i-- > 0) {
		struct log_item *item = &format->items[i];

		item->rest = rest;
		if (item->print != NULL && item->is_long)
			longs++;
		else if (item->print != NULL)
			rest += SHORT_ROOM;
		item->longs = longs;
		rest += item->before_len;
	}
	format->least = rest + (size_t)longs * SHORT_ROOM;
	if (format->least > LOG_LINE_MAX - LOG_PREFIX_MAX)
		return err_set(err, "it is too long for one line");
	return 0;
}

/* RFC 8259, 6; a minus comes from nowhere but in front of a number. */
static bool
is_number(struct span text)
{
	size_t i = text.len > 0 && text.ptr[0] == '-';
	size_t first = i;

	while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
		i++;
	return i == text.len && i > first &&
	       (text.ptr[first] != '0' || i == first + 1);
}

/* A value without quotes in the format, of which the first byte is kept free
 * for one; returns its length then. */
static size_t
complete(char *to, size_t len)
{
	struct span value = { to + 1, len };

	if (span_is(value, "-")) {
		memcpy(to, "null", 4);
		return 4;
	}
	if (is_number(value)) {
		memmove(to, to + 1, len);
		return len;
	}
	to[0] = '"';
	to[len + 1] = '"';
	return len + 2;
}

/* Room for the value and the quotes that it may get. */
static size_t
room_for(const struct log_item *item, size_t left)
{
	size_t room;

	if (!item->is_long)
		return SHORT_ROOM;
	room = (left - item->rest) / item->longs;
	return room < LOG_FIELD_MAX ? room : LOG_FIELD_MAX;
}

static size_t
print_value(
    const struct log_item *item, struct exchange *x, char *to, size_t room)
{
	char *begin = to + !item->in_string;
	struct log_out out;
	size_t len;

	log_out_init(&out, begin, room - 2);
	out.json = true;
	if (log_item_applies(item, x))
		item->print(item, x, &out);
	else
		log_out_char(&out, '-');
	len = log_out_end(&out, begin);
	return item->in_string ? len : complete(to, len);
}

size_t
log_json_print(
    const struct log_format *format, struct exchange *x, char *to, size_t room)
{
	const struct log_item *item = format->items;
	const struct log_item *end = item + format->count;
	char *at = to;

	for (; item < end; item++) {
		memcpy(at, item->before, item->before_len);
		at += item->before_len;
		if (item->print != NULL)
			at += print_value(item, x, at,
			    room_for(item, room - (size_t)(at - to)));
	}
	return (size_t)(at - to);
}
