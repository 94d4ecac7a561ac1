/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the program is.  The kernel says by which path it was executed, which
 * is better than the first argument: that may be any text.  /proc/self/exe is
 * of use only at the start; later the file may be another's, or "(deleted)".
 */
#include "config.h"

#include "os/program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static char *path, *folder;
static char **arguments;

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* By a descriptor: that path means nothing to another process. */
static char *
read_link(void)
{
	char target[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", target, sizeof(target) - 1);

	if (len <= 0)
		return NULL;
	target[len] = '\0';
	return strdup(target);
}

static char *
find_path(const char *executed)
{
	char *joined;

	if (executed == NULL || executed[0] == '\0' ||
	    begins(executed, "/proc/") || begins(executed, "/dev/fd/"))
		return read_link();
	if (executed[0] == '/')
		return strdup(executed);
	while (begins(executed, "./"))
		executed += 2 + strspn(executed + 2, "/");
	if (folder == NULL || asprintf(&joined, "%s/%s", folder, executed) < 0)
		return NULL;
	return joined;
}

void
program_init(char **argv)
{
	/* The kernel's is a pointer; none is 0. */
	const char *executed = (const char *)getauxval(AT_EXECFN);

	arguments = argv;
	free(folder);
	free(path);
	folder = getcwd(NULL, 0);
	path = find_path(executed);
}

const char *
program_path(void)
{
	return path;
}

void
program_exec(bool needs_folder, struct err *err)
{
	if (path == NULL) {
		err_set(err, "it is not known where the program is");
		return;
	}
	if (folder != NULL && chdir(folder) < 0 && needs_folder) {
		err_set_errno(
		    err, "cannot go to %s, where it was started", folder);
		return;
	}
	(void)execv(path, arguments);
	err_set_errno(err, "cannot run %s", path);
}
