/* SPDX-License-Identifier: BSD-2-Clause */
/* Bodies of requests, read piece by piece. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/upload_private.h"

static enum outcome
no_memory(struct err *err)
{
	return outcome_set(err, OUTCOME_MEMORY, "out of memory");
}

enum outcome
upload_add_piece(
    struct upload *u, const struct upload_piece *piece, struct err *err)
{
	void *pieces = arena_append(
	    &u->arena, u->pieces, u->count, piece, 1, sizeof(*piece));

	if (pieces == NULL)
		return no_memory(err);
	u->pieces = pieces;
	u->count++;
	if (piece->len == -1 || u->length == -1)
		u->length = -1;
	else
		u->length += piece->len;
	return OUTCOME_OK;
}

enum outcome
upload_add_text(struct upload *u, struct span text, struct err *err)
{
	struct upload_piece piece = {
		.text = text,
		.fd = -1,
		.len = (int64_t)text.len,
	};

	return upload_add_piece(u, &piece, err);
}

enum outcome
upload_open_piece(struct upload_piece *piece, const char *path, struct err *err)
{
	bool input = strcmp(path, "-") == 0;
	struct stat st;

	*piece = (struct upload_piece){ .fd = STDIN_FILENO, .len = -1 };
	if (!input)
		piece->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (piece->fd == -1 || fstat(piece->fd, &st) == -1)
		return outcome_set(
		    err, OUTCOME_READ, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return outcome_set(
		    err, OUTCOME_READ, "%s: %s", path, strerror(EISDIR));
	if (!S_ISREG(st.st_mode))
		return OUTCOME_OK;
	/* Standard input may stand somewhere in its file. */
	piece->start = lseek(piece->fd, 0, SEEK_CUR);
	piece->seekable = piece->start >= 0;
	if (piece->seekable)
		piece->len =
		    st.st_size > piece->start ? st.st_size - piece->start : 0;
	return OUTCOME_OK;
}

void
upload_close_piece(struct upload_piece *piece)
{
	buf_release(&piece->memory);
	if (piece->fd > STDERR_FILENO)
		close(piece->fd);
	piece->fd = -1;
}

enum outcome
upload_add_file(struct upload *u, const char *path, struct err *err)
{
	struct upload_piece piece;
	enum outcome outcome = upload_open_piece(&piece, path, err);

	if (outcome == OUTCOME_OK)
		outcome = upload_add_piece(u, &piece, err);
	if (outcome != OUTCOME_OK)
		upload_close_piece(&piece);
	return outcome;
}

enum outcome
upload_open(struct upload *u, const struct options *o, struct err *err)
{
	*u = (struct upload){ 0 };
	arena_init(&u->arena, NULL, 0, 0);
	u->present = o->upload != NULL || o->data_count > 0;
	if (o->upload != NULL)
		return upload_add_file(u, o->upload, err);
	if (o->data_count == 0)
		return OUTCOME_OK;
	if (o->data[0].kind == DATA_FORM)
		return upload_add_form(u, o, err);
	return upload_add_data(u, o, err);
}

void
upload_release(struct upload *u)
{
	for (size_t i = 0; i < u->count; i++)
		upload_close_piece(&u->pieces[i]);
	arena_release(&u->arena);
	*u = (struct upload){ 0 };
}

/* A pipe that has nothing yet must not keep the answer from being read. */
static bool
is_ready(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) != 0;
}

static ssize_t
read_piece(struct upload *u, char *to, size_t len, struct err *err)
{
	const struct upload_piece *piece = &u->pieces[u->at];
	ssize_t n;

	if (piece->len >= 0 && (int64_t)len > piece->len - u->done)
		len = (size_t)(piece->len - u->done);
	if (len == 0)
		return 0;
	if (piece->fd == -1) {
		memcpy(to, piece->text.ptr + u->done, len);
		return (ssize_t)len;
	}
	if (!piece->seekable && !is_ready(piece->fd))
		return UPLOAD_WAIT;
	do
		n = piece->seekable
			? pread(piece->fd, to, len, piece->start + u->done)
			: read(piece->fd, to, len);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		err_set(err, "a file to be sent: %s", strerror(errno));
	else if (n == 0 && piece->len >= 0)
		err_set(err, "a file to be sent has become shorter");
	return n == -1 || (n == 0 && piece->len >= 0) ? UPLOAD_ERROR : n;
}

ssize_t
upload_read(struct upload *u, char *to, size_t len, struct err *err)
{
	while (u->at < u->count) {
		ssize_t n = read_piece(u, to, len, err);

		if (n > 0)
			u->done += n;
		if (n != 0)
			return n;
		u->at++;
		u->done = 0;
	}
	return UPLOAD_END;
}

int
upload_fd(const struct upload *u)
{
	return u->at < u->count ? u->pieces[u->at].fd : -1;
}

bool
upload_rewind(struct upload *u)
{
	for (size_t i = 0; i <= u->at && i < u->count; i++) {
		const struct upload_piece *piece = &u->pieces[i];

		if (piece->fd != -1 && !piece->seekable &&
		    (i < u->at || u->done > 0))
			return false;
	}
	u->at = 0;
	u->done = 0;
	return true;
}

bool
upload_untouched(const struct upload *u)
{
	return u->at == 0 && u->done == 0;
}
