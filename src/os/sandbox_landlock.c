/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Landlock.  Everything that the kernel's version of it can take away is taken
 * away: all access to files but reading below the roots, binding and
 * connecting of TCP, signals and abstract sockets beyond this process.  What
 * is open already stays usable.
 */
#include "config.h"

#include "os/sandbox_private.h"

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(WITH_LANDLOCK) && defined(SYS_landlock_create_ruleset)

/* The kernel's headers may be older than the kernel, so here is what is used
 * of the ABI. */
struct ruleset_attr {
	uint64_t handled_fs, handled_net, scoped;
};
struct __attribute__((packed)) path_attr {
	uint64_t allowed;
	int32_t parent_fd;
};

enum {
	CREATE_VERSION = 1, /* flag of landlock_create_ruleset */
	RULE_PATH = 1,
};

/* Access to files by bits, in the order in which they came. */
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_ALL_1 ((UINT64_C(1) << 13) - 1)
#define FS_REFER (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)
#define NET_ALL UINT64_C(3)   /* TCP: bind, connect */
#define SCOPE_ALL UINT64_C(3) /* abstract sockets, signals */

int
sandbox_landlock_abi(const char **why_r)
{
	long abi =
	    syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	if (abi > 0)
		return (int)abi;
	*why_r = errno == ENOSYS       ? "the kernel has none"
		 : errno == EOPNOTSUPP ? "it is switched off in the kernel"
				       : "it is not permitted here";
	return 0;
}

static void
take_all(struct ruleset_attr *attr, int abi)
{
	*attr = (struct ruleset_attr){ .handled_fs = FS_ALL_1 };
	if (abi >= 2)
		attr->handled_fs |= FS_REFER;
	if (abi >= SANDBOX_ABI_TRUNCATE)
		attr->handled_fs |= FS_TRUNCATE;
	if (abi >= SANDBOX_ABI_TCP)
		attr->handled_net = NET_ALL;
	if (abi >= SANDBOX_ABI_DEVICES)
		attr->handled_fs |= FS_IOCTL_DEV;
	if (abi >= SANDBOX_ABI_SCOPES)
		attr->scoped = SCOPE_ALL;
}

static int
allow_root(int ruleset, const struct sandbox_root *root)
{
	struct path_attr rule = {
		.allowed = FS_READ_FILE | (root->is_file ? 0 : FS_READ_DIR),
		.parent_fd = root->fd,
	};

	return (int)syscall(
	    SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0);
}

static int
restrict_self(int ruleset, const struct sandbox_root *roots, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (allow_root(ruleset, &roots[i]) != 0)
			return -1;
	return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

int
sandbox_landlock_enter(
    const struct sandbox_root *roots, size_t count, struct err *err)
{
	struct ruleset_attr attr;
	const char *why;
	int ruleset, result;

	take_all(&attr, sandbox_landlock_abi(&why));
	/* A size beyond what the kernel knows is no fault if it is zero
	 * there. */
	ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return err_set_errno(err, "cannot make the rules of Landlock");
	result = restrict_self(ruleset, roots, count);
	if (result != 0)
		err_set_errno(err, "cannot enforce the rules of Landlock");
	close(ruleset);
	return result;
}

#else

int
sandbox_landlock_abi(const char **why_r)
{
	*why_r = "it was left out when Drover was built";
	return 0;
}

int
sandbox_landlock_enter(
    const struct sandbox_root *roots, size_t count, struct err *err)
{
	(void)roots, (void)count;
	return err_set(err, "there is no Landlock");
}

#endif
