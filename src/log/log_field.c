/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * %{Name}i, %{Name}o, %{name}C and %{name}e: fields of the request and of the
 * response, cookies and variables.  A name that the server knows is found by
 * its number.
 */
#include "config.h"

#include "http/date.h"
#include "http/exchange_env.h"
#include "http/field.h"
#include "log/log_letter.h"

int
log_field_prepare(struct log_item *item, struct arena *arena, struct err *err)
{
	(void)arena;
	if (item->text.len == 0)
		return err_set(err, "a name belongs into {}");
	item->number = (int)field_find(item->text);
	return 0;
}

static bool
is_named(const struct field *field, const struct log_item *item)
{
	if (item->number != FIELD_OTHER)
		return field->id == (enum field_id)item->number;
	return span_equal_nocase(field->name, item->text);
}

/* As in Apache a type is logged without its parameters. */
static struct span
without_parameters(const struct log_item *item, struct span value)
{
	if (item->number != FIELD_CONTENT_TYPE)
		return value;
	return span_trim(span_of(value.ptr, span_find(value, ';')));
}

/* Several lines of one name are one list (RFC 9110, 5.3). */
static bool
print_fields(const struct log_item *item, const struct field *fields,
    size_t count, struct log_out *out)
{
	bool found = false;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!is_named(&fields[i], item))
			continue;
		if (found)
			log_out_span(out, (struct span)SPAN(", "));
		log_out_escaped(out, fields[i].value);
		found = true;
	}
	return found;
}

/* From which field on one of that name may be found. */
static unsigned
first_field(const struct request *r, int id)
{
	if (id == FIELD_OTHER)
		return 0;
	return r->known[id] == 0 ? r->field_count : r->known[id] - 1u;
}

void
log_field_request(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	const struct request *r = &x->request;
	unsigned first = first_field(r, item->number);

	if (first >= r->field_count)
		log_out_char(out, '-');
	else if (item->number != FIELD_OTHER && !r->repeated)
		log_out_escaped(out, r->fields[first].value);
	else if (!print_fields(
		     item, r->fields + first, r->field_count - first, out))
		log_out_char(out, '-');
}

/* A field that a ready-made block of lines holds, or an empty span. */
static struct span
find_in_block(struct span block, struct span name)
{
	while (block.len > 0) {
		size_t end = span_find(block, '\n');
		struct span line = span_trim(span_of(block.ptr, end));
		size_t colon = span_find(line, ':');

		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (span_equal_nocase(span_of(line.ptr, colon), name))
			return span_trim(span_skip(line, colon + 1));
		block = span_skip(block, end + 1);
	}
	return span_of(NULL, 0);
}

/*
 * Fields that a response has without their being in its list.  text: where
 * one that has to be printed is.
 */
static struct span
implied_field(
    const struct log_item *item, const struct exchange *x, char text[DATE_SIZE])
{
	const struct response *r = &x->response;
	struct span found;

	switch (item->number) {
	case FIELD_CONTENT_TYPE:
		if (r->content_type.len > 0)
			return r->content_type;
		break;
	case FIELD_ETAG:
		if (r->validators.etag.len > 0)
			return r->validators.etag;
		break;
	case FIELD_LAST_MODIFIED:
		if (r->validators.last_modified == -1)
			break;
		date_print(r->validators.last_modified, text);
		return span_of(text, DATE_SIZE - 1);
	case FIELD_CONTENT_LENGTH:
		if (r->announced_length < 0)
			break;
		return span_of(
		    text, number_print(text, (uint64_t)r->announced_length));
	case FIELD_CONNECTION:
		return x->keep_alive ? span_of(NULL, 0)
				     : (struct span)SPAN("close");
	default:
		break;
	}
	found = find_in_block(r->block, item->text);
	if (found.len == 0 && x->conf != NULL)
		found = find_in_block(response_common_block(x), item->text);
	return found;
}

void
log_field_response(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	const struct field_list *list = &x->response.fields;
	char text[DATE_SIZE];
	struct span value;

	if (item->number != FIELD_CONTENT_TYPE &&
	    print_fields(item, list->fields, list->count, out))
		return;
	value = without_parameters(item, implied_field(item, x, text));
	if (value.len > 0)
		log_out_escaped(out, value);
	else
		log_out_char(out, '-');
}

static void
print_or_dash(struct log_out *out, struct span value)
{
	if (value.ptr == NULL)
		log_out_char(out, '-');
	else
		log_out_escaped(out, value);
}

void
log_field_trailer(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	struct span value = find_in_block(x->request.trailers, item->text);

	print_or_dash(out, value);
}

/* The first cookie of that name; as in Apache in any case, and one without a
 * value is none. */
void
log_field_cookie(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	struct span rest = request_value(&x->request, FIELD_COOKIE);

	while (rest.len > 0) {
		size_t end = span_find(rest, ';');
		struct span pair = span_of(rest.ptr, end);
		size_t equals = span_find(pair, '=');
		struct span name = span_trim(span_of(pair.ptr, equals));
		struct span value = span_trim(span_skip(pair, equals + 1));

		if (value.len > 0 && span_equal_nocase(name, item->text)) {
			log_out_escaped(out, value);
			return;
		}
		rest = span_skip(rest, end + 1);
	}
	log_out_char(out, '-');
}

void
log_field_variable(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	print_or_dash(out, exchange_env_get(x, item->text));
}

void
log_field_note(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	print_or_dash(out, exchange_note_get(x, item->text));
}
