/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the files of an Include, in an order that depends on their names
 * only: not on the file system, not on the locale.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/include.h"

/* Directories below a directory that is included; bounds a loop of links. */
#define MAX_DEPTH 32
/* Files and folders of one Include. */
#define MAX_PATHS 100000

void
path_list_init(struct path_list *list, struct arena *arena)
{
	*list = (struct path_list){ .arena = arena };
}

void
path_list_release(struct path_list *list)
{
	free(list->paths);
	list->paths = NULL;
}

static int
add(struct path_list *list, char *path, struct err *err)
{
	char **paths;
	size_t size = list->size ? list->size * 2 : 16;

	if (list->count >= MAX_PATHS)
		return err_set(err, "more than %d files", MAX_PATHS);
	if (path && list->count == list->size) {
		paths = realloc(list->paths, size * sizeof(*paths));
		if (!paths)
			return err_set(err, "out of memory");
		list->paths = paths;
		list->size = size;
	}
	if (!path)
		return err_set(err, "out of memory");
	list->paths[list->count++] = path;
	return 0;
}

/* By names, segment after segment: "a/x" before "a-b/x". */
static int
compare_paths(const void *a, const void *b)
{
	const unsigned char *x = *(const unsigned char *const *)a;
	const unsigned char *y = *(const unsigned char *const *)b;

	while (*x && *x == *y)
		x++, y++;
	if (*x == *y)
		return 0;
	if (*x == '\0' || *y == '\0')
		return *x == '\0' ? -1 : 1;
	if (*x == '/' || *y == '/')
		return *x == '/' ? -1 : 1;
	return *x < *y ? -1 : 1;
}

static int add_path(
    struct path_list *, const char *path, int depth, struct err *);

/* The names in a directory, without "." and "..". */
static int
list_directory(struct path_list *names, const char *path, struct err *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int status = 0;

	if (!dir)
		return err_set_errno(err, "%s", path);
	while (status == 0 && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		status = add(names,
		    arena_printf(names->arena, "%s/%s",
			strcmp(path, "/") == 0 ? "" : path, entry->d_name),
		    err);
	}
	closedir(dir);
	return status;
}

static int
add_directory(
    struct path_list *list, const char *path, int depth, struct err *err)
{
	struct path_list names;
	int status;

	if (depth >= MAX_DEPTH)
		return err_set(
		    err, "%s: more than %d directories deep", path, MAX_DEPTH);
	path_list_init(&names, list->arena);
	status = list_directory(&names, path, err);
	if (status == 0 && names.count > 0)
		qsort(names.paths, names.count, sizeof(*names.paths),
		    compare_paths);
	for (size_t i = 0; status == 0 && i < names.count; i++)
		status = add_path(list, names.paths[i], depth + 1, err);
	path_list_release(&names);
	return status;
}

static int
add_path(struct path_list *list, const char *path, int depth, struct err *err)
{
	struct stat st;

	if (stat(path, &st) == -1) {
		if (depth == 0 && errno == ENOENT)
			return 0;
		return err_set_errno(err, "%s", path);
	}
	if (S_ISDIR(st.st_mode))
		return add_directory(list, path, depth, err);
	return add(list, arena_strdup(list->arena, path), err);
}

/* A directory that cannot be searched hides files: that is no "no match". */
static int
glob_failed(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

static int
add_matches(struct path_list *list, const char *pattern, struct err *err)
{
	glob_t found;
	int status;

	status = glob(pattern, GLOB_NOSORT, glob_failed, &found);
	if (status == GLOB_NOMATCH)
		return 0;
	if (status != 0)
		return status == GLOB_NOSPACE
			   ? err_set(err, "out of memory")
			   : err_set_errno(err, "%s", pattern);
	qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv),
	    compare_paths);
	for (size_t i = 0; status == 0 && i < found.gl_pathc; i++)
		status = add_path(list, found.gl_pathv[i], 1, err);
	globfree(&found);
	return status;
}

int
include_find(
    struct path_list *list, const char *path, bool is_pattern, struct err *err)
{
	return is_pattern ? add_matches(list, path, err)
			  : add_path(list, path, 0, err);
}
