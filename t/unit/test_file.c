/* SPDX-License-Identifier: BSD-2-Clause */
/* os/file: what leads out of a root, and files read whole. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "process.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
make_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static int
setup(void **state)
{
	(void)state;
	process_enter_directory();
	assert_int_equal(mkdir("root", 0755), 0);
	assert_int_equal(mkdir("root/sub", 0755), 0);
	make_file("outside", "secret", 6);
	make_file("root/file", "text", 4);
	make_file("root/sub/file", "deep", 4);
	assert_int_equal(mkfifo("root/fifo", 0644), 0);
	assert_int_equal(symlink("file", "root/link"), 0);
	assert_int_equal(symlink("sub", "root/dirlink"), 0);
	assert_int_equal(symlink("../file", "root/sub/up"), 0);
	assert_int_equal(symlink("../outside", "root/out"), 0);
	assert_int_equal(symlink("/etc/passwd", "root/absolute"), 0);
	assert_int_equal(symlink("loop", "root/loop"), 0);
	assert_int_equal(symlink("nowhere", "root/dangling"), 0);
	return 0;
}

/* 0 or the errno of one look-up. */
static int
try_open(int root, const char *path, int flags, bool follow)
{
	int fd = file_open_beneath(root, path, flags, follow);

	if (fd < 0)
		return errno;
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	close(fd);
	return 0;
}

static void
test_beneath(void **state)
{
	static const struct {
		const char *path;
		int flags;
		int following, not_following; /* errno */
	} rows[] = {
		{ "file", 0, 0, 0 },
		{ ".", O_DIRECTORY, 0, 0 },
		{ ".", O_PATH | O_DIRECTORY, 0, 0 },
		{ "sub/file", 0, 0, 0 },
		{ "sub/../file", 0, 0, 0 },
		{ "sub/file", O_PATH, 0, 0 },
		{ "file", O_DIRECTORY, ENOTDIR, ENOTDIR },
		{ "file/", 0, ENOTDIR, ENOTDIR },
		{ "missing", 0, ENOENT, ENOENT },
		{ "", 0, ENOENT, ENOENT },
		/* Without O_NONBLOCK this would hang. */
		{ "fifo", 0, 0, 0 },
		{ "link", 0, 0, ELOOP },
		{ "link", O_NOFOLLOW, ELOOP, ELOOP },
		{ "link", O_PATH | O_NOFOLLOW, 0, 0 },
		{ "dirlink/file", 0, 0, ELOOP },
		{ "dirlink/file", O_NOFOLLOW, 0, ELOOP },
		{ "sub/up", 0, 0, ELOOP },
		{ "loop", 0, ELOOP, ELOOP },
		{ "dangling", 0, ENOENT, ELOOP },
		{ "out", 0, EXDEV, ELOOP },
		{ "absolute", 0, EXDEV, ELOOP },
		{ "..", O_DIRECTORY, EXDEV, EXDEV },
		{ "../outside", 0, EXDEV, EXDEV },
		{ "sub/../../root/file", 0, EXDEV, EXDEV },
		{ "/etc/passwd", 0, EXDEV, EXDEV },
		{ "file", O_RDWR, EINVAL, EINVAL },
		{ "new", O_CREAT, EINVAL, EINVAL },
	};
	int root = open("root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	size_t i;

	(void)state;
	if (!file_has_openat2())
		skip();
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
		    try_open(root, rows[i].path, rows[i].flags, true),
		    rows[i].following);
		assert_int_equal(
		    try_open(root, rows[i].path, rows[i].flags, false),
		    rows[i].not_following);
	}
	close(root);
	assert_int_equal(try_open(root, "file", 0, true), EBADF);
}

/* A magic link would lead anywhere without a path. */
static void
test_magic_link(void **state)
{
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	if (self < 0 || !file_has_openat2())
		skip();
	assert_int_not_equal(try_open(self, "exe", 0, true), 0);
	assert_int_not_equal(try_open(self, "cwd", O_DIRECTORY, true), 0);
	close(self);
}

static void
test_flags(void **state)
{
	int root = open("root", O_PATH | O_DIRECTORY | O_CLOEXEC), fd;

	(void)state;
	if (!file_has_openat2())
		skip();
	fd = file_open_beneath(root, "file", 0, true);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
	close(fd);
	close(root);
}

/* In a child, since what was found is remembered. */
static int
without_openat2(void *argument)
{
	(void)argument;
	setenv("DROVER_NO_OPENAT2", "1", 1);
	if (file_has_openat2())
		return 1;
	unsetenv("DROVER_NO_OPENAT2");
	if (file_has_openat2())
		return 2;
	if (file_open_beneath(AT_FDCWD, "root", O_DIRECTORY, true) != -1)
		return 3;
	return errno == ENOSYS ? 0 : 4;
}

static void
test_without_openat2(void **state)
{
	(void)state;
	assert_int_equal(process_run(without_openat2, NULL), 0);
}

static void
check_read(const char *path, size_t max, int error, size_t len)
{
	size_t got = 77;
	char *data = file_read(path, max, &got);

	if (error != 0) {
		assert_null(data);
		assert_int_equal(errno, error);
		assert_int_equal(got, 77);
		return;
	}
	assert_non_null(data);
	assert_int_equal(got, len);
	assert_int_equal(data[len], '\0');
	free(data);
}

static void
test_read(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 4095, 4096, 4097, 100000 };
	char *text = malloc(100000), *data;
	size_t i, len;

	(void)state;
	for (i = 0; i < 100000; i++)
		text[i] = (char)(i * 7 % 251);
	for (i = 0; i < COUNT(sizes); i++) {
		make_file("big", text, sizes[i]);
		data = file_read("big", SIZE_MAX, &len);
		assert_non_null(data);
		assert_int_equal(len, sizes[i]);
		assert_memory_equal(data, text, len);
		assert_int_equal(data[len], '\0');
		free(data);
		check_read("big", sizes[i], 0, sizes[i]);
		if (sizes[i] > 0)
			check_read("big", sizes[i] - 1, EFBIG, 0);
	}
	free(text);
	check_read("root", 100, EISDIR, 0);
	check_read("root/fifo", 100, EINVAL, 0);
	check_read("/dev/null", 100, EINVAL, 0);
	check_read("missing", 100, ENOENT, 0);
}

/* Such files are longer than they say, in several reads. */
static void
test_read_proc(void **state)
{
	size_t len;
	char *data = file_read("/proc/self/maps", 1000000, &len);

	(void)state;
	assert_non_null(data);
	assert_int_equal(strlen(data), len);
	assert_true(len > 200);
	free(data);
	/* One whose length stays: the bound is exact here too. */
	data = file_read("/proc/version", 1000000, &len);
	assert_non_null(data);
	free(data);
	check_read("/proc/version", len, 0, len);
	check_read("/proc/version", len - 1, EFBIG, 0);
	check_read("/proc/self/maps", 0, EFBIG, 0);
	check_read("/proc/self/maps", 1, EFBIG, 0);
	check_read("/proc/self/maps", 100, EFBIG, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_openat2),
		cmocka_unit_test(test_beneath),
		cmocka_unit_test(test_magic_link),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_proc),
	};

	return cmocka_run_group_tests(tests, setup, process_teardown);
}
