/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formats of error lines: from text to an array of items, and from a message
 * to a line.  What a letter stands for is in error_value.c.
 */
#include "config.h"

#include "ipc/error_format.h"

#include <string.h>

#include "ipc/error_text.h"
#include "ipc/error_value.h"

/* No format is longer, and no value but the message. */
#define FORMAT_MAX 4000
#define VALUE_MAX 1024

struct item {
	char letter;	  /* '\0': text, as it stands */
	bool separates;	  /* a field begins with it */
	bool hyphen;	  /* without a value it is "-" */
	bool required;	  /* without a value there is no line */
	int level;	  /* for messages of this level and finer ones */
	struct span text; /* or {argument} */
};

struct error_format {
	bool json;
	bool has_error; /* %E: the message is without it */
	size_t count;
	struct item items[];
};

struct compiler {
	struct arena *arena;
	struct err *err;
	enum error_format_kind kind;
	const char *at;
	struct error_format *format;
	bool has_message;
};

/*
 * Text up to the next item.  A space that follows something else ends it: the
 * next field begins there.
 */
static int
compile_text(struct compiler *c, struct item *item)
{
	char *text = arena_alloc(c->arena, strlen(c->at) + 1);
	static const char from[] = "nrt", to[] = "\n\r\t";
	size_t len = 0;
	bool spaces = true;

	if (text == NULL)
		return err_set(c->err, "there is no memory for it");
	while (*c->at != '\0' && *c->at != '%' && (*c->at != ' ' || spaces)) {
		const char *named;

		spaces &= *c->at == ' ';
		if (*c->at != '\\' || c->at[1] == '\0') {
			text[len++] = *c->at++;
			continue;
		}
		named = strchr(from, c->at[1]);
		text[len++] = named == NULL ? c->at[1] : to[named - from];
		c->at += 2;
	}
	item->text = span_of(text, len);
	return 0;
}

/* {argument}, flags and a level, in any order. */
static int
compile_modifiers(struct compiler *c, struct item *item)
{
	const char *end;

	for (;; c->at++) {
		switch (*c->at) {
		case '{':
			end = strchr(c->at, '}');
			if (end == NULL)
				return err_set(c->err, "\"{\" has no \"}\"");
			item->text =
			    span_of(c->at + 1, (size_t)(end - c->at - 1));
			c->at = end;
			break;
		case '-':
			item->hyphen = true;
			break;
		case '+':
			if (c->kind == ERROR_FORMAT_LINE)
				return err_set(c->err,
				    "%%+ is for the formats of a connection "
				    "and of a request");
			item->required = true;
			break;
		default:
			if (*c->at < '0' || *c->at > '9')
				return 0;
			if (c->kind == ERROR_FORMAT_ONCE)
				return err_set(c->err,
				    "connections and requests have no level");
			item->level = item->level * 10 + *c->at - '0';
			if (item->level > REPORT_TRACE8)
				return err_set(c->err,
				    "levels are numbered from 0 (emerg) to "
				    "15 (trace8)");
		}
	}
}

static int
compile_letter(struct compiler *c, struct item *item)
{
	item->letter = *c->at;
	if (*c->at == '\0')
		return err_set(c->err, "a letter is missing behind \"%%\"");
	if (error_value_check(item->letter, item->text, c->err) == -1)
		return -1;
	c->at++;
	c->format->has_error |= item->letter == 'E';
	if (item->letter != 'M')
		return 0;
	c->has_message = true;
	if (c->kind == ERROR_FORMAT_ONCE)
		return err_set(c->err,
		    "there is no message (%%M) in the formats of a connection "
		    "and of a request");
	return 0;
}

static int
compile_item(struct compiler *c)
{
	struct item *item = &c->format->items[c->format->count++];

	while (c->at[0] == '%' && c->at[1] == ' ') {
		item->separates = true;
		c->at += 2;
	}
	if (*c->at == '\0') {
		c->format->count--;
		return 0;
	}
	item->separates |= *c->at == ' ';
	if (*c->at != '%')
		return compile_text(c, item);
	c->at++;
	if (*c->at == '%') {
		item->text = span_of(c->at++, 1);
		return 0;
	}
	return compile_modifiers(c, item) == -1 ? -1 : compile_letter(c, item);
}

const struct error_format *
error_format_compile(struct arena *arena, const char *text,
    enum error_format_kind kind, bool json, struct err *err, size_t *offset_r)
{
	struct compiler c = {
		.arena = arena, .err = err, .kind = kind, .at = text
	};
	const char *begin = text;
	size_t len = strlen(text);
	int status = 0;

	*offset_r = 0;
	if (len > FORMAT_MAX)
		status = err_set(err, "it is longer than %d", FORMAT_MAX);
	c.format = arena_calloc(
	    arena, 1, sizeof(*c.format) + (len + 1) * sizeof(struct item));
	if (c.format == NULL)
		status = err_set(err, "there is no memory for it");
	while (status == 0 && *c.at != '\0') {
		begin = c.at;
		status = compile_item(&c);
	}
	*offset_r = (size_t)(begin - text);
	if (status == -1)
		return NULL;
	c.format->json = json;
	if (kind == ERROR_FORMAT_LINE && !c.has_message) {
		err_set(err, "the message (%%M) is missing");
		return NULL;
	}
	return c.format;
}

/* ---- printing ---- */

/* Bytes written; what is not there has none. */
static size_t
print_item(const struct error_format *f, const struct item *item,
    const struct error_line *line, char *to, size_t room)
{
	char scratch[ERROR_VALUE_SCRATCH];
	struct span value = item->text;
	size_t len;

	if (item->letter == '\0') {
		if (value.len > room)
			value.len = room;
		memcpy(to, value.ptr, value.len);
		return value.len;
	}
	if ((int)line->level < item->level)
		return 0;
	value = error_value(line, item->letter, item->text, scratch);
	len =
	    error_text(to, room < VALUE_MAX ? room : VALUE_MAX, value, f->json);
	if (len > 0 || !item->hyphen || room == 0)
		return len;
	to[0] = '-';
	return 1;
}

/* Room is left for what follows. */
static size_t
print_message(const struct error_format *f, const struct error_line *line,
    char *to, size_t room)
{
	struct span text = line->text;

	if (f->has_error)
		text.len -= line->reason_len;
	return error_text(to,
	    room > 2 * VALUE_MAX ? room - VALUE_MAX : room / 2, text, f->json);
}

size_t
error_format_print(const struct error_format *f, const struct error_line *line,
    char *to, size_t room)
{
	const struct item *item = f->items, *end = item + f->count;
	size_t len = 0, field = 0, n;
	bool skips = false;

	for (; item < end; item++) {
		if (item->separates && !skips)
			field = len;
		skips &= !item->separates;
		if (item->letter == 'M') {
			len += print_message(f, line, to + len, room - len);
			continue;
		}
		if (skips)
			continue;
		n = print_item(f, item, line, to + len, room - len);
		if (n == 0 && item->required)
			return 0;
		skips = n == 0;
		len = skips ? field : len + n;
	}
	return len;
}
