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

/* Of the argument of such a directive; the file, where none is. */
static struct conf_place
place_of(const struct conf_check *c, const char *directive)
{
	struct conf_place place = c->host->place;

	settings_place(c->host->settings, &master_section, directive, &place);
	place.argument = place.column > 0;
	return place;
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
check_folder_of(const struct conf_check *c, const struct conf_place *place,
    const char *what, const char *file)
{
	struct span path = span_str(file);
	int error;

	path.len = span_find_last(path, '/');
	if (path.len == 0)
		path.len = 1;
	error = look_for_folder(path);
	if (error != 0)
		conf_check_error_at(c, place, "%s %s: folder %.*s: %s", what,
		    file, SPAN_ARG(path), strerror(error));
}

/* Only a program that is named by its path can be looked for. */
static void
check_program(const struct conf_check *c, const struct conf_place *place,
    const char *command)
{
	struct span path = span_str(command);
	char name[4096];

	path.len = strcspn(command, " \t\"'\\");
	if (path.len == 0 || path.ptr[0] != '/' ||
	    !span_copy(path, name, sizeof(name)))
		return;
	if (access(name, X_OK) < 0)
		conf_check_error_at(c, place, "log program %s: %s", name,
		    strerror(errno));
}

static void
check_logs(const struct conf_check *c)
{
	const struct log_dest *dest;

	for (dest = log_destinations(c->conf); dest != NULL;
	     dest = dest->next) {
		struct conf_place place = log_dest_place(c->conf, dest);

		if (place.file == NULL)
			place = c->host->place;
		if (dest->kind == LOG_DEST_FILE)
			check_folder_of(c, &place, "log file", dest->target);
		else if (dest->kind == LOG_DEST_PROGRAM)
			check_program(c, &place, dest->target);
	}
}

/* The other folders are below it, or may be. */
static bool
check_root(const struct conf_check *c)
{
	int error = look_for_folder(span_str(c->conf->server_root));

	if (error != 0)
		conf_check_error(c, "ServerRoot", "%s: %s",
		    c->conf->server_root, strerror(error));
	return error == 0;
}

void
check_start(const struct conf_check *c)
{
	const char *pid_file = master_conf_get(c->conf)->pid_file;
	const char *socket = master_conf_get(c->conf)->control_socket;
	struct conf_place place = place_of(c, "Sandbox");
	struct err err;

	if (confinement_check(c->conf, &err) < 0)
		conf_check_error_at(c, &place, "%s", err.text);
	if (!check_root(c))
		return;
	place = place_of(c, "PidFile");
	if (pid_file != NULL)
		check_folder_of(c, &place, "pid file", pid_file);
	place = place_of(c, "ControlSocket");
	if (socket != NULL && socket[0] != '\0')
		check_folder_of(c, &place, "control socket", socket);
	check_logs(c);
}
