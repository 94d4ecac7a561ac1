/* SPDX-License-Identifier: BSD-2-Clause */
/* The variable that tells of log programs, both ways; see inherit.c. */
#include "config.h"

#include "master/inherit_logs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"

#define FORMAT "1"
#define FIRST_FD 3
/* As long as the kernel lets one be, with its name. */
#define VARIABLE_MAX (128 * 1024 - 64)

static const char direct[] = "direct", shell[] = "shell";

/* ---- the text ---- */

static bool
parse_number(struct span *rest, uint64_t max, uint64_t *value_r)
{
	return number_parse(span_cut(rest, ' '), max, value_r) == NUMBER_OK;
}

static bool
parse_ends(struct span *rest, int ends[2])
{
	uint64_t value;
	int i;

	for (i = 0; i < 2; i++) {
		if (!parse_number(rest, INT32_MAX, &value))
			return false;
		ends[i] = (int)value;
	}
	return ends[0] != ends[1] && ends[0] >= FIRST_FD && ends[1] >= FIRST_FD;
}

static bool
parse_messages(struct span *rest, int ends[2])
{
	if (span_starts(*rest, "0 0") &&
	    (rest->len == 3 || rest->ptr[3] == ' ')) {
		*rest = span_skip(*rest, 4);
		return true;
	}
	return parse_ends(rest, ends);
}

/* The command is the last, for it may have blanks. */
static bool
parse_pipe(struct span *rest, struct inherit_pipe *p)
{
	uint64_t number, len;
	struct span kind;

	if (!parse_number(rest, LOG_DEST_MAX - 1, &number) ||
	    !parse_ends(rest, p->ends))
		return false;
	kind = span_cut(rest, ' ');
	if ((!span_is(kind, direct) && !span_is(kind, shell)) ||
	    !parse_number(rest, rest->len, &len) || len > rest->len ||
	    (len < rest->len && rest->ptr[len] != ' '))
		return false;
	p->number = (unsigned)number;
	p->kind = span_is(kind, shell) ? LOG_DEST_SHELL : LOG_DEST_PROGRAM;
	p->command = strndup(rest->ptr, len);
	*rest = span_skip(*rest, len + 1);
	return p->command != NULL;
}

static bool
add_pipe(struct inherit_logs *in, struct span *rest)
{
	struct inherit_pipe p = { .command = NULL };
	struct inherit_pipe *more =
	    reallocarray(in->pipes, in->count + 1, sizeof(*more));

	if (more == NULL)
		return false;
	in->pipes = more;
	if (!parse_pipe(rest, &p))
		return false;
	more[in->count++] = p;
	return true;
}

/* Until they were looked at, numbers may be anybody's. */
static void
forget(struct inherit_logs *in)
{
	size_t i;

	for (i = 0; i < in->count; i++)
		free(in->pipes[i].command);
	free(in->pipes);
	*in = (struct inherit_logs)INHERIT_LOGS_NONE;
}

int
inherit_logs_parse(struct inherit_logs *in, struct span text, struct err *err)
{
	struct span rest = text;
	bool good;

	*in = (struct inherit_logs)INHERIT_LOGS_NONE;
	good = span_is(span_cut(&rest, ' '), FORMAT) &&
	       text.ptr[text.len - 1] != ' ' &&
	       parse_messages(&rest, in->messages);
	while (good && rest.len > 0)
		good = add_pipe(in, &rest);
	if (good)
		return 0;
	forget(in);
	return err_set(err, "%s makes no sense", INHERIT_LOGS_VARIABLE);
}

/* ---- taking ---- */

static bool
is_end(int fd, int mode)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
	       (fcntl(fd, F_GETFL) & O_ACCMODE) == mode &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static bool
is_pipe(const int ends[2])
{
	return is_end(ends[0], O_RDONLY) && is_end(ends[1], O_WRONLY);
}

int
inherit_logs_take(struct inherit_logs *in, bool wanted, struct err *err)
{
	const char *text = getenv(INHERIT_LOGS_VARIABLE);
	bool good = true;
	size_t i;

	*in = (struct inherit_logs)INHERIT_LOGS_NONE;
	if (wanted && text != NULL) {
		if (inherit_logs_parse(in, span_str(text), err) < 0)
			return -1;
		good = in->messages[0] < 0 || is_pipe(in->messages);
		for (i = 0; i < in->count; i++)
			good = good && is_pipe(in->pipes[i].ends);
	}
	unsetenv(INHERIT_LOGS_VARIABLE);
	if (good)
		return 0;
	forget(in);
	return err_set(err, "%s: a descriptor is not what it should be",
	    INHERIT_LOGS_VARIABLE);
}

struct inherit_pipe *
inherit_logs_find(
    struct inherit_logs *in, enum log_dest_kind kind, const char *command)
{
	struct inherit_pipe *p;

	for (p = in->pipes; p < in->pipes + in->count; p++)
		if (p->kind == kind && p->ends[0] >= 0 &&
		    strcmp(p->command, command) == 0)
			return p;
	return NULL;
}

static void
close_ends(const int ends[2])
{
	int i;

	for (i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

void
inherit_logs_release(struct inherit_logs *in)
{
	size_t i;

	close_ends(in->messages);
	for (i = 0; i < in->count; i++)
		close_ends(in->pipes[i].ends);
	forget(in);
}

/* ---- giving ---- */

static int
keep_open(const int ends[2])
{
	if (ends[0] < 0)
		return 0;
	return fcntl(ends[0], F_SETFD, 0) < 0 ? -1 : fcntl(ends[1], F_SETFD, 0);
}

/* For what does not, the new one starts a program. */
static bool
fits(const struct buf *text, const struct inherit_pipe *p)
{
	return buf_span(text).len + strlen(p->command) + 100 < VARIABLE_MAX;
}

static int
give_pipe(struct buf *text, const struct inherit_pipe *p)
{
	buf_printf(text, " %u %d %d %s %zu ", p->number, p->ends[0], p->ends[1],
	    p->kind == LOG_DEST_SHELL ? shell : direct, strlen(p->command));
	buf_add_str(text, p->command);
	return keep_open(p->ends);
}

int
inherit_logs_give(const struct inherit_logs *in)
{
	bool messages = in->messages[0] >= 0;
	struct buf text;
	int result;
	size_t i;

	buf_init(&text, VARIABLE_MAX);
	buf_printf(&text, FORMAT " %d %d", messages ? in->messages[0] : 0,
	    messages ? in->messages[1] : 0);
	result = keep_open(in->messages);
	for (i = 0; i < in->count && result == 0; i++)
		if (fits(&text, &in->pipes[i]))
			result = give_pipe(&text, &in->pipes[i]);
	if (result == 0) {
		errno = ENOMEM;
		result = buf_failed(&text)
			     ? -1
			     : setenv(INHERIT_LOGS_VARIABLE, buf_str(&text), 1);
	}
	buf_release(&text);
	return result;
}
