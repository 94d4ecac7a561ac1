/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fields of an answer say about the message (RFC 9112, 6 and 9.3). */
#include "config.h"

#include "base/number.h"
#include "client/answer_private.h"
#include "http/field.h"
#include "http/status.h"

/* What was found in all fields together. */
struct framing_fields {
	bool has_length, bad_length;
	uint64_t length;
	bool has_coding, chunked; /* chunked: it is the only coding */
	bool close, keep_alive;
};

/* Several lengths are one if they are the same (RFC 9110, 8.6). */
static void
read_length(struct framing_fields *found, struct span value)
{
	struct span element;
	bool any = false;

	while (span_next_element(&value, &element)) {
		uint64_t length;

		any = true;
		if (number_parse(element, INT64_MAX, &length) != NUMBER_OK ||
		    (found->has_length && length != found->length))
			found->bad_length = true;
		else
			found->length = length;
		found->has_length = true;
	}
	if (!any)
		found->has_length = found->bad_length = true;
}

static void
read_coding(struct framing_fields *found, struct span value)
{
	struct span element;

	while (span_next_element(&value, &element)) {
		found->chunked =
		    !found->has_coding && span_is_nocase(element, "chunked");
		found->has_coding = true;
	}
}

static void
read_connection(struct framing_fields *found, struct span value)
{
	struct span element;

	while (span_next_element(&value, &element)) {
		if (span_is_nocase(element, "close"))
			found->close = true;
		else if (span_is_nocase(element, "keep-alive"))
			found->keep_alive = true;
	}
}

/* The first one counts, if there are several. */
static void
read_location(struct answer *a, struct span value)
{
	if (a->has_location)
		return;
	buf_add_span(&a->location, value);
	a->has_location = !buf_failed(&a->location);
}

static void
read_field(struct answer *a, struct framing_fields *found, enum field_id id,
    struct span value)
{
	switch (id) {
	case FIELD_CONTENT_LENGTH:
		read_length(found, value);
		break;
	case FIELD_TRANSFER_ENCODING:
		read_coding(found, value);
		break;
	case FIELD_CONNECTION:
		read_connection(found, value);
		break;
	case FIELD_LOCATION:
		read_location(a, value);
		break;
	default:
		break;
	}
}

/*
 * RFC 9112, 6.3, in its order.  A coding that is not chunked alone could only
 * be written out as it is, so it is refused; a length beside chunked is not
 * believed, and neither is the connection afterwards.
 */
static const char *
choose_body(struct answer *a, const struct framing_fields *found)
{
	a->body = ANSWER_UNTIL_CLOSE;
	if (a->no_body || !status_has_body(a->status)) {
		a->body = ANSWER_NO_BODY;
	} else if (found->has_coding) {
		if (!found->chunked)
			return "a transfer coding that is not known";
		a->body = ANSWER_CHUNKED;
		if (found->has_length || a->head.minor == 0)
			a->keep_alive = false;
	} else if (found->bad_length) {
		return "Content-Length is not one number";
	} else if (found->has_length) {
		a->body = ANSWER_LENGTH;
		a->left = found->length;
		a->length = (int64_t)found->length;
	}
	if (a->body == ANSWER_UNTIL_CLOSE)
		a->keep_alive = false;
	return NULL;
}

const char *
answer_read_fields(struct answer *a, const char *data)
{
	struct framing_fields found = { 0 };

	for (uint32_t i = 0; i < a->head.head.field_count; i++) {
		const struct h1_field *f = &a->fields[i];

		read_field(a, &found,
		    field_find(span_of(data + f->name, f->name_len)),
		    span_of(data + f->value, f->value_len));
	}
	/* RFC 9112, 9.3.  Behind a 101 comes another protocol. */
	a->keep_alive = a->status != 101 && !found.close &&
			(a->head.minor > 0 || found.keep_alive);
	return choose_body(a, &found);
}
