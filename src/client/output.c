/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and terminals. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client/output.h"
#include "client/visible.h"

/* Smaller pieces are collected: a chunk may be one byte. */
static const size_t COLLECT_MAX = 16 * 1024;

void
output_init(struct output *out, const char *path)
{
	bool raw = path != NULL && strcmp(path, "-") == 0;

	*out = (struct output){ .fd = -1 };
	buf_init(&out->kept, 1 << 20);
	buf_init(&out->text, SIZE_MAX / 2);
	if (path != NULL && !raw) {
		out->path = path;
		return;
	}
	out->fd = STDOUT_FILENO;
	out->guard = !raw && isatty(STDOUT_FILENO) == 1;
}

static enum outcome
not_written(const struct output *out, struct err *err)
{
	return outcome_set(err, OUTCOME_WRITE, "%s: %s",
	    out->path != NULL ? out->path : "standard output", strerror(errno));
}

enum outcome
output_release(struct output *out, struct err *err)
{
	enum outcome outcome = OUTCOME_OK;

	if (out->path != NULL && out->fd != -1 && close(out->fd) == -1)
		outcome = not_written(out, err);
	buf_release(&out->kept);
	buf_release(&out->text);
	out->fd = -1;
	return outcome;
}

enum outcome
output_open(struct output *out, struct err *err)
{
	if (out->fd != -1)
		return OUTCOME_OK;
	out->fd =
	    open(out->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return out->fd != -1 ? OUTCOME_OK : not_written(out, err);
}

static enum outcome
write_all(struct output *out, struct span s, struct err *err)
{
	enum outcome outcome = s.len > 0 ? output_open(out, err) : OUTCOME_OK;

	while (s.len > 0 && outcome == OUTCOME_OK) {
		ssize_t n = write(out->fd, s.ptr, s.len);

		if (n >= 0)
			s = span_skip(s, (size_t)n);
		else if (errno != EINTR)
			outcome = not_written(out, err);
	}
	return outcome;
}

enum outcome
output_flush(struct output *out, struct err *err)
{
	enum outcome outcome;

	if (buf_failed(&out->text))
		outcome = outcome_set(err, OUTCOME_MEMORY, "out of memory");
	else
		outcome = write_all(out, buf_span(&out->text), err);
	buf_clear(&out->text);
	return outcome;
}

enum outcome
output_head(struct output *out, struct span head, struct err *err)
{
	if (!out->guard)
		return write_all(out, head, err);
	while (head.len > 0) {
		size_t len = span_find(head, '\n');
		struct span line = span_of(head.ptr, len);

		if (len > 0 && line.ptr[len - 1] == '\r')
			line.len--;
		visible_add(&out->text, line);
		buf_add_char(&out->text, '\n');
		head = span_skip(head, len + 1);
	}
	return output_flush(out, err);
}

static enum outcome
show_text(struct output *out, struct span bytes, bool at_end, struct err *err)
{
	enum outcome outcome;
	long n;

	buf_add_span(&out->kept, bytes);
	if (buf_failed(&out->kept))
		return outcome_set(err, OUTCOME_MEMORY, "out of memory");
	n = visible_text(&out->text, buf_span(&out->kept), at_end);
	if (n >= 0) {
		buf_consume(&out->kept, (size_t)n);
		return OUTCOME_OK;
	}
	outcome = output_flush(out, err);
	if (outcome != OUTCOME_OK)
		return outcome;
	return outcome_set(err, OUTCOME_WRITE,
	    "the body is not text and is kept from the terminal; "
	    "\"-o FILE\" writes it to a file, \"-o -\" shows it as it is");
}

enum outcome
output_body(struct output *out, struct span bytes, struct err *err)
{
	enum outcome outcome = OUTCOME_OK;

	out->body += (int64_t)bytes.len;
	if (out->guard)
		return show_text(out, bytes, false, err);
	if (bytes.len < COLLECT_MAX) {
		buf_add_span(&out->text, bytes);
		return OUTCOME_OK;
	}
	outcome = output_flush(out, err);
	return outcome == OUTCOME_OK ? write_all(out, bytes, err) : outcome;
}

enum outcome
output_body_end(struct output *out, struct err *err)
{
	enum outcome outcome = output_open(out, err);

	if (outcome == OUTCOME_OK && out->kept.len > 0)
		outcome = show_text(out, span_of(NULL, 0), true, err);
	return outcome == OUTCOME_OK ? output_flush(out, err) : outcome;
}
