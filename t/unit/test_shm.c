/* SPDX-License-Identifier: BSD-2-Clause */
/* os/shm: shared, zeroed, and sealed against what would kill a reader. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/shm.h"
#include "process.h"

static int
write_word(void *argument)
{
	struct shm *shm = argument;

	strcpy(shm->memory, "from the child");
	return 0;
}

static void
test_create(void **state)
{
	struct shm shm;
	size_t i;

	(void)state;
	assert_int_equal(shm_create(&shm, "test", 10000), 0);
	assert_int_equal(shm.size, 10000);
	assert_int_equal(fcntl(shm.fd, F_GETFD), FD_CLOEXEC);
	for (i = 0; i < shm.size; i++)
		assert_int_equal(((char *)shm.memory)[i], 0);
	assert_int_equal(process_run(write_word, &shm), 0);
	assert_string_equal(shm.memory, "from the child");
	shm_release(&shm);
	assert_null(shm.memory);
	assert_int_equal(shm.fd, -1);
	shm_release(&shm);
}

static void
test_bad_sizes(void **state)
{
	struct shm shm;

	(void)state;
	assert_int_equal(shm_create(&shm, "test", 0), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(shm_create(&shm, "test", SIZE_MAX), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(shm_create(&shm, "test", (size_t)1 << 62), -1);
	assert_null(shm.memory);
	assert_int_equal(shm.fd, -1);
	shm_release(&shm);
}

static void
test_sealed(void **state)
{
	struct shm shm;

	(void)state;
	assert_int_equal(shm_create(&shm, "test", 4096), 0);
	assert_int_equal(ftruncate(shm.fd, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(shm.fd, 8192), -1);
	assert_int_equal(errno, EPERM);
	shm_release(&shm);
}

/* A second mapping shows the same; the first may go. */
static void
test_map(void **state)
{
	struct shm a, b;

	(void)state;
	assert_int_equal(shm_create(&a, "test", 5000), 0);
	strcpy(a.memory, "here");
	assert_int_equal(shm_map(&b, dup(a.fd), 5000), 0);
	assert_ptr_not_equal(a.memory, b.memory);
	shm_release(&a);
	assert_string_equal(b.memory, "here");
	shm_unmap(&b);
	assert_null(b.memory);
	assert_true(fcntl(b.fd, F_GETFD) >= 0);
	shm_unmap(&b);
	assert_int_equal(shm_map(&a, b.fd, 5000), 0);
	assert_string_equal(a.memory, "here");
	shm_release(&a);
}

static void
test_map_refuses(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4097, 8192, SIZE_MAX };
	struct shm shm, other;
	size_t i;
	int fd, fds[2];

	(void)state;
	assert_int_equal(shm_create(&shm, "test", 4096), 0);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(shm_map(&other, shm.fd, sizes[i]), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(other.fd, -1);
		assert_null(other.memory);
	}
	/* The descriptor stays the caller's. */
	assert_true(fcntl(shm.fd, F_GETFD) >= 0);
	shm_release(&shm);

	fd = memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(ftruncate(fd, 4096), 0);
	assert_int_equal(shm_map(&other, fd, 4096), -1);
	assert_int_equal(errno, EPERM);
	close(fd);
	assert_int_equal(shm_map(&other, fd, 4096), -1);
	assert_int_equal(errno, EBADF);
	process_pipe(fds);
	assert_int_equal(shm_map(&other, fds[0], 4096), -1);
	close(fds[0]);
	close(fds[1]);
}

/* Reads, then writes: the latter must kill. */
static int
use_readonly(void *argument)
{
	struct rlimit no_core = { 0, 0 };
	struct shm *shm = argument;

	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGSEGV, SIG_DFL);
	if (shm_readonly(shm) < 0 || shm->fd != -1 ||
	    strcmp(shm->memory, "master's") != 0)
		return 1;
	*(volatile char *)shm->memory = 'x';
	return 2;
}

static int
make_writable(void *argument)
{
	struct shm *shm = argument;

	if (shm_readonly(shm) < 0)
		return 1;
	return mprotect(shm->memory, shm->size, PROT_READ | PROT_WRITE) == 0
		   ? 2
		   : 0;
}

static void
test_readonly(void **state)
{
	struct shm shm;

	(void)state;
	assert_int_equal(shm_create(&shm, "test", 4096), 0);
	strcpy(shm.memory, "master's");
	assert_int_equal(process_run(use_readonly, &shm), 128 + SIGSEGV);
	/* Twice: the second child finds the seal set. */
	assert_int_equal(process_run(make_writable, &shm), 0);
	/* The parent still writes through the mapping that it has. */
	strcpy(shm.memory, "again");
	assert_string_equal(shm.memory, "again");
	shm_release(&shm);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_bad_sizes),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_map_refuses),
		cmocka_unit_test(test_readonly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
