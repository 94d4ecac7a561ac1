/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formats: from text to an array of steps, and from a finished exchange to a
 * line.  What a letter prints is in log_letter.c.
 */
#include "config.h"

#include "log/log_format.h"

#include <string.h>

#include "base/number.h"
#include "log/log_letter.h"
#include "log/log_out.h"

struct log_format {
	size_t count;
	struct log_item items[];
};

struct compiler {
	struct arena *arena;
	struct err *err;
	const char *text, *at;
	struct log_format *format;
};

static int
no_memory(struct compiler *c)
{
	return err_set(c->err, "there is no memory for it");
}

static void
add_text(struct compiler *c, char byte)
{
	struct log_item *item = &c->format->items[c->format->count];

	if (item->before_len == LOG_BEFORE_MAX) {
		c->format->count++;
		item++;
	}
	item->before[item->before_len++] = byte;
}

/* The text up to the next %, with \n and \t put in. */
static void
compile_text(struct compiler *c)
{
	for (; *c->at != '%' && *c->at != '\0'; c->at++) {
		if (c->at[0] == '\\' && (c->at[1] == 'n' || c->at[1] == 't'))
			add_text(c, *++c->at == 'n' ? '\n' : '\t');
		else
			add_text(c, *c->at);
	}
}

/* "!" and status codes in front of a letter: %!200,304,302{Referer}i. */
static int
compile_statuses(struct compiler *c, struct log_item *item)
{
	bool except = *c->at == '!';
	size_t len, count = 0;
	uint64_t value;
	int *statuses;

	c->at += except;
	len = strspn(c->at, "0123456789,");
	if (len == 0)
		return except ? err_set(c->err,
				    "status codes belong behind \"%%!\"")
			      : 0;
	item->except = except;
	statuses = arena_calloc(c->arena, len + 1, sizeof(*statuses));
	if (statuses == NULL)
		return no_memory(c);
	item->statuses = statuses;
	for (;;) {
		len = strspn(c->at, "0123456789");
		if (number_parse(span_of(c->at, len), 999, &value) !=
			NUMBER_OK ||
		    value < 100)
			return err_set(c->err, "\"%.*s\" is no status code",
			    (int)len, c->at);
		statuses[count++] = (int)value;
		c->at += len;
		if (*c->at != ',')
			return 0;
		c->at++;
	}
}

static int
compile_argument(struct compiler *c, struct log_item *item)
{
	const char *end;

	if (*c->at != '{')
		return 0;
	end = strchr(c->at, '}');
	if (end == NULL)
		return err_set(c->err, "\"{\" has no \"}\"");
	item->text = span_of(c->at + 1, (size_t)(end - c->at - 1));
	c->at = end + 1;
	return 0;
}

static int
compile_letter(struct compiler *c, struct log_item *item, int original)
{
	const struct log_letter *l = log_letter_find(*c->at);

	if (*c->at == '\0')
		return err_set(c->err, "a letter is missing behind \"%%\"");
	if (l == NULL)
		return err_set(c->err, "%%%c is no letter of a format", *c->at);
	item->print = l->print;
	item->original = original == -1 ? l->original : original != 0;
	if (l->prepare != NULL) {
		if (l->prepare(item, c->arena, c->err) == -1)
			return -1;
	} else if (item->text.ptr != NULL) {
		return err_set(c->err, "%%%c takes no {%.*s}", *c->at,
		    SPAN_ARG(item->text));
	}
	c->at++;
	return 0;
}

/* From the % on.  Apache takes modifiers and {} in any order. */
static int
compile_item(struct compiler *c)
{
	struct log_item *item = &c->format->items[c->format->count];
	int original = -1;

	c->at++;
	if (*c->at == '%') {
		add_text(c, *c->at++);
		return 0;
	}
	for (;;) {
		const char *before = c->at;

		if (*c->at == '<' || *c->at == '>')
			original = *c->at++ == '<';
		if (compile_statuses(c, item) == -1 ||
		    compile_argument(c, item) == -1)
			return -1;
		if (c->at == before)
			break;
	}
	if (compile_letter(c, item, original) == -1)
		return -1;
	if (item->print == log_print_dash && item->statuses == NULL) {
		item->print = NULL;
		add_text(c, '-');
		return 0;
	}
	c->format->count++;
	return 0;
}

const struct log_format *
log_format_compile(
    struct arena *arena, const char *text, struct err *err, size_t *offset_r)
{
	struct compiler c = {
		.arena = arena, .err = err, .text = text, .at = text
	};
	const char *begin = text;
	/* Two bytes at least make a step, and the last may be text only. */
	size_t steps = strlen(text) / 2 + 2;
	int status = 0;

	c.format = arena_calloc(
	    arena, 1, sizeof(*c.format) + steps * sizeof(struct log_item));
	if (c.format == NULL)
		status = no_memory(&c);
	while (status == 0 && *c.at != '\0') {
		begin = c.at;
		if (*c.at == '%')
			status = compile_item(&c);
		else
			compile_text(&c);
	}
	if (status == -1) {
		*offset_r = (size_t)(begin - text);
		return NULL;
	}
	if (c.format->items[c.format->count].before_len > 0)
		c.format->count++;
	return c.format;
}

/* True if the item is to be printed for this status. */
static bool
status_applies(const struct log_item *item, int status)
{
	const int *s = item->statuses;

	while (*s != 0 && *s != status)
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
log_format_print(
    const struct log_format *format, struct exchange *x, char *to, size_t room)
{
	const struct log_item *item = format->items;
	const struct log_item *end = item + format->count;
	struct log_out out;

	log_out_init(&out, to, room);
	for (; item < end; item++) {
		print_before(item, &out);
		if (item->print == NULL)
			continue;
		if (item->statuses != NULL &&
		    !status_applies(item, x->response.status))
			log_out_char(&out, '-');
		else
			item->print(item, x, &out);
	}
	return log_out_end(&out, to);
}
