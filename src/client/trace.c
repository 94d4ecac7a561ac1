/* SPDX-License-Identifier: BSD-2-Clause */
/* -v, one line of text at a time. */
#include "config.h"

#include <stdio.h>

#include "client/trace.h"
#include "client/visible.h"

/* Of each body, unless all is asked for. */
static const uint64_t SHOWN_MAX = 1024;

static const char head_marks[] = { [TRACE_SENT] = '>', [TRACE_RECEIVED] = '<' };
static const char body_marks[] = { [TRACE_SENT] = '}', [TRACE_RECEIVED] = '{' };

void
trace_init(struct trace *t, unsigned level)
{
	*t = (struct trace){ .level = level };
	buf_init(&t->line, SIZE_MAX / 2);
}

void
trace_release(struct trace *t)
{
	buf_release(&t->line);
}

static void
flush(struct trace *t)
{
	if (t->line.len > 0 && !buf_failed(&t->line))
		fwrite(t->line.data, 1, t->line.len, stderr);
	buf_clear(&t->line);
}

/* A body's last line may be open: what comes next is a line of its own. */
static void
end_line(struct trace *t, enum trace_way way)
{
	if (t->body[way].in_line)
		buf_add_char(&t->line, '\n');
	t->body[way].in_line = false;
}

static void
end_lines(struct trace *t)
{
	end_line(t, TRACE_SENT);
	end_line(t, TRACE_RECEIVED);
}

void
trace_note(struct trace *t, const char *format, ...)
{
	struct buf text;
	va_list args;

	if (t->level == 0)
		return;
	buf_init(&text, 4096);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	end_lines(t);
	buf_add_str(&t->line, "* ");
	visible_add(&t->line, buf_span(&text));
	buf_add_char(&t->line, '\n');
	flush(t);
	buf_release(&text);
}

/* Takes a line off the front, with its end in *ended_r if it has one. */
static struct span
next_line(struct span *rest, bool *ended_r)
{
	size_t len = span_find(*rest, '\n');
	struct span line = span_of(rest->ptr, len);

	*ended_r = len < rest->len;
	*rest = span_skip(*rest, len + 1);
	if (*ended_r && len > 0 && line.ptr[len - 1] == '\r')
		line.len--;
	return line;
}

void
trace_head(struct trace *t, enum trace_way way, struct span head)
{
	bool ended;

	if (t->level == 0)
		return;
	end_lines(t);
	while (head.len > 0) {
		struct span line = next_line(&head, &ended);

		buf_add_char(&t->line, head_marks[way]);
		buf_add_char(&t->line, ' ');
		visible_add(&t->line, line);
		buf_add_char(&t->line, '\n');
	}
	flush(t);
}

/* The bytes of the body that are to be shown; the others are counted. */
static struct span
cut(struct trace *t, enum trace_way way, struct span bytes)
{
	uint64_t room = UINT64_MAX;
	size_t all = bytes.len;

	if (t->level == 1)
		room = SHOWN_MAX - t->body[way].shown;
	if (t->level == 1 && way == TRACE_RECEIVED && t->hide_received)
		room = 0;
	if (bytes.len > room)
		bytes.len = (size_t)room;
	t->body[way].shown += bytes.len;
	t->body[way].hidden += all - bytes.len;
	return bytes;
}

void
trace_body(struct trace *t, enum trace_way way, struct span bytes)
{
	if (t->level == 0)
		return;
	end_line(t, way == TRACE_SENT ? TRACE_RECEIVED : TRACE_SENT);
	bytes = cut(t, way, bytes);
	while (bytes.len > 0) {
		bool ended;
		struct span line = next_line(&bytes, &ended);

		if (!t->body[way].in_line) {
			buf_add_char(&t->line, body_marks[way]);
			buf_add_char(&t->line, ' ');
		}
		visible_add(&t->line, line);
		t->body[way].in_line = true;
		if (ended)
			end_line(t, way);
	}
	flush(t);
}

void
trace_body_end(struct trace *t, enum trace_way way)
{
	if (t->level == 0)
		return;
	end_lines(t);
	if (t->body[way].hidden > 0)
		buf_printf(&t->line, "%c [%llu %sbytes]\n", body_marks[way],
		    (unsigned long long)t->body[way].hidden,
		    t->body[way].shown > 0 ? "more " : "");
	t->body[way].shown = t->body[way].hidden = 0;
	flush(t);
}
