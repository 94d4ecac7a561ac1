/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running the server's program.  It alone understands httpd.conf, so it is
 * asked where the control socket is.
 */
#include "config.h"

#include "ctl/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

#define PATH_SIZE 4096
#define ANSWER_MAX (1024 * 1024)

/* The program beside this one, or where it was installed. */
static void
find_program(const struct ctl_options *o, char path_r[PATH_SIZE])
{
	static const char name[] = "drover";
	ssize_t len = readlink("/proc/self/exe", path_r, PATH_SIZE - 1);
	char *slash;

	if (o->server != NULL &&
	    span_copy(span_str(o->server), path_r, PATH_SIZE))
		return;
	path_r[len < 0 ? 0 : len] = '\0';
	slash = strrchr(path_r, '/');
	if (slash != NULL && slash + 1 + sizeof(name) <= path_r + PATH_SIZE) {
		memcpy(slash + 1, name, sizeof(name));
		if (access(path_r, X_OK) == 0)
			return;
	}
	(void)span_copy(span_str(SBINDIR "/drover"), path_r, PATH_SIZE);
}

int
server_become(
    const struct ctl_options *o, char *const *arguments, struct err *err)
{
	char path[PATH_SIZE];
	size_t count = 0, i;
	char **argv;

	find_program(o, path);
	while (arguments[count] != NULL)
		count++;
	argv = calloc(o->passed_count + count + 2, sizeof(*argv));
	if (argv == NULL)
		return err_set(err, "out of memory");
	argv[0] = path;
	for (i = 0; i < o->passed_count; i++)
		argv[1 + i] = o->passed[i];
	for (i = 0; i < count; i++)
		argv[1 + o->passed_count + i] = arguments[i];
	execv(path, argv);
	free(argv);
	return err_set_errno(err, "cannot run %s", path);
}

/* ---- asking it ---- */

static _Noreturn void
answer_child(const struct ctl_options *o, bool quiet, int out)
{
	static char option[] = "-D", value[] = "DUMP_CONTROL";
	char *arguments[] = { option, value, NULL };
	struct err err;
	int null;

	dup2(out, STDOUT_FILENO);
	if (quiet && (null = open("/dev/null", O_WRONLY | O_CLOEXEC)) >= 0)
		dup2(null, STDERR_FILENO);
	(void)server_become(o, arguments, &err);
	dprintf(STDERR_FILENO, "droverctl: %s\n", err.text);
	_exit(1);
}

static void
read_all(int fd, struct buf *in)
{
	ssize_t n = 1;
	char *room;

	while (n != 0 && (room = buf_reserve(in, 4096)) != NULL) {
		n = read(fd, room, 4096);
		if (n < 0 && errno != EINTR)
			return;
		buf_commit(in, n < 0 ? 0 : (size_t)n);
	}
}

/* What the program prints; -1 with err if it does not end with 0. */
static int
ask_program(
    const struct ctl_options *o, bool quiet, struct buf *in, struct err *err)
{
	int fds[2], status;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_set_errno(err, "cannot make a pipe");
	pid = fork();
	if (pid == 0)
		answer_child(o, quiet, fds[1]);
	close(fds[1]);
	if (pid > 0)
		read_all(fds[0], in);
	close(fds[0]);
	if (pid < 0)
		return err_set_errno(err, "cannot make a process");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set_errno(err, "cannot wait");
	if (status == 0)
		return 0;
	return err_set(err,
	    "the settings do not say where the control socket is; -s does");
}

/* From what the program prints: ControlSocket: "/run/drover/drover.sock". */
static enum server_socket
parse(struct span text, char *path_r, size_t size)
{
	static const char name[] = "ControlSocket: ";

	while (text.len > 0) {
		struct span line = span_cut(&text, '\n');

		if (!span_starts(line, name))
			continue;
		line = span_skip(line, sizeof(name) - 1);
		if (span_is(line, "none"))
			return SERVER_SOCKET_NONE;
		if (line.len > 2 &&
		    span_copy(
			span_of(line.ptr + 1, line.len - 2), path_r, size))
			return SERVER_SOCKET_IS;
	}
	return SERVER_SOCKET_UNKNOWN;
}

enum server_socket
server_find_socket(const struct ctl_options *o, bool quiet, char *path_r,
    size_t size, struct err *err)
{
	enum server_socket found = SERVER_SOCKET_UNKNOWN;
	struct buf in;

	err_set(err, "the server's program does not know of control sockets");
	buf_init(&in, ANSWER_MAX);
	if (ask_program(o, quiet, &in, err) == 0)
		found = parse(buf_span(&in), path_r, size);
	buf_release(&in);
	return found;
}
