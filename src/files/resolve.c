/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens what a path names below a root.  Nearly always no link stands on the
 * way, then the kernel looks the path up in one call and refuses any; else
 * the walk decides.  Each file is seen first (O_PATH opens no device and does
 * not wait for a FIFO's writer) and must then be the same when it is open.
 */
#include "config.h"

#include "files/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "files/walk.h"
#include "os/file.h"

/* How often a file may be replaced between being seen and being opened. */
#define TRIES_MAX 20

static enum link_rule
rule_follow(const struct link_policy *policy, struct span directory)
{
	(void)policy, (void)directory;
	return LINKS_FOLLOW;
}

static enum link_rule
rule_owner_match(const struct link_policy *policy, struct span directory)
{
	(void)policy, (void)directory;
	return LINKS_OWNER_MATCH;
}

static enum link_rule
rule_never(const struct link_policy *policy, struct span directory)
{
	(void)policy, (void)directory;
	return LINKS_NEVER;
}

const struct link_policy links_follow = { rule_follow };
const struct link_policy links_owner_match = { rule_owner_match };
const struct link_policy links_never = { rule_never };

static void
close_keep_errno(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

int
resolved_set(struct resolved *resolved, int fd, const struct stat *seen)
{
	/* It was there a moment ago: gone, or a link, socket or device now. */
	if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == ENXIO ||
			  errno == ENOTDIR))
		errno = ESTALE;
	if (fd < 0)
		return -1;
	if (fstat(fd, &resolved->stat) == 0) {
		if (resolved->stat.st_dev == seen->st_dev &&
		    resolved->stat.st_ino == seen->st_ino) {
			resolved->fd = fd;
			return 0;
		}
		errno = ESTALE;
	}
	close_keep_errno(fd);
	return -1;
}

/* The whole way in one call; ELOOP: there is a link on it. */
static int
open_directly(
    const struct root *root, const char *path, struct resolved *resolved_r)
{
	const char *below = root_below(root, path);
	struct stat seen;
	int fd = file_open_beneath(root->fd, below, O_PATH, false);

	if (fd < 0)
		return -1;
	if (fstat(fd, &seen) != 0) {
		close_keep_errno(fd);
		return -1;
	}
	if (S_ISDIR(seen.st_mode)) {
		resolved_r->fd = fd;
		resolved_r->stat = seen;
		return 0;
	}
	close(fd);
	if (S_ISREG(seen.st_mode))
		return resolved_set(resolved_r,
		    file_open_beneath(root->fd, below, 0, false), &seen);
	errno = EACCES;
	return -1;
}

static int
open_once(struct root_set *set, const struct root *root, const char *path,
    const struct link_policy *policy, struct resolved *resolved_r)
{
	resolved_r->through_link = false;
	if (file_has_openat2() &&
	    (open_directly(root, path, resolved_r) == 0 || errno != ELOOP))
		return resolved_r->fd < 0 ? -1 : 0;
	return walk_open(set, root, path, policy, resolved_r);
}

/* A single file was replaced by one that this process may not open: the one
 * that stood there before. */
static int
open_kept(const struct root *root, struct resolved *resolved_r)
{
	int fd = fcntl(root->leaf_fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (fstat(fd, &resolved_r->stat) != 0 ||
	    !S_ISREG(resolved_r->stat.st_mode)) {
		close(fd);
		errno = EACCES;
		return -1;
	}
	resolved_r->fd = fd;
	resolved_r->through_link = false;
	return 0;
}

int
resolve_open(struct root_set *set, struct span root_path, const char *path,
    const struct link_policy *policy, struct resolved *resolved_r)
{
	const struct root *root = root_set_find(set, root_path);
	int result, tries = 0;

	if (root == NULL)
		return -1;
	do {
		resolved_r->fd = -1;
		result = open_once(set, root, path, policy, resolved_r);
	} while (result != 0 && errno == ESTALE && ++tries < TRIES_MAX);
	if (result != 0 && errno == EACCES && root->leaf_fd >= 0)
		result = open_kept(root, resolved_r);
	return result;
}
