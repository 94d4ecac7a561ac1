/* SPDX-License-Identifier: BSD-2-Clause */
/* Forms, in pieces; see form.h. */
#include "config.h"

#include "base/number.h"
#include "http/form.h"

void
form_init(struct form *form, struct form_pair *pairs, size_t count_max,
    char *text, size_t text_max, size_t part_max)
{
	*form = (struct form){
		.pairs = pairs,
		.count_max = count_max,
		.text = text,
		.text_max = text_max,
		.part_max = part_max,
	};
}

/* The pair that is read; NULL: there is no room for it. */
static struct form_pair *
current(struct form *form)
{
	return form->count < form->count_max ? &form->pairs[form->count] : NULL;
}

static struct span
empty_at_end(const struct form *form)
{
	return span_of(form->text + form->text_len, 0);
}

static void
begin_pair(struct form *form)
{
	struct form_pair *pair = current(form);

	form->in_pair = true;
	form->seen++;
	if (pair != NULL)
		*pair = (struct form_pair){ .name = empty_at_end(form),
			.value = empty_at_end(form) };
}

static void
begin_value(struct form *form)
{
	struct form_pair *pair = current(form);

	form->in_value = true;
	if (pair != NULL)
		pair->value = empty_at_end(form);
}

/* Decoded bytes of a name or value, the one that is last in the text. */
static void
put(struct form *form, struct span bytes)
{
	struct form_pair *pair = current(form);
	struct span *part;
	size_t n, room = form->text_max - form->text_len;

	if (pair == NULL)
		return;
	part = form->in_value ? &pair->value : &pair->name;
	if (room > form->part_max - part->len)
		room = form->part_max - part->len;
	n = bytes.len < room ? bytes.len : room;
	pair->cut |= n < bytes.len;
	if (n == 0)
		return;
	memcpy(form->text + form->text_len, bytes.ptr, n);
	form->text_len += n;
	part->len += n;
}

static void
put_char(struct form *form, char c)
{
	put(form, span_of(&c, 1));
}

/* What looked like the beginning of an escape is none. */
static void
put_escape(struct form *form)
{
	if (form->escape_len > 0)
		put_char(form, '%');
	if (form->escape_len > 1)
		put_char(form, form->escape_digit);
	form->escape_len = 0;
}

/* True if the byte belongs to the escape. */
static bool
in_escape(struct form *form, char c)
{
	int digit = number_hex_digit(c);

	if (form->escape_len == 0)
		return false;
	if (digit < 0) {
		put_escape(form);
		return false;
	}
	if (++form->escape_len == 2) {
		form->escape_digit = c;
		return true;
	}
	form->escape_len = 0;
	put_char(
	    form, (char)(number_hex_digit(form->escape_digit) << 4 | digit));
	return true;
}

/* Also between two "&", where there is no pair. */
static void
end_pair(struct form *form)
{
	put_escape(form);
	if (form->in_pair && current(form) != NULL)
		form->count++;
	form->in_pair = form->in_value = false;
}

static void
add_byte(struct form *form, char c)
{
	if (in_escape(form, c))
		return;
	if (c == '&') {
		end_pair(form);
		return;
	}
	if (!form->in_pair)
		begin_pair(form);
	if (c == '%')
		form->escape_len = 1;
	else if (c == '=' && !form->in_value)
		begin_value(form);
	else
		put_char(form, c == '+' ? ' ' : c);
}

/* Bytes in front that stand for themselves. */
static size_t
plain_length(struct span text)
{
	static const bool special[256] = {
		['&'] = true,
		['='] = true,
		['+'] = true,
		['%'] = true,
	};
	size_t n = 0;

	while (n < text.len && !special[(unsigned char)text.ptr[n]])
		n++;
	return n;
}

void
form_add(struct form *form, struct span piece)
{
	while (piece.len > 0) {
		size_t n = form->escape_len > 0 ? 0 : plain_length(piece);

		if (n > 0) {
			if (!form->in_pair)
				begin_pair(form);
			put(form, span_of(piece.ptr, n));
		} else {
			add_byte(form, *piece.ptr);
			n = 1;
		}
		piece = span_skip(piece, n);
	}
}

void
form_end(struct form *form)
{
	end_pair(form);
}
