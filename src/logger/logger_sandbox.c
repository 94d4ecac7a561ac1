/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sandbox of the logger: it reads rings and pipes, and writes to what the
 * master hands to it.  It opens nothing at all, and no file is within its
 * reach by name.
 */
#include "config.h"

#include "logger/logger_sandbox.h"

#include <asm/ioctls.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define SENDING (MSG_NOSIGNAL | MSG_DONTWAIT)

static const struct sandbox_call calls[] = {
	{ "sendto", "to its peer",
	    { SANDBOX_ONLY(3, SENDING), SANDBOX_NULL(4) } },
	{ "sendmsg", "plain", { SANDBOX_ONLY(2, SENDING) } },
	{ .name = "pwritev2" },
	{ .name = "poll" },
	{ .name = "ppoll" },
	{ .name = "ppoll_time64" },
	{ .name = "lseek" },
	{ .name = "_llseek" },
	/* Cuts half a line off a file that is open. */
	{ .name = "ftruncate" },
	{ .name = "ftruncate64" },
	{ "madvise", "empty queues", { SANDBOX_IS(2, MADV_REMOVE) } },
	/* glibc's fstat: of a descriptor, or of a name, which says little. */
	{ .name = "newfstatat" },
	{ .name = "fstatat64" },
	{ .name = "fstat" },
	{ .name = "fstat64" },
	{ .name = "statx" },
	/* isatty. */
	{ "ioctl", "TCGETS", { SANDBOX_IS(1, TCGETS) } },
	{ "fcntl", "F_GETFL", { SANDBOX_IS(1, F_GETFL) } },
	{ "fcntl", "F_SETFL", { SANDBOX_IS(1, F_SETFL) } },
	{ "fcntl", "F_GET_SEALS", { SANDBOX_IS(1, F_GET_SEALS) } },
	/* Turns on a pipe. */
	{ "fcntl", "F_SETLK", { SANDBOX_IS(1, F_SETLK) } },
	{ "fcntl64", "F_SETLK", { SANDBOX_IS(1, F_SETLK) } },
	{ "fcntl64", "F_GETFL", { SANDBOX_IS(1, F_GETFL) } },
	{ "fcntl64", "F_SETFL", { SANDBOX_IS(1, F_SETFL) } },
	{ "fcntl64", "F_GET_SEALS", { SANDBOX_IS(1, F_GET_SEALS) } },
	{ .name = NULL },
};

const struct sandbox_role logger_sandbox_role = { "logger", calls };
