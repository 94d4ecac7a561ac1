/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk.  It holds one directory at a time and knows its place below the
 * root by names that were no links; ".." in a link's target shortens that
 * place and goes there again from the root, so that a directory which is moved
 * meanwhile cannot lead the walk out.  Links are read through the descriptor
 * by which they were seen.  What is still to walk stands at the end of a
 * buffer; a link's target is put before it.
 */
#include "config.h"

#include "files/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os/file.h"

/* As in the kernel's own look-up (path_resolution(7)). */
#define LINKS_MAX 40

/* A link whose owner is to own what it leads to. */
struct debt {
	uid_t owner;
	const char *until; /* it has led there when this is next */
};

struct walk {
	struct root_set *set;
	const struct link_policy *policy;
	enum link_rule rule; /* of the link of the request's own path */
	const struct root *root;
	int fd;		      /* the directory: the root's, or ours */
	char place[PATH_MAX]; /* the directory below the root, no links */
	size_t place_len;
	int file_fd;	  /* the end of the way, if not a directory */
	struct stat stat; /* of it */

	struct span path;  /* as the request names it */
	const char *next;  /* what is still to walk, in text */
	const char *asked; /* from here on that is the path's own end */
	char text[2 * PATH_MAX];

	unsigned links;
	struct debt debts[LINKS_MAX];
	unsigned debt_count;
};

/* ---- the directory where the walk is ---- */

static void
set_directory(struct walk *w, int fd)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = fd;
}

static int
enter_root(struct walk *w, const struct root *root)
{
	w->root = root;
	w->place_len = 0;
	w->place[0] = '\0';
	set_directory(w, fcntl(root->fd, F_DUPFD_CLOEXEC, 0));
	return w->fd < 0 ? -1 : 0;
}

static int
enter_directory(struct walk *w, int fd, struct span name)
{
	size_t room = sizeof(w->place) - w->place_len;
	int n = snprintf(w->place + w->place_len, room, "%s%.*s",
	    w->place_len > 0 ? "/" : "", SPAN_ARG(name));

	if (n < 0 || (size_t)n >= room) {
		close(fd);
		errno = ENAMETOOLONG;
		return -1;
	}
	w->place_len += (size_t)n;
	set_directory(w, fd);
	return 0;
}

static int
open_below(int directory, struct span name, int flags)
{
	char text[NAME_MAX + 1];
	int fd;

	if (!span_copy(name, text, sizeof(text))) {
		errno = ENAMETOOLONG;
		return -1;
	}
	do
		fd = openat(directory, text,
		    flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	return fd;
}

static struct span
first_component(struct span path)
{
	return span_of(path.ptr, span_find(path, '/'));
}

/* The directory at w->place, which has been there, opened from the root. */
static int
reopen_place(const struct walk *w)
{
	struct span rest = { w->place, w->place_len };
	int fd = w->root->fd, next;

	if (w->place_len == 0)
		return fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (file_has_openat2())
		return file_open_beneath(
		    fd, w->place, O_PATH | O_DIRECTORY, false);
	while (rest.len > 0) {
		struct span name = first_component(rest);

		next = open_below(fd, name, O_PATH | O_DIRECTORY);
		if (fd != w->root->fd)
			close(fd);
		fd = next;
		if (fd < 0)
			return -1;
		rest = span_skip(rest, name.len + 1);
	}
	return fd;
}

/* ---- what is still to walk ---- */

/* The next component; empty at the end. */
static struct span
take_component(struct walk *w)
{
	struct span name;

	while (*w->next == '/')
		w->next++;
	name = first_component(span_str(w->next));
	w->next += name.len;
	return name;
}

/* Puts text before what is still to walk. */
static int
push_text(struct walk *w, struct span text)
{
	size_t room = (size_t)(w->next - w->text);

	if (text.len == 0)
		return 0;
	if (text.len > room) {
		errno = ENAMETOOLONG;
		return -1;
	}
	w->next = memmove(w->text + room - text.len, text.ptr, text.len);
	return 0;
}

/* ---- out of a root, into another ---- */

/*
 * Goes on from place, a real path outside of the root, until a root begins
 * there.  Nothing is looked up on the way, so a name on it may be a link: a
 * ".." behind it leads nobody knows where.
 */
static int
walk_outside(struct walk *w, struct span from)
{
	char place[PATH_MAX];
	size_t len = from.len, real_len = from.len;

	memcpy(place, from.ptr, len);
	for (;;) {
		const struct root *root =
		    root_set_find(w->set, span_of(place, len));
		struct span name;

		if (root != NULL) {
			if (enter_root(w, root) != 0)
				return -1;
			return push_text(w, root->leaf);
		}
		if (errno != EXDEV)
			return -1;
		name = take_component(w);
		if (name.len == 0 || len + 1 + name.len >= sizeof(place) ||
		    (span_is(name, "..") && len > real_len)) {
			errno = EXDEV;
			return -1;
		}
		if (span_is(name, ".."))
			len = real_len =
			    len == 0 ? 0
				     : span_find_last(span_of(place, len), '/');
		else if (!span_is(name, ".")) {
			place[len++] = '/';
			memcpy(place + len, name.ptr, name.len);
			len += name.len;
		}
	}
}

static int
step_up(struct walk *w)
{
	struct span place = { w->place, w->place_len };
	size_t slash = span_find_last(place, '/');
	int fd;

	if (w->place_len == 0) {
		struct span real = w->root->real;

		real.len = real.len == 0 ? 0 : span_find_last(real, '/');
		return walk_outside(w, real);
	}
	w->place_len = slash == place.len ? 0 : slash;
	w->place[w->place_len] = '\0';
	fd = reopen_place(w);
	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
			errno = ESTALE;
		return -1;
	}
	set_directory(w, fd);
	return 0;
}

/* ---- links ---- */

/* The rule for a link that stands in the directory; name is its own. */
static enum link_rule
find_rule(struct walk *w, struct span name)
{
	size_t behind = strlen(name.ptr);
	struct span directory = w->path;

	if (name.ptr < w->asked)
		return w->rule;
	directory.len -= behind;
	while (directory.len > 0 && directory.ptr[directory.len - 1] == '/')
		directory.len--;
	w->asked = w->next;
	w->rule = w->policy->rule(w->policy, directory);
	return w->rule;
}

static int
follow_link(struct walk *w, int fd, const struct stat *link, struct span name)
{
	char target[PATH_MAX];
	enum link_rule rule = find_rule(w, name);
	ssize_t len;

	if (rule == LINKS_NEVER || w->links++ == LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (rule == LINKS_OWNER_MATCH)
		w->debts[w->debt_count++] =
		    (struct debt){ link->st_uid, w->next };
	len = readlinkat(fd, "", target, sizeof(target));
	if (len <= 0 || len == sizeof(target)) {
		errno = len < 0 ? errno : ENAMETOOLONG;
		return -1;
	}
	if (push_text(w, span_of(target, (size_t)len)) != 0)
		return -1;
	return target[0] == '/' ? walk_outside(w, span_of("", 0)) : 0;
}

/* Links that have led to where the walk is now: is the owner the same? */
static int
settle_debts(struct walk *w)
{
	const char *next = w->next;
	struct stat st;

	while (*next == '/')
		next++;
	while (w->debt_count > 0 && w->debts[w->debt_count - 1].until <= next) {
		const struct debt *debt = &w->debts[--w->debt_count];

		if (w->file_fd >= 0)
			st = w->stat;
		else if (fstat(w->fd, &st) != 0)
			return -1;
		if (st.st_uid != debt->owner) {
			errno = EACCES;
			return -1;
		}
	}
	return 0;
}

/* ---- steps ---- */

/* What is neither a directory nor a link ends the way. */
static int
reach_file(struct walk *w, const struct stat *seen, struct span name)
{
	struct resolved resolved;

	if (*w->next != '\0') {
		errno = ENOTDIR;
		return -1;
	}
	if (!S_ISREG(seen->st_mode)) {
		errno = EACCES;
		return -1;
	}
	if (resolved_set(&resolved, open_below(w->fd, name, O_RDONLY), seen) !=
	    0)
		return -1;
	w->file_fd = resolved.fd;
	w->stat = resolved.stat;
	return 0;
}

static int
step_down(struct walk *w, struct span name)
{
	struct stat seen;
	int fd = open_below(w->fd, name, O_PATH);
	int result, saved;

	if (fd < 0)
		return -1;
	result = fstat(fd, &seen);
	if (result == 0 && S_ISDIR(seen.st_mode))
		return enter_directory(w, fd, name);
	if (result == 0)
		result = S_ISLNK(seen.st_mode) ? follow_link(w, fd, &seen, name)
					       : reach_file(w, &seen, name);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

static int
walk_all(struct walk *w)
{
	for (;;) {
		struct span name = take_component(w);
		int result;

		if (name.len == 0)
			return 0;
		if (span_is(name, "."))
			result = 0;
		else if (span_is(name, ".."))
			result = step_up(w);
		else
			result = step_down(w, name);
		if (result != 0 || settle_debts(w) != 0)
			return -1;
	}
}

/* Hands over what was reached. */
static int
walk_finish(struct walk *w, struct resolved *resolved_r)
{
	resolved_r->through_link = w->links > 0;
	if (w->file_fd >= 0) {
		resolved_r->fd = w->file_fd;
		resolved_r->stat = w->stat;
		w->file_fd = -1;
		return 0;
	}
	if (fstat(w->fd, &resolved_r->stat) != 0)
		return -1;
	resolved_r->fd = w->fd;
	w->fd = -1;
	return 0;
}

int
walk_open(struct root_set *set, const struct root *root, const char *path,
    const struct link_policy *policy, struct resolved *resolved_r)
{
	struct walk w;
	int result, saved;

	w.set = set;
	w.policy = policy;
	w.rule = LINKS_NEVER;
	w.fd = w.file_fd = -1;
	w.links = w.debt_count = 0;
	w.path = span_str(path);
	w.next = w.asked = w.text + sizeof(w.text) - 1;
	w.text[sizeof(w.text) - 1] = '\0';
	result = push_text(&w, span_str(root_below(root, path)));
	w.asked = w.next;
	if (result == 0)
		result = enter_root(&w, root);
	if (result == 0)
		result = walk_all(&w);
	if (result == 0)
		result = walk_finish(&w, resolved_r);
	saved = errno;
	set_directory(&w, -1);
	if (w.file_fd >= 0)
		close(w.file_fd);
	errno = saved;
	return result;
}
