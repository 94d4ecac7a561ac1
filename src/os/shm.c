/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that processes share.  It is sealed, so no process that holds the
 * descriptor can shrink the file and so kill another by SIGBUS.
 */
#include "config.h"

#include "os/shm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Since Linux 5.1; glibc's headers may be older. */
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif
/* Since Linux 6.3, and demanded where the sysctl vm.memfd_noexec is 2. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static const struct shm no_shm = { .fd = -1 };

static int
create_file(const char *name)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd;

	fd = memfd_create(name, flags | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, flags);
	return fd;
}

static int
map(struct shm *shm, int fd, size_t size)
{
	void *memory;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -1;
	*shm = (struct shm){ fd, memory, size };
	return 0;
}

int
shm_file(const char *name, size_t size)
{
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW;
	int fd, saved;

	if (size == 0 || size > INT64_MAX) {
		errno = EINVAL;
		return -1;
	}
	fd = create_file(name);
	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, seals) < 0) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

int
shm_create(struct shm *shm, const char *name, size_t size)
{
	int fd, saved;

	*shm = no_shm;
	fd = shm_file(name, size);
	if (fd < 0)
		return -1;
	if (map(shm, fd, size) < 0) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return 0;
}

int
shm_map(struct shm *shm, int fd, size_t size)
{
	struct stat st;
	int seals;

	*shm = no_shm;
	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_size < 0 || (uint64_t)st.st_size != size) {
		errno = EINVAL;
		return -1;
	}
	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0)
		return -1;
	if ((seals & F_SEAL_SHRINK) == 0) {
		errno = EPERM;
		return -1;
	}
	return map(shm, fd, size);
}

int
shm_readonly(struct shm *shm)
{
	void *memory;

	/*
	 * Linux 5.1: no mapping made from now on can become writable, not even
	 * by mprotect.  Those that exist, the owner's, stay what they are.
	 * EPERM: another child did this already.
	 */
	(void)fcntl(shm->fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL);
	memory = mmap(NULL, shm->size, PROT_READ, MAP_SHARED, shm->fd, 0);
	if (memory == MAP_FAILED)
		return -1;
	shm_unmap(shm);
	close(shm->fd);
	shm->fd = -1;
	shm->memory = memory;
	return 0;
}

void
shm_unmap(struct shm *shm)
{
	if (shm->memory != NULL)
		munmap(shm->memory, shm->size);
	shm->memory = NULL;
}

void
shm_release(struct shm *shm)
{
	shm_unmap(shm);
	if (shm->fd >= 0)
		close(shm->fd);
	*shm = no_shm;
}
