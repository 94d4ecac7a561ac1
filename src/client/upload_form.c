/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -F: forms as multipart/form-data (RFC 7578; names are escaped as HTML has
 * it, by percent).  Text goes to the arena, files stay files.
 */
#include "config.h"

#include <string.h>
#include <sys/random.h>

#include "client/upload_private.h"
#include "wire/h1_scan.h"

enum {
	BOUNDARY_SIZE = 24 + 32 + 1
};

/* What is to be sent as one part. */
struct part {
	struct span name;
	struct span content; /* the value, or the file's path */
	bool is_file;
	struct span type, file_name; /* ptr NULL: not given */
};

static const struct type_row {
	const char *ending, *type;
} types[] = {
	{ ".txt", "text/plain" },
	{ ".html", "text/html" },
	{ ".css", "text/css" },
	{ ".csv", "text/csv" },
	{ ".json", "application/json" },
	{ ".xml", "application/xml" },
	{ ".pdf", "application/pdf" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".jpeg", "image/jpeg" },
	{ ".gif", "image/gif" },
	{ ".svg", "image/svg+xml" },
	{ NULL, "application/octet-stream" },
};

/* 128 bits: no content holds it by chance. */
static bool
make_boundary(char to[BOUNDARY_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char random[16];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return false;
	memset(to, '-', 24);
	to += 24;
	for (size_t i = 0; i < sizeof(random); i++) {
		*to++ = digits[random[i] >> 4];
		*to++ = digits[random[i] & 15];
	}
	*to = '\0';
	return true;
}

/* The first ";type=" or ";filename=" in s, or its length. */
static size_t
find_attribute(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (span_starts(span_skip(s, i), ";type=") ||
		    span_starts(span_skip(s, i), ";filename="))
			return i;
	return s.len;
}

/* Attributes follow a file only: a value is what it is. */
static void
parse_part(struct part *part, const char *text)
{
	struct span s = span_str(text);
	size_t equals = span_find(s, '=');
	struct span rest;

	*part = (struct part){ .name = span_of(s.ptr, equals) };
	part->content = span_skip(s, equals + 1);
	part->is_file = span_starts(part->content, "@");
	if (!part->is_file)
		return;
	part->content = span_skip(part->content, 1);
	rest = span_skip(part->content, find_attribute(part->content));
	part->content.len -= rest.len;
	while (rest.len > 0) {
		size_t name = span_find(rest, '=') + 1;
		struct span value = span_skip(rest, name);

		value.len = find_attribute(value);
		if (span_starts(rest, ";type="))
			part->type = value;
		else
			part->file_name = value;
		rest = span_skip(rest, name + value.len);
	}
}

static void
complete_part(struct part *part)
{
	const struct type_row *row = types;
	size_t slash = span_find_last(part->content, '/');

	if (!part->is_file)
		return;
	if (part->file_name.ptr == NULL)
		part->file_name = slash < part->content.len
				      ? span_skip(part->content, slash + 1)
				      : part->content;
	if (part->type.ptr != NULL)
		return;
	while (row->ending != NULL &&
	       !span_ends_nocase(part->file_name, row->ending))
		row++;
	part->type = span_str(row->type);
}

static void
add_quoted(struct buf *to, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"')
			buf_add_str(to, "%22");
		else if (s.ptr[i] == '\r')
			buf_add_str(to, "%0D");
		else if (s.ptr[i] == '\n')
			buf_add_str(to, "%0A");
		else
			buf_add_char(to, s.ptr[i]);
	}
}

/* The text in a buffer as a piece of the body. */
static enum outcome
add_buffer(struct upload *u, struct buf *text, struct err *err)
{
	struct span copy = arena_span(&u->arena, buf_span(text));

	if (buf_failed(text) || copy.ptr == NULL)
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	return upload_add_text(u, copy, err);
}

/* From the boundary before the part to the empty line of its head. */
static enum outcome
add_head(struct upload *u, const struct part *part, const char *boundary,
    struct err *err)
{
	enum outcome outcome;
	struct buf head;

	buf_init(&head, 1 << 20);
	buf_printf(&head, "%s--%s\r\nContent-Disposition: form-data; name=\"",
	    u->count > 0 ? "\r\n" : "", boundary);
	add_quoted(&head, part->name);
	if (part->is_file) {
		buf_add_str(&head, "\"; filename=\"");
		add_quoted(&head, part->file_name);
		buf_add_str(&head, "\"\r\nContent-Type: ");
		buf_add_span(&head, part->type);
	} else {
		buf_add_char(&head, '"');
	}
	buf_add_str(&head, "\r\n\r\n");
	outcome = add_buffer(u, &head, err);
	buf_release(&head);
	return outcome;
}

static enum outcome
add_part(
    struct upload *u, const char *text, const char *boundary, struct err *err)
{
	struct part part;
	enum outcome outcome;
	char *path;

	parse_part(&part, text);
	complete_part(&part);
	if (h1_scan_value(part.type.ptr, 0, part.type.len) != part.type.len)
		return outcome_set(
		    err, OUTCOME_USAGE, "-F %s: bad byte in the type", text);
	outcome = add_head(u, &part, boundary, err);
	if (outcome != OUTCOME_OK)
		return outcome;
	if (!part.is_file)
		return upload_add_text(u, part.content, err);
	path = arena_strndup(&u->arena, part.content.ptr, part.content.len);
	if (path == NULL)
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	return upload_add_file(u, path, err);
}

enum outcome
upload_add_form(struct upload *u, const struct options *o, struct err *err)
{
	enum outcome outcome = OUTCOME_OK;
	char boundary[BOUNDARY_SIZE];
	const char *end;

	if (!make_boundary(boundary))
		return outcome_set(err, OUTCOME_READ, "no random numbers");
	for (size_t i = 0; i < o->data_count && outcome == OUTCOME_OK; i++)
		outcome = add_part(u, o->data[i].text, boundary, err);
	if (outcome != OUTCOME_OK)
		return outcome;
	end = arena_printf(&u->arena, "\r\n--%s--\r\n", boundary);
	u->content_type = arena_printf(
	    &u->arena, "multipart/form-data; boundary=%s", boundary);
	if (end == NULL || u->content_type == NULL)
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	return upload_add_text(u, span_str(end), err);
}
