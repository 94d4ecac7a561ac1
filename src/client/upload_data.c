/* SPDX-License-Identifier: BSD-2-Clause */
/* -d and its relatives: pieces joined as the fields of a form are. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "client/upload_private.h"

/* For what is read into memory: more is a mistake, or a case for -T. */
static const size_t MEMORY_MAX = 1 << 30;

/* What curl's -d leaves out of a file. */
static size_t
strip_ends(char *text, size_t len)
{
	size_t kept = 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] != '\r' && text[i] != '\n' && text[i] != '\0')
			text[kept++] = text[i];
	return kept;
}

static enum outcome
read_all(int fd, const char *path, bool strip, struct buf *to, struct err *err)
{
	const size_t step = 64 * 1024;
	ssize_t n;

	do {
		char *room = buf_reserve(to, step);

		if (room == NULL)
			return outcome_set(err, OUTCOME_READ,
			    "%s: too big to be kept in memory", path);
		n = read(fd, room, step);
		if (n > 0)
			buf_commit(to,
			    strip ? strip_ends(room, (size_t)n) : (size_t)n);
	} while (n > 0 || (n == -1 && errno == EINTR));
	if (n == -1)
		return outcome_set(
		    err, OUTCOME_READ, "%s: %s", path, strerror(errno));
	return OUTCOME_OK;
}

/* A file, "-" for standard input, without line ends and NULs if strip. */
static enum outcome
read_file(const char *path, bool strip, struct buf *to, struct err *err)
{
	struct upload_piece file;
	enum outcome outcome = upload_open_piece(&file, path, err);

	if (outcome == OUTCOME_OK)
		outcome = read_all(file.fd, path, strip, to, err);
	upload_close_piece(&file);
	return outcome;
}

/* The buffer becomes a piece, or is released. */
static enum outcome
add_memory(
    struct upload *u, struct buf *memory, enum outcome outcome, struct err *err)
{
	struct upload_piece piece = {
		.text = buf_span(memory),
		.memory = *memory,
		.fd = -1,
		.len = (int64_t)memory->len,
	};

	if (outcome == OUTCOME_OK && buf_failed(memory))
		outcome = outcome_set(err, OUTCOME_MEMORY, "out of memory");
	if (outcome == OUTCOME_OK)
		outcome = upload_add_piece(u, &piece, err);
	if (outcome != OUTCOME_OK)
		buf_release(memory);
	return outcome;
}

static enum outcome
add_file(struct upload *u, const char *path, bool strip, struct err *err)
{
	struct buf memory;

	buf_init(&memory, MEMORY_MAX);
	return add_memory(
	    u, &memory, read_file(path, strip, &memory, err), err);
}

/* As a form does: all but the unreserved (RFC 3986, 2.3), "+" for a space. */
static void
add_encoded(struct buf *to, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		unsigned char letter = c | 0x20;

		if ((letter >= 'a' && letter <= 'z') ||
		    (c >= '0' && c <= '9') || memchr("-._~", c, 4) != NULL)
			buf_add_char(to, (char)c);
		else if (c == ' ')
			buf_add_char(to, '+');
		else
			buf_printf(to, "%%%02X", c);
	}
}

/* "name=content", "=content", "name@file", "@file" or "content". */
static enum outcome
add_form_field(struct upload *u, struct span text, struct err *err)
{
	size_t equals = span_find(text, '='), at = span_find(text, '@');
	size_t name = equals < text.len ? equals : at;
	struct span content = span_skip(text, name < text.len ? name + 1 : 0);
	enum outcome outcome = OUTCOME_OK;
	struct buf memory, file;

	buf_init(&memory, MEMORY_MAX);
	buf_init(&file, MEMORY_MAX);
	if (name > 0 && name < text.len) {
		buf_add(&memory, text.ptr, name);
		buf_add_char(&memory, '=');
	}
	/* A file's name reaches to the end of the argument. */
	if (equals == text.len && at < text.len) {
		outcome = read_file(content.ptr, false, &file, err);
		content = buf_span(&file);
	}
	add_encoded(&memory, content);
	buf_release(&file);
	return add_memory(u, &memory, outcome, err);
}

static enum outcome
add_data(struct upload *u, const struct data *data, struct err *err)
{
	const char *path = data->text + 1;

	if (data->kind == DATA_ENCODED)
		return add_form_field(u, span_str(data->text), err);
	if (data->kind == DATA_RAW || data->text[0] != '@')
		return upload_add_text(u, span_str(data->text), err);
	if (data->kind == DATA_TEXT || strcmp(path, "-") == 0)
		return add_file(u, path, data->kind == DATA_TEXT, err);
	return upload_add_file(u, path, err);
}

enum outcome
upload_add_data(struct upload *u, const struct options *o, struct err *err)
{
	enum outcome outcome = OUTCOME_OK;

	u->content_type = "application/x-www-form-urlencoded";
	for (size_t i = 0; i < o->data_count && outcome == OUTCOME_OK; i++) {
		if (i > 0)
			outcome =
			    upload_add_text(u, (struct span)SPAN("&"), err);
		if (outcome == OUTCOME_OK)
			outcome = add_data(u, &o->data[i], err);
	}
	return outcome;
}
