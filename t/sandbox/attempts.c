/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ipc/boards.h"
#include "ipc/channel.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#endif

static int
result(long value)
{
	return value < 0 ? errno : 0;
}

/* The same of a call that returns a descriptor. */
static int
opened(long fd)
{
	if (fd < 0)
		return errno;
	close((int)fd);
	return 0;
}

/* ---- files ---- */

static int
read_file(const struct target *t)
{
	return opened(syscall(SYS_openat, AT_FDCWD, t->path, O_RDONLY));
}

/* An absolute path does not mind which directory it is opened from. */
static int
read_file_at(const struct target *t)
{
	return opened(syscall(SYS_openat, 0, t->path, O_RDONLY));
}

static int
read_file_2(const struct target *t)
{
	struct open_how how = { .flags = O_RDONLY };

	return opened(syscall(SYS_openat2, 0, t->path, &how, sizeof(how)));
}

static int
read_directory(const struct target *t)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY };

	return opened(syscall(SYS_openat2, 0, t->path, &how, sizeof(how)));
}

static int
write_file(const struct target *t)
{
	return opened(
	    syscall(SYS_openat, 0, t->path, O_WRONLY | O_CREAT, 0600));
}

static int
write_file_2(const struct target *t)
{
	struct open_how how = { .flags = O_WRONLY | O_CREAT, .mode = 0600 };

	return opened(syscall(SYS_openat2, 0, t->path, &how, sizeof(how)));
}

static int
remove_file(const struct target *t)
{
	return result(syscall(SYS_unlinkat, AT_FDCWD, t->path, 0));
}

static int
make_directory(const struct target *t)
{
	return result(syscall(SYS_mkdirat, AT_FDCWD, t->path, 0700));
}

static int
change_mode(const struct target *t)
{
	return result(syscall(SYS_fchmodat, AT_FDCWD, t->path, 0777));
}

/* ---- the network ---- */

static int
make_socket(const struct target *t)
{
	(void)t;
	return opened(syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
}

static struct sockaddr_in
loopback(int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* By whatever descriptor is at hand. */
static int
connect_out(const struct target *t)
{
	struct sockaddr_in to = loopback(t->number);

	return result(syscall(SYS_connect, 0, &to, sizeof(to)));
}

static int
send_out(const struct target *t)
{
	struct sockaddr_in to = loopback(t->number);

	return result(syscall(SYS_sendto, 0, "x", 1, 0, &to, sizeof(to)));
}

static int
bind_port(const struct target *t)
{
	struct sockaddr_in to = loopback(t->number);

	return result(syscall(SYS_bind, 0, &to, sizeof(to)));
}

static int
make_listener(const struct target *t)
{
	(void)t;
	return result(syscall(SYS_listen, 0, 1));
}

/* To the master, who is at the other end of the only Unix socket. */
static int
babble(const struct target *t)
{
	struct sockaddr_storage name;
	struct message m;

	message_init(&m, UINT32_MAX, 0);
	for (int fd = 3; fd < 256; fd++) {
		socklen_t len = sizeof(name);

		if (getpeername(fd, (struct sockaddr *)&name, &len) == 0 &&
		    name.ss_family == AF_UNIX)
			for (int i = 0; i < t->number; i++)
				if (channel_send(fd, &m) < 0)
					return errno;
	}
	return 0;
}

/* The one that all workers share. */
static int
find_listener(void)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	for (int fd = 3; fd < 256; fd++)
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 &&
		    info.tcpi_state == TCP_LISTEN)
			return fd;
	return -1;
}

static int
close_listener(const struct target *t)
{
	(void)t;
	return result(shutdown(find_listener(), SHUT_RD));
}

static int
make_deaf(const struct target *t)
{
	int near = 255;

	(void)t;
	return result(setsockopt(
	    find_listener(), IPPROTO_IP, IP_MINTTL, &near, sizeof(near)));
}

static int
make_linger(const struct target *t)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 60 };

	(void)t;
	return result(setsockopt(
	    find_listener(), SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
}

/* ---- programs and memory ---- */

static int
execute(const struct target *t)
{
	char *argv[] = { (char *)(uintptr_t)t->path, NULL }, *envp[] = { NULL };

	return result(syscall(SYS_execve, t->path, argv, envp));
}

static int
make_process(const struct target *t)
{
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	(void)t;
	if (pid == 0)
		_exit(0);
	return result(pid);
}

static int
executable_memory(const struct target *t)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)t;
	return page == MAP_FAILED ? errno : 0;
}

static int
memory_executable(const struct target *t)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)t;
	if (page == MAP_FAILED)
		return 0;
	return result(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

/* What lies behind the worker's own slot are the others'. */
static int
grow_mapping(const struct target *t)
{
	const struct boards *b = boards();
	void *from = b != NULL ? (void *)b->scoreboard->own
			       : mmap(NULL, SCOREBOARD_SLOT_SIZE, PROT_READ,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)t;
	if (mremap(from, SCOREBOARD_SLOT_SIZE, 2 * SCOREBOARD_SLOT_SIZE,
		MREMAP_MAYMOVE) == MAP_FAILED)
		return errno;
	return 0;
}

static int
memory_file(const struct target *t)
{
	(void)t;
	return opened(syscall(SYS_memfd_create, "code", 0));
}

/* ---- other processes ---- */

static int
trace(const struct target *t)
{
	return result(syscall(SYS_ptrace, PTRACE_ATTACH, t->pid, 0, 0));
}

static int
kill_other(const struct target *t)
{
	return result(syscall(SYS_kill, t->pid, SIGKILL));
}

static int
kill_thread(const struct target *t)
{
	return result(syscall(SYS_tgkill, t->pid, t->pid, SIGKILL));
}

static int
read_memory(const struct target *t)
{
	char byte;
	struct iovec to = { &byte, 1 }, from = { (void *)&attempts, 1 };

	return result(
	    syscall(SYS_process_vm_readv, t->pid, &to, 1, &from, 1, 0));
}

static int
hold_process(const struct target *t)
{
	return opened(syscall(SYS_pidfd_open, t->pid, 0));
}

/* The ring of another, of which it knows process and number. */
static int
take_descriptor(const struct target *t)
{
	return opened(syscall(SYS_pidfd_getfd, 0, t->number, 0));
}

/* ---- the kernel ---- */

static int
call_io_uring_setup(const struct target *t)
{
	char parameters[128] = { 0 };

	(void)t;
	return opened(syscall(SYS_io_uring_setup, 1, parameters));
}

static int
call_bpf(const struct target *t)
{
	char attributes[128] = { 0 };

	(void)t;
	return result(syscall(SYS_bpf, 0, attributes, sizeof(attributes)));
}

static int
call_keyctl(const struct target *t)
{
	(void)t;
	return result(syscall(SYS_keyctl, 0, 0, 0, 0, 0));
}

static int
call_mount(const struct target *t)
{
	return result(syscall(SYS_mount, "none", t->path, "tmpfs", 0, 0));
}

static int
call_unshare(const struct target *t)
{
	(void)t;
	return result(syscall(SYS_unshare, CLONE_NEWUSER));
}

static int
call_setns(const struct target *t)
{
	(void)t;
	return result(syscall(SYS_setns, 0, 0));
}

static int
call_setuid(const struct target *t)
{
	(void)t;
	return result(syscall(SYS_setuid, 0));
}

static int
call_prctl(const struct target *t)
{
	(void)t;
	return result(syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static int
push_input(const struct target *t)
{
	(void)t;
	return result(syscall(SYS_ioctl, 0, TIOCSTI, "x"));
}

static int
own_signals(const struct target *t)
{
	return result(syscall(SYS_fcntl, 0, F_SETOWN, t->pid));
}

/* A number of x32, which the kernel looks up in another table. */
static int
call_other_abi(const struct target *t)
{
	(void)t;
	return result(syscall(0x40000000 | SYS_getpid));
}

/* The handler that tells of all this. */
static int
replace_handler(const struct target *t)
{
	struct sigaction action = { .sa_handler = SIG_IGN };

	(void)t;
	return result(sigaction(SIGSYS, &action, NULL));
}

const struct attempt attempts[] = {
	{ "read-file", read_file },
	{ "read-file-at", read_file_at },
	{ "read-file-2", read_file_2 },
	{ "read-directory", read_directory },
	{ "write-file", write_file },
	{ "write-file-2", write_file_2 },
	{ "remove-file", remove_file },
	{ "make-directory", make_directory },
	{ "change-mode", change_mode },
	{ "socket", make_socket },
	{ "connect", connect_out },
	{ "sendto", send_out },
	{ "bind", bind_port },
	{ "listen", make_listener },
	{ "babble", babble },
	{ "close-listener", close_listener },
	{ "make-deaf", make_deaf },
	{ "make-linger", make_linger },
	{ "execve", execute },
	{ "clone", make_process },
	{ "mmap", executable_memory },
	{ "mprotect", memory_executable },
	{ "mremap", grow_mapping },
	{ "memfd_create", memory_file },
	{ "ptrace", trace },
	{ "kill", kill_other },
	{ "tgkill", kill_thread },
	{ "process_vm_readv", read_memory },
	{ "pidfd_open", hold_process },
	{ "pidfd_getfd", take_descriptor },
	{ "io_uring_setup", call_io_uring_setup },
	{ "bpf", call_bpf },
	{ "keyctl", call_keyctl },
	{ "mount", call_mount },
	{ "unshare", call_unshare },
	{ "setns", call_setns },
	{ "setuid", call_setuid },
	{ "prctl", call_prctl },
	{ "ioctl", push_input },
	{ "fcntl", own_signals },
	{ "other-abi", call_other_abi },
	{ "rt_sigaction", replace_handler },
	{ NULL, NULL },
};

const struct attempt *
attempt_find(const char *name, size_t len)
{
	const struct attempt *a;

	for (a = attempts; a->name != NULL; a++)
		if (strlen(a->name) == len && memcmp(a->name, name, len) == 0)
			return a;
	return NULL;
}
