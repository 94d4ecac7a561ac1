/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * multipart/byteranges.  What stands around the parts is printed beforehand,
 * all of it, so the length of the body is known exactly.  Parts in memory are
 * copied between: they are small, and go out in one write.  Parts of a file are
 * announced to who pulls as ranges of it.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>

#include "base/buf.h"
#include "base/fatal.h"
#include "base/siphash.h"
#include "http/byteranges.h"

/* Two numbers of 64 bits in hexadecimal, and a NUL. */
#define BOUNDARY_SIZE 33
/* What stands in front of a part at most, without its type. */
#define HEAD_ROOM 200

/* What is between the bytes of the representation, and those behind it. */
struct piece {
	struct span head;
	struct body_file file; /* behind it; the last one, the end, has none */
};

struct parts {
	struct body whole;
	struct piece *pieces;
	size_t count, at; /* at: the one of which head is not all given */
};

/* ---- printing ---- */

/*
 * Nobody may guess it who could put it into the file, so it is no counter, but
 * what a secret makes of one.
 */
static void
make_boundary(char to[BOUNDARY_SIZE])
{
	static struct siphash_key key;
	static uint64_t counter;
	uint64_t half[2];
	ssize_t n = (ssize_t)sizeof(key);

	if (counter == 0)
		do
			n = getrandom(&key, sizeof(key), 0);
		while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(key))
		fatal("no random numbers");
	for (size_t i = 0; i < 2; i++) {
		counter++;
		half[i] = siphash13(&key, &counter, sizeof(counter), false);
	}
	snprintf(
	    to, BOUNDARY_SIZE, "%016" PRIx64 "%016" PRIx64, half[0], half[1]);
}

static void
print_head(struct buf *buf, const char *boundary, const struct byteranges *what,
    const struct range *range, int64_t length)
{
	if (range != what->ranges)
		buf_add_str(buf, "\r\n");
	buf_printf(buf, "--%s\r\n", boundary);
	if (what->type.len > 0)
		buf_printf(buf, "Content-Type: %.*s\r\n", SPAN_ARG(what->type));
	buf_printf(buf,
	    "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRId64 "\r\n\r\n",
	    range->first, range->last, length);
}

static void
print_end(struct buf *buf, const char *boundary)
{
	buf_printf(buf, "\r\n--%s--\r\n", boundary);
}

static uint64_t
count_bytes(const struct byteranges *what)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < what->count; i++)
		sum += what->ranges[i].last - what->ranges[i].first + 1;
	return sum;
}

static size_t
heads_room(const struct byteranges *what)
{
	return (what->count + 1) * (HEAD_ROOM + what->type.len);
}

/* ---- parts in memory ---- */

static bool
copy_parts(
    struct body *body, const char *boundary, const struct byteranges *what)
{
	struct span memory = body->memory;
	struct buf buf;

	buf_init(&buf, heads_room(what) + (size_t)count_bytes(what));
	for (size_t i = 0; i < what->count; i++) {
		const struct range *range = &what->ranges[i];

		print_head(&buf, boundary, what, range, body->length);
		buf_add(&buf, memory.ptr + range->first,
		    (size_t)(range->last - range->first + 1));
	}
	print_end(&buf, boundary);
	if (buf_failed(&buf)) {
		buf_release(&buf);
		return false;
	}
	body_close(body);
	body_buffer(body, &buf);
	return true;
}

/* ---- parts of a file ---- */

/* For who does not send from the file itself. */
static enum body_result
read_file(struct body *body, size_t max, struct span *data_r)
{
	struct body *whole = &((struct parts *)body->source)->whole;
	enum body_result result;

	whole->file = body->file;
	result = whole->ops->next(whole, max, data_r);
	body->file = whole->file;
	if (result == BODY_DATA)
		body->length -= (int64_t)data_r->len;
	return result == BODY_DATA ? BODY_DATA : BODY_ERROR;
}

static enum body_result
parts_next(struct body *body, size_t max, struct span *data_r)
{
	struct parts *parts = body->source;
	struct piece *piece = &parts->pieces[parts->at];
	size_t n;

	if (body->file.left > 0)
		return read_file(body, max, data_r);
	if (parts->at > parts->count)
		return BODY_END;
	n = piece->head.len < max ? piece->head.len : max;
	*data_r = span_of(piece->head.ptr, n);
	piece->head = span_skip(piece->head, n);
	body->length -= (int64_t)n;
	if (piece->head.len > 0 || parts->at++ == parts->count)
		return BODY_DATA;
	body->file = piece->file;
	return BODY_FILE;
}

static void
parts_close(struct body *body)
{
	struct parts *parts = body->source;

	body_close(&parts->whole);
}

static const struct body_ops parts_ops = { parts_next, parts_close };

/* The heads, one behind the other in the arena; false without memory. */
static bool
print_pieces(struct parts *parts, struct arena *arena, const char *boundary,
    const struct byteranges *what)
{
	struct span text;
	struct buf buf;

	buf_init(&buf, heads_room(what));
	for (size_t i = 0; i < what->count; i++) {
		const struct range *range = &what->ranges[i];
		struct piece *piece = &parts->pieces[i];
		size_t before = buf.len;

		print_head(&buf, boundary, what, range, parts->whole.length);
		piece->head.len = buf.len - before;
		piece->file.fd = parts->whole.file.fd;
		piece->file.offset =
		    parts->whole.file.offset + (off_t)range->first;
		piece->file.left = range->last - range->first + 1;
	}
	text.len = buf.len;
	print_end(&buf, boundary);
	parts->pieces[what->count].head.len = buf.len - text.len;
	text = buf_failed(&buf) ? span_of(NULL, 0)
				: arena_span(arena, buf_span(&buf));
	buf_release(&buf);
	if (text.ptr == NULL)
		return false;
	for (size_t i = 0; i <= what->count; i++) {
		parts->pieces[i].head.ptr = text.ptr;
		text = span_skip(text, parts->pieces[i].head.len);
	}
	return true;
}

static bool
take_file(struct body *body, struct arena *arena, const char *boundary,
    const struct byteranges *what)
{
	struct parts *parts = arena_calloc(arena, 1, sizeof(*parts));
	uint64_t length = count_bytes(what);

	if (parts == NULL)
		return false;
	parts->whole = *body;
	parts->count = what->count;
	parts->pieces =
	    arena_calloc(arena, what->count + 1, sizeof(*parts->pieces));
	if (parts->pieces == NULL ||
	    !print_pieces(parts, arena, boundary, what))
		return false;
	for (size_t i = 0; i <= what->count; i++)
		length += parts->pieces[i].head.len;
	body_none(body);
	body->ops = &parts_ops;
	body->source = parts;
	body->length = (int64_t)length;
	return true;
}

bool
byteranges_body(struct body *body, struct arena *arena,
    const struct byteranges *what, struct span *type_r)
{
	char boundary[BOUNDARY_SIZE];
	const char *type;

	make_boundary(boundary);
	type =
	    arena_printf(arena, "multipart/byteranges; boundary=%s", boundary);
	if (type == NULL)
		return false;
	if (!(body->memory.ptr != NULL
		    ? copy_parts(body, boundary, what)
		    : take_file(body, arena, boundary, what)))
		return false;
	*type_r = span_str(type);
	return true;
}
