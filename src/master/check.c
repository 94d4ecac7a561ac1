/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -t looks further than the syntax: at what a start needs of the machine.
 * Ports are not tried, for the instance that runs has them.
 */
#include "config.h"

#include "master/check.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/log_conf.h"
#include "master/confinement.h"
#include "master/master_conf.h"

struct check {
	const struct server_conf *conf;
	struct buf *text;
	unsigned faults;
};

static void fault(struct check *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
fault(struct check *c, const char *format, ...)
{
	va_list args;

	c->faults++;
	buf_printf(c->text, "%s: error: ", c->conf->file);
	va_start(args, format);
	buf_vprintf(c->text, format, args);
	va_end(args);
	buf_add_char(c->text, '\n');
}

/* 0, or errno. */
static int
look_for_folder(struct span path)
{
	char name[4096];
	struct stat st;

	if (!span_copy(path, name, sizeof(name)))
		return ENAMETOOLONG;
	if (stat(name, &st) < 0)
		return errno;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

static void
check_folder_of(struct check *c, const char *what, const char *file)
{
	struct span path = span_str(file);
	int error;

	path.len = span_find_last(path, '/');
	if (path.len == 0)
		path.len = 1;
	error = look_for_folder(path);
	if (error != 0)
		fault(c, "%s %s: folder %.*s: %s", what, file, SPAN_ARG(path),
		    strerror(error));
}

/* Only a program that is named by its path can be looked for. */
static void
check_program(struct check *c, const char *command)
{
	struct span path = span_str(command);
	char name[4096];

	path.len = strcspn(command, " \t\"'\\");
	if (path.len == 0 || path.ptr[0] != '/' ||
	    !span_copy(path, name, sizeof(name)))
		return;
	if (access(name, X_OK) < 0)
		fault(c, "log program %s: %s", name, strerror(errno));
}

static void
check_logs(struct check *c)
{
	const struct log_dest *dest;

	for (dest = log_destinations(c->conf); dest != NULL; dest = dest->next)
		if (dest->kind == LOG_DEST_FILE)
			check_folder_of(c, "log file", dest->target);
		else if (dest->kind == LOG_DEST_PROGRAM)
			check_program(c, dest->target);
}

unsigned
check_start(const struct server_conf *conf, struct buf *text)
{
	struct check c = { .conf = conf, .text = text };
	const char *pid_file = master_conf_get(conf)->pid_file;
	const char *socket = master_conf_get(conf)->control_socket;
	struct err err;

	if (confinement_check(conf, &err) < 0)
		fault(&c, "%s", err.text);
	if (pid_file != NULL)
		check_folder_of(&c, "pid file", pid_file);
	if (socket != NULL && socket[0] != '\0')
		check_folder_of(&c, "control socket", socket);
	check_logs(&c);
	return c.faults;
}
