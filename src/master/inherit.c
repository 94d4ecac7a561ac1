/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The variables by which descriptors are told of, both ways.  Whoever can set
 * them can run any program in this process's place, so they are not hostile;
 * but a number that is wrong would be somebody else's file, and so nothing
 * that is odd is passed over.
 */
#include "config.h"

#include "master/inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "ipc/channel.h"
#include "ipc/succession.h"

#define FORMAT "1"
#define FIRST_FD 3
/* As long as the kernel lets one be, with its name. */
#define VARIABLE_MAX (128 * 1024 - 64)

/* ---- the text ---- */

static bool
parse_fd(struct span text, int *fd_r)
{
	uint64_t value;

	if (number_parse(text, INT32_MAX, &value) != NUMBER_OK ||
	    value < FIRST_FD)
		return false;
	*fd_r = (int)value;
	return true;
}

/* Without control characters, and not too long. */
static bool
is_name(struct span text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 127)
			return false;
	return text.len > 0 && text.len < ADDR_TEXT_SIZE;
}

static bool
parse_entry(struct span word, struct inherit_entry *entry)
{
	struct span number = span_of(word.ptr, span_find(word, '='));

	number.len = span_find(number, '+');
	if (number.len == word.len || !parse_fd(number, &entry->fd))
		return false;
	entry->kept = word.ptr[number.len] == '+';
	word = span_skip(word, number.len + 1);
	return is_name(word) && span_copy(word, entry->name, ADDR_TEXT_SIZE);
}

/* No descriptor and no name stands there twice. */
static bool
is_new(const struct inherit_entry *entries, int count, int channel)
{
	const struct inherit_entry *last = &entries[count];
	int i;

	for (i = 0; i < count; i++)
		if (entries[i].fd == last->fd ||
		    strcmp(entries[i].name, last->name) == 0)
			return false;
	return last->fd != channel;
}

int
inherit_parse(struct span text, pid_t *giver_r, int *channel_r,
    struct inherit_entry *entries, struct err *err)
{
	struct span rest = text;
	uint64_t giver;
	int count = 0;

	if (text.len > 0 && text.ptr[text.len - 1] == ' ')
		return err_set(err, "%s makes no sense", INHERIT_VARIABLE);
	if (!span_is(span_cut(&rest, ' '), FORMAT))
		return err_set(err, "%s is of another version of Drover",
		    INHERIT_VARIABLE);
	if (number_parse(span_cut(&rest, ' '), INT32_MAX, &giver) !=
		NUMBER_OK ||
	    giver == 0 || !parse_fd(span_cut(&rest, ' '), channel_r))
		return err_set(err, "%s makes no sense", INHERIT_VARIABLE);
	for (; rest.len > 0; count++)
		if (count == INHERIT_MAX ||
		    !parse_entry(span_cut(&rest, ' '), &entries[count]) ||
		    !is_new(entries, count, *channel_r))
			return err_set(
			    err, "%s makes no sense", INHERIT_VARIABLE);
	*giver_r = (pid_t)giver;
	return count;
}

int
inherit_count(const char *pid, const char *fds, pid_t own, struct err *err)
{
	uint64_t value;

	if (pid == NULL || fds == NULL)
		return 0;
	if (number_parse(span_str(pid), INT32_MAX, &value) != NUMBER_OK)
		return err_set(err, "LISTEN_PID is no number");
	/* Meant for another process, whose child this one may be. */
	if ((pid_t)value != own)
		return 0;
	if (number_parse(span_str(fds), INHERIT_MAX, &value) != NUMBER_OK)
		return err_set(
		    err, "LISTEN_FDS is no number from 0 to %d", INHERIT_MAX);
	return (int)value;
}

/* ---- taking ---- */

/* Before anything is said there, it is sure to be a channel. */
static int
adopt_channel(struct inherit *in, int fd, struct err *err)
{
	int type;
	socklen_t len = sizeof(type);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return err_set_errno(
		    err, "%s: descriptor %d", INHERIT_VARIABLE, fd);
	in->channel = fd;
	return 0;
}

static int
adopt(struct inherit *in, const struct inherit_entry *entries, int count,
    struct err *err)
{
	int i;

	for (i = 0; i < count; i++)
		if (listener_set_add(&in->set, entries[i].fd, entries[i].name,
			entries[i].kept, err) < 0)
			return err_prefix(err, "%s: descriptor %d",
			    INHERIT_VARIABLE, entries[i].fd);
	return 0;
}

static int
take_from_master(struct inherit *in, const char *text, struct err *err)
{
	struct inherit_entry *entries = calloc(INHERIT_MAX, sizeof(*entries));
	int count, channel, result = -1;
	pid_t giver;

	if (entries == NULL)
		return err_set(err, "out of memory");
	count = inherit_parse(span_str(text), &giver, &channel, entries, err);
	if (count >= 0) {
		in->giver = giver;
		result = adopt_channel(in, channel, err);
		if (result == 0)
			result = adopt(in, entries, count, err);
	}
	free(entries);
	return result;
}

static void
take_activated(struct inherit *in, int count, const char *names)
{
	struct span rest = span_str(names == NULL ? "" : names);
	struct span name;
	struct err err;
	int i;

	for (i = FIRST_FD; i < FIRST_FD + count; i++) {
		name = span_cut(&rest, ':');
		if (listener_set_add(&in->set, i, NULL, true, &err) < 0)
			report(REPORT_WARN, "master",
			    "socket activation: descriptor %d (%.*s) %s", i,
			    (int)name.len, name.ptr, err.text);
	}
}

int
inherit_take(struct inherit *in, struct err *err)
{
	const char *text = getenv(INHERIT_VARIABLE);
	int count = 0, result = 0;

	*in = (struct inherit)INHERIT_NONE;
	if (text != NULL)
		result = take_from_master(in, text, err);
	else
		result = count = inherit_count(
		    getenv("LISTEN_PID"), getenv("LISTEN_FDS"), getpid(), err);
	if (result >= 0 && inherit_logs_take(&in->logs, text != NULL, err) < 0)
		result = -1;
	if (count > 0)
		take_activated(in, count, getenv("LISTEN_FDNAMES"));
	unsetenv(INHERIT_VARIABLE);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return result < 0 ? -1 : 0;
}

void
inherit_say(const struct inherit *in, enum report_level level, struct span line)
{
	struct message m;

	if (in->channel < 0)
		return;
	if (line.len > sizeof(m.data))
		line.len = sizeof(m.data);
	message_init(&m, SUCCESSION_SAYS, level);
	m.len = (uint32_t)line.len;
	memcpy(m.data, line.ptr, line.len);
	(void)channel_send(in->channel, &m);
}

int *
inherit_descriptors(const struct inherit *in, size_t *count_r)
{
	const struct inherit_logs *logs = &in->logs;
	int *fds = calloc(in->set.count + 2 * logs->count + 3, sizeof(*fds));
	size_t count = 0, i;

	if (fds == NULL)
		return NULL;
	for (i = 0; i < in->set.count; i++)
		fds[count++] = in->set.listeners[i].fd;
	for (i = 0; i < logs->count; i++) {
		fds[count++] = logs->pipes[i].ends[0];
		fds[count++] = logs->pipes[i].ends[1];
	}
	fds[count++] = logs->messages[0];
	fds[count++] = logs->messages[1];
	fds[count++] = in->channel;
	*count_r = count;
	return fds;
}

void
inherit_release(struct inherit *in)
{
	listener_set_close(&in->set);
	inherit_logs_release(&in->logs);
	if (in->channel >= 0)
		close(in->channel);
	in->channel = -1;
}

/* ---- giving ---- */

static int
keep_open(int fd)
{
	return fcntl(fd, F_SETFD, 0);
}

static int
give_list(struct buf *text, const struct listener *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		buf_printf(text, " %d%c%s", list[i].fd,
		    list[i].kept ? '+' : '=', list[i].name);
		if (keep_open(list[i].fd) < 0)
			return -1;
	}
	return 0;
}

int
inherit_give(
    pid_t giver, int channel, const struct listener_set *set, struct err *err)
{
	struct buf text;
	int result = -1;

	if (set->count + set->spare_count > INHERIT_MAX)
		return err_set(err, "more than %d listeners", INHERIT_MAX);
	buf_init(&text, VARIABLE_MAX);
	buf_printf(&text, FORMAT " %ld %d", (long)giver, channel);
	if (keep_open(channel) == 0 &&
	    give_list(&text, set->listeners, set->count) == 0 &&
	    give_list(&text, set->spare, set->spare_count) == 0) {
		errno = ENOMEM;
		result = setenv(INHERIT_VARIABLE, buf_str(&text), 1);
		if (buf_failed(&text))
			result = -1;
	}
	if (result < 0)
		err_set_errno(err, "cannot pass listeners on");
	buf_release(&text);
	return result;
}
