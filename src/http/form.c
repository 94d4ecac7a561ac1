/* SPDX-License-Identifier: BSD-2-Clause */
/* Forms, byte by byte; see form.h. */
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

/* A decoded byte of a name or value, the one that is last in the text. */
static void
put(struct form *form, char c)
{
	struct form_pair *pair = current(form);
	struct span *part;

	if (pair == NULL)
		return;
	part = form->in_value ? &pair->value : &pair->name;
	if (part->len == form->part_max || form->text_len == form->text_max) {
		pair->cut = true;
		return;
	}
	form->text[form->text_len++] = c;
	part->len++;
}

/* What looked like the beginning of an escape is none. */
static void
put_escape(struct form *form)
{
	if (form->escape_len > 0)
		put(form, '%');
	if (form->escape_len > 1)
		put(form, form->escape_digit);
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
	put(form, (char)(number_hex_digit(form->escape_digit) << 4 | digit));
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
		put(form, c == '+' ? ' ' : c);
}

void
form_add(struct form *form, struct span piece)
{
	for (size_t i = 0; i < piece.len; i++)
		add_byte(form, piece.ptr[i]);
}

void
form_end(struct form *form)
{
	end_pair(form);
}
