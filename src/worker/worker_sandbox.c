/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sandbox of a worker: connections, files below the roots for reading, its
 * ring and its channel.  It makes no socket, starts nothing, looks up no name,
 * writes to no file; everything else was opened before.
 */
#include "config.h"

#include "worker/worker_sandbox.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "base/report.h"
#include "files/files.h"
#include "os/file.h"

/* Not in every libc's headers. */
#ifndef IPV6_MINHOPCOUNT
#define IPV6_MINHOPCOUNT 73
#endif

/* The bit of O_TMPFILE that is not O_DIRECTORY's. */
#define WRITING \
	(O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))
#define SENDING (MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE)

/* AT_FDCWD is negative: paths are looked up below a root alone. */
#define AT_CWD UINT32_C(0x80000000)

/* Where an absolute path leads, and for what openat2 opens, is said in memory,
 * which a filter cannot read: that is Landlock's. */
static const struct sandbox_call calls[] = {
	{ "accept4", "never waiting",
	    { SANDBOX_IS(3, SOCK_NONBLOCK | SOCK_CLOEXEC) } },
	{ .name = "recvfrom" },
	{ "sendto", "to its peer",
	    { SANDBOX_ONLY(3, SENDING), SANDBOX_NULL(4) } },
	{ "sendmsg", "plain", { SANDBOX_ONLY(2, SENDING) } },
	{ .name = "sendfile" },
	{ .name = "sendfile64" },
	{ .name = "shutdown" },
	{ .name = "getpeername" },
	{ .name = "getsockname" },
	{ "getsockopt", "TCP_INFO",
	    { SANDBOX_IS(1, IPPROTO_TCP), SANDBOX_IS(2, TCP_INFO) } },
	{ "setsockopt", "SO_LINGER",
	    { SANDBOX_IS(1, SOL_SOCKET), SANDBOX_IS(2, SO_LINGER) } },
	{ "setsockopt", "IP_MINTTL",
	    { SANDBOX_IS(1, IPPROTO_IP), SANDBOX_IS(2, IP_MINTTL) } },
	{ "setsockopt", "IPV6_MINHOPCOUNT",
	    { SANDBOX_IS(1, IPPROTO_IPV6), SANDBOX_IS(2, IPV6_MINHOPCOUNT) } },
	{ "ioctl", "SIOCOUTQ", { SANDBOX_IS(1, SIOCOUTQ) } },
	{ "openat", "below a descriptor, for reading",
	    { SANDBOX_WITHOUT(0, AT_CWD), SANDBOX_WITHOUT(2, WRITING) } },
	{ "openat2", "below a descriptor", { SANDBOX_WITHOUT(0, AT_CWD) } },
	{ .name = "newfstatat" },
	{ .name = "fstatat64" },
	{ .name = "fstat" },
	{ .name = "fstat64" },
	{ .name = "stat" },
	{ .name = "stat64" },
	{ .name = "statx" },
	{ .name = "readlinkat" },
	{ .name = "getdents64" },
	{ .name = "pread64" },
	{ .name = "lseek" },
	{ .name = "_llseek" },
	{ "fcntl", "F_DUPFD_CLOEXEC", { SANDBOX_IS(1, F_DUPFD_CLOEXEC) } },
	{ "fcntl", "F_GETFL", { SANDBOX_IS(1, F_GETFL) } },
	{ "fcntl", "F_SETFD", { SANDBOX_IS(1, F_SETFD) } },
	{ "fcntl64", "F_DUPFD_CLOEXEC", { SANDBOX_IS(1, F_DUPFD_CLOEXEC) } },
	{ "fcntl64", "F_GETFL", { SANDBOX_IS(1, F_GETFL) } },
	{ "fcntl64", "F_SETFD", { SANDBOX_IS(1, F_SETFD) } },
	{ .name = NULL },
};

const struct sandbox_role worker_sandbox_role = { "worker", calls };

/* ---- roots ---- */

struct root_list {
	struct sandbox_root *roots;
	size_t count, room;
	bool failed;
};

static void
add(struct root_list *list, int fd, bool is_file)
{
	size_t room = list->room == 0 ? 16 : list->room * 2;
	struct sandbox_root *larger;

	if (list->count == list->room) {
		larger = realloc(list->roots, room * sizeof(*larger));
		if (larger == NULL) {
			list->failed = true;
			close(fd);
			return;
		}
		list->roots = larger;
		list->room = room;
	}
	list->roots[list->count++] = (struct sandbox_root){ fd, is_file };
}

static void
add_root(const struct root *root, void *list)
{
	bool is_file = root->leaf.len > 0;
	/* If that is a link, where it leads is a root of its own. */
	int fd = is_file ? openat(root->fd, root->leaf.ptr,
			       O_PATH | O_NOFOLLOW | O_CLOEXEC)
			 : fcntl(root->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		report_errno(REPORT_WARN, "sandbox", "cannot open \"%s\"",
		    root->path.ptr);
	else
		add(list, fd, is_file);
}

int
worker_sandbox_prepare(struct worker_sandbox *s, struct err *err)
{
	struct root_list list = { 0 };

	/* A try of it inside would be refused. */
	(void)file_has_openat2();
	files_each_root(add_root, &list);
	*s = (struct worker_sandbox){ list.roots, list.count };
	if (!list.failed)
		return 0;
	worker_sandbox_release(s);
	return err_set(err, "out of memory");
}

void
worker_sandbox_release(struct worker_sandbox *s)
{
	for (size_t i = 0; i < s->count; i++)
		close(s->roots[i].fd);
	free(s->roots);
	*s = (struct worker_sandbox){ 0 };
}

int
worker_sandbox_enter(struct worker_sandbox *s, enum sandbox_mode mode,
    _Atomic uint32_t *refused, struct err *err)
{
	const struct sandbox_setup setup = {
		.mode = mode,
		.role = &worker_sandbox_role,
		.roots = s->roots,
		.root_count = s->count,
		.refused = refused,
	};
	int parts = sandbox_enter(&setup, err);

	worker_sandbox_release(s);
	if (parts < 0)
		return -1;
	if (parts != 0)
		files_pin_roots();
	return 0;
}
