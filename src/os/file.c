/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening files below a root, and reading small files whole.  glibc has no
 * openat2(), so it is called by its number.
 */
#include "config.h"

#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How often a look-up that renames disturbed is tried again. */
#define RENAME_TRIES 32

static int
openat2(int dir_fd, const char *path, const struct open_how *how)
{
	return (int)syscall(SYS_openat2, dir_fd, path, how, sizeof(*how));
}

static bool
try_openat2(void)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH,
	};
	int fd;

	if (getenv("DROVER_NO_OPENAT2") != NULL)
		return false;
	fd = openat2(AT_FDCWD, ".", &how);
	if (fd < 0)
		return errno != ENOSYS && errno != EPERM;
	close(fd);
	return true;
}

bool
file_has_openat2(void)
{
	static bool tried, has;

	if (!tried) {
		has = try_openat2();
		tried = true;
	}
	return has;
}

int
file_open_beneath(int root_fd, const char *path, int flags, bool follow)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_RDONLY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	int fd, tries = 0;

	if ((flags & ~(O_PATH | O_DIRECTORY | O_NOFOLLOW)) != 0) {
		errno = EINVAL;
		return -1;
	}
	if (!file_has_openat2()) {
		errno = ENOSYS;
		return -1;
	}
	/* openat2 refuses O_PATH with flags that would mean nothing. */
	if ((flags & O_PATH) == 0)
		how.flags |= O_NOCTTY | O_NONBLOCK;
	if (!follow)
		how.resolve |= RESOLVE_NO_SYMLINKS;
	do
		fd = openat2(root_fd, path, &how);
	while (fd < 0 &&
	       (errno == EINTR || (errno == EAGAIN && ++tries < RENAME_TRIES)));
	return fd;
}

static int
open_regular(const char *path, struct stat *st_r)
{
	int fd, saved;

	/* O_NONBLOCK, so that a FIFO does not hold us up before it is seen. */
	do
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return -1;
	if (fstat(fd, st_r) == 0) {
		if (S_ISREG(st_r->st_mode))
			return fd;
		errno = S_ISDIR(st_r->st_mode) ? EISDIR : EINVAL;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/*
 * Reads to the end, which need not be where st_size was: files of /proc say
 * 0, others grow.  size is what to expect.
 */
static char *
read_all(int fd, size_t size, size_t max, size_t *len_r)
{
	char *data = NULL, *larger;
	size_t room = size + 1, len = 0;
	ssize_t n;

	for (;;) {
		if (data == NULL || len == room) {
			if (len > max) {
				errno = EFBIG;
				break;
			}
			if (data != NULL)
				room = room > max / 2 ? max + 1 : room * 2;
			larger = realloc(data, room);
			if (larger == NULL)
				break;
			data = larger;
		}
		n = read(fd, data + len, room - len);
		if (n == 0) {
			data[len] = '\0';
			*len_r = len;
			return data;
		}
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			break;
	}
	free(data);
	return NULL;
}

char *
file_read(const char *path, size_t max, size_t *len_r)
{
	struct stat st;
	char *data = NULL;
	int fd, saved;

	if (max > SIZE_MAX / 4)
		max = SIZE_MAX / 4;
	fd = open_regular(path, &st);
	if (fd < 0)
		return NULL;
	if ((uint64_t)st.st_size > max)
		errno = EFBIG;
	else
		data = read_all(fd, (size_t)st.st_size, max, len_r);
	saved = errno;
	close(fd);
	errno = saved;
	return data;
}
