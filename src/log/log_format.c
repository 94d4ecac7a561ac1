/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a finished exchange to a line: the steps of a format one by one.  What
 * a letter prints is in log_letter.c.
 */
#include "config.h"

#include "log/log_format.h"

#include <string.h>

#include "log/log_letter.h"
#include "log/log_out.h"

bool
log_item_applies(const struct log_item *item, const struct exchange *x)
{
	const int *s = item->statuses;

	if (s == NULL)
		return true;
	while (*s != 0 && *s != x->response.status)
		s++;
	return (*s != 0) != item->except;
}

/* All sixteen bytes at once, whatever of them is text. */
static inline void
print_before(const struct log_item *item, struct log_out *out)
{
	if (log_out_room(out, LOG_BEFORE_MAX)) {
		memcpy(out->at, item->before, LOG_BEFORE_MAX);
		out->at += item->before_len;
	}
}

size_t
log_format_least(const struct log_format *format)
{
	return format->least;
}

size_t
log_format_print(
    const struct log_format *format, struct exchange *x, char *to, size_t room)
{
	const struct log_item *item = format->items;
	const struct log_item *end = item + format->count;
	struct log_out out;

	if (format->json)
		return log_json_print(format, x, to, room);
	log_out_init(&out, to, room);
	for (; item < end; item++) {
		print_before(item, &out);
		if (item->print == NULL)
			continue;
		if (item->statuses != NULL && !log_item_applies(item, x))
			log_out_char(&out, '-');
		else
			item->print(item, x, &out);
	}
	return log_out_end(&out, to);
}
