/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One command to a running server: find its socket, connect, ask, print.
 * What was asked for goes to standard output, all else to standard error,
 * progress only if that is a terminal.
 */
#include "config.h"

#include "ctl/ask.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ctl/server.h"
#include "ipc/control_client.h"
#include "os/pidfd.h"
#include "os/unix_socket.h"

#define PATH_SIZE 4096
#define FOREVER_MS ((int64_t)1 << 40)

enum ctl_status
ctl_fail(const char *why)
{
	fprintf(stderr, "droverctl: %s\n", why);
	return CTL_FAILED;
}

/* ---- printing ---- */

/* Whatever the server says, no terminal is moved by it. */
static void
print_line(FILE *out, struct span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			putc(c, out);
	}
	putc('\n', out);
}

static bool
hear(struct control_ear *ear, enum control_kind kind, struct span text)
{
	(void)ear;
	if (kind == CONTROL_TEXT) {
		print_line(stdout, text);
	} else if (kind == CONTROL_ERROR) {
		print_line(stderr, text);
	} else if (isatty(STDERR_FILENO)) {
		print_line(stderr, text);
	}
	return true;
}

/* ---- connecting ---- */

static bool
stops(const struct ctl_options *o)
{
	return o->command == CONTROL_STOP ||
	       o->command == CONTROL_GRACEFUL_STOP;
}

/* As drover -k stop: what was asked for is the case. */
static enum ctl_status
not_running(const struct ctl_options *o, const char *path)
{
	if (stops(o)) {
		puts("droverctl: not running");
		return CTL_DONE;
	}
	fprintf(stderr, "droverctl: not running: nobody listens on %s\n", path);
	return CTL_NOT_RUNNING;
}

/* -1 with errno. */
static int
connect_to(const struct ctl_options *o, const char *path)
{
	return unix_socket_connect(
	    path, o->timeout_ms == 0 ? FOREVER_MS : o->timeout_ms);
}

/* Whether errno says that there is no server. */
static bool
nobody_there(void)
{
	return errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR;
}

static bool
says_settings(const struct ctl_options *o)
{
	return o->passed_count > 0 || o->server != NULL;
}

/* The socket of the settings that are named; false after it was said why
 * there is none. */
static bool
ask_settings(const struct ctl_options *o, char path_r[PATH_SIZE])
{
	struct err err;

	switch (server_find_socket(o, false, path_r, PATH_SIZE, &err)) {
	case SERVER_SOCKET_IS:
		return true;
	case SERVER_SOCKET_NONE:
		ctl_fail("this server has no control socket");
		return false;
	default:
		ctl_fail(err.text);
		return false;
	}
}

/* Nobody is at the installation's usual place: where its settings say. */
static int
connect_by_settings(const struct ctl_options *o, char path[PATH_SIZE])
{
	char other[PATH_SIZE];
	struct err err;

	if (server_find_socket(o, true, other, PATH_SIZE, &err) !=
	    SERVER_SOCKET_IS) {
		errno = ENOENT;
		return -1;
	}
	memcpy(path, other, PATH_SIZE);
	return connect_to(o, path);
}

/* Connected; or -1 after it was said why, with the status to exit with. */
static int
find(const struct ctl_options *o, enum ctl_status *status_r)
{
	bool given = o->socket != NULL, named = says_settings(o);
	char path[PATH_SIZE] = CONTROL_SOCKET;
	struct err err;
	int fd;

	*status_r = CTL_FAILED;
	if (given && !span_copy(span_str(o->socket), path, sizeof(path))) {
		ctl_fail("the path of the socket is too long");
		return -1;
	}
	if (!given && named && !ask_settings(o, path))
		return -1;
	fd = connect_to(o, path);
	if (fd < 0 && !given && !named && nobody_there())
		fd = connect_by_settings(o, path);
	if (fd >= 0)
		return fd;
	if (nobody_there()) {
		*status_r = not_running(o, path);
		return -1;
	}
	err_set_errno(&err, "cannot connect to %s", path);
	ctl_fail(err.text);
	return -1;
}

/* ---- asking ---- */

/* The end is told before the process is gone. */
static enum ctl_status
await_end(pid_t pid, int process)
{
	struct err err;

	if (pid <= 0 || control_await_end(pid, process, &err) == 0)
		return CTL_DONE;
	return ctl_fail(err.text);
}

static enum ctl_status
tell_failure(const char *why)
{
	fflush(stdout);
	fputs("droverctl: ", stderr);
	print_line(stderr, span_str(why));
	return CTL_FAILED;
}

static enum ctl_status
talk(const struct ctl_options *o, int fd)
{
	struct control_ear ear = { .hear = hear };
	uid_t uid;
	pid_t pid = unix_socket_peer(fd, &uid);
	int process = stops(o) && pid > 0 ? pidfd_of(pid) : -1;
	enum control_outcome outcome;
	enum ctl_status status;
	struct err err;

	outcome =
	    control_ask(fd, o->command, o->argument, o->timeout_ms, &ear, &err);
	/* Somebody else's stop was sooner, if it is gone now. */
	if (outcome == CONTROL_IS_LOST && o->command == CONTROL_STOP &&
	    pid > 0) {
		outcome = CONTROL_IS_DONE;
		err_set(&err, "the server has stopped");
	}
	switch (outcome) {
	case CONTROL_IS_DONE:
		status = stops(o) ? await_end(pid, process) : CTL_DONE;
		if (status == CTL_DONE && err.text[0] != '\0')
			print_line(stdout, span_str(err.text));
		break;
	case CONTROL_IS_MOVED:
		status = CTL_MOVED;
		break;
	default:
		status = tell_failure(err.text);
	}
	if (process >= 0)
		close(process);
	return status;
}

enum ctl_status
ask(const struct ctl_options *o)
{
	enum ctl_status status;
	int fd, tries = 2;

	/* Who is at the path now may have come there since, by an upgrade. */
	do {
		fd = find(o, &status);
		if (fd >= 0) {
			status = talk(o, fd);
			close(fd);
		}
	} while (status == CTL_MOVED && --tries > 0);
	if (status == CTL_MOVED)
		status = tell_failure("another master is the server now");
	if (fflush(stdout) != 0 && status == CTL_DONE)
		return ctl_fail("cannot write");
	return status;
}
