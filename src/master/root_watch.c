/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A root is known by the device and inode of its directory, as in
 * files/roots.c.  That of a single file is the directory where it stands, and
 * the one where it really is, if it is a link; the file itself may be replaced
 * at any time, unless the sandbox lets workers at nothing else.
 */
#include "config.h"

#include "master/root_watch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "master/master_conf.h"
#include "worker/worker.h"

#define WAIT_FIRST_MS 1000
#define WAIT_MAX_MS 60000

struct place {
	dev_t device[3];
	ino_t inode[3];
};

struct watched_root {
	const char *path;
	bool there;
	struct place place;
};

static int
look_at_parent(const char *path, struct place *place, int which)
{
	const char *slash = strrchr(path, '/');
	char directory[PATH_MAX];
	struct stat st;
	size_t len;

	if (slash == NULL || slash - path >= PATH_MAX - 1)
		return -1;
	len = slash == path ? 1 : (size_t)(slash - path);
	memcpy(directory, path, len);
	directory[len] = '\0';
	if (stat(directory, &st) != 0)
		return -1;
	place->device[which] = st.st_dev;
	place->inode[which] = st.st_ino;
	return 0;
}

static int
look_at_file(const char *path, struct place *place)
{
	char *real = realpath(path, NULL);
	int result = -1;

	if (real != NULL && look_at_parent(path, place, 0) == 0)
		result = look_at_parent(real, place, 1);
	free(real);
	return result;
}

/* -1: it leads nowhere, or that is not to be seen. */
static int
look_at(const struct root_watch *w, const char *path, struct place *place)
{
	struct stat st;
	bool is_file;

	memset(place, 0, sizeof(*place));
	if (stat(path, &st) != 0)
		return -1;
	is_file = !S_ISDIR(st.st_mode);
	if (!is_file || w->files_too) {
		place->device[2] = st.st_dev;
		place->inode[2] = st.st_ino;
	}
	return is_file ? look_at_file(path, place) : 0;
}

static bool
is_same(const struct place *a, const struct place *b)
{
	for (int i = 0; i < 3; i++)
		if (a->device[i] != b->device[i] || a->inode[i] != b->inode[i])
			return false;
	return true;
}

static void
add(const char *path, void *data)
{
	struct root_watch *w = data;
	struct watched_root *more;

	if (w->count == w->room) {
		w->room = w->room * 2 + 8;
		more = realloc(w->roots, w->room * sizeof(*more));
		w->failed |= more == NULL;
		if (w->failed)
			return;
		w->roots = more;
	}
	w->roots[w->count++].path = path;
}

int
root_watch_open(struct root_watch *w, const struct server_conf *conf)
{
	*w = (struct root_watch){
		.files_too = master_conf_sandbox(conf) != SANDBOX_OFF,
	};
	worker_roots(conf, add, w);
	if (w->failed) {
		root_watch_close(w);
		return -1;
	}
	for (size_t i = 0; i < w->count; i++)
		w->roots[i].there =
		    look_at(w, w->roots[i].path, &w->roots[i].place) == 0;
	return 0;
}

void
root_watch_close(struct root_watch *w)
{
	free(w->roots);
	*w = (struct root_watch){ .count = 0 };
}

enum root_change
root_watch_find(const struct root_watch *w, const char **path_r)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct watched_root *root = &w->roots[i];
		struct place now;

		if (look_at(w, root->path, &now) != 0 ||
		    (root->there && is_same(&root->place, &now)))
			continue;
		*path_r = root->path;
		return root->there ? ROOT_ANOTHER : ROOT_APPEARED;
	}
	return ROOT_SAME;
}

bool
root_pace_allows(struct root_pace *pace, int64_t now_ms)
{
	int64_t since_ms = now_ms - pace->last_ms;

	if (pace->wait_ms > 0 && since_ms < pace->wait_ms)
		return false;
	if (pace->wait_ms == 0 || since_ms > WAIT_MAX_MS + pace->wait_ms)
		pace->wait_ms = WAIT_FIRST_MS;
	else if (pace->wait_ms < WAIT_MAX_MS / 2)
		pace->wait_ms *= 2;
	else
		pace->wait_ms = WAIT_MAX_MS;
	pace->last_ms = now_ms;
	return true;
}
