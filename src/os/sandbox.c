/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a process enters its sandbox, and what all sandboxes have in common.
 * Landlock comes first: its own system calls are on nobody's list.
 */
#include "config.h"

#include "os/sandbox_private.h"

#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

#include "base/report.h"

/* No memory becomes executable, no signal goes to another process, and the
 * handler of what is refused (SIGSYS) stays. */
const struct sandbox_call sandbox_common_calls[] = {
	{ .name = "brk" },
	{ "mmap", "not executable", { SANDBOX_WITHOUT(2, PROT_EXEC) } },
	{ "mmap2", "not executable", { SANDBOX_WITHOUT(2, PROT_EXEC) } },
	{ "mprotect", "not executable", { SANDBOX_WITHOUT(2, PROT_EXEC) } },
	{ .name = "munmap" },
	{ "madvise", "giving back", { SANDBOX_IS(2, MADV_DONTNEED) } },
	{ "madvise", "giving back", { SANDBOX_IS(2, MADV_FREE) } },
	{ "madvise", "large pages", { SANDBOX_IS(2, MADV_HUGEPAGE) } },
	/* Locks of stdio and malloc: wait and wake. */
	{ "futex", "wait, wake", { SANDBOX_WITHOUT(1, 0x7e) } },
	{ "futex_time64", "wait, wake", { SANDBOX_WITHOUT(1, 0x7e) } },
	/* Where the vDSO has no clock. */
	{ .name = "clock_gettime" },
	{ .name = "clock_gettime64" },
	{ .name = "gettimeofday" },
	{ .name = "time" },
	{ .name = "getrandom" },
	{ .name = "getpid" },
	{ .name = "gettid" },
	{ .name = "getppid" },
	{ .name = "getrusage" },
	/* qsort asks how much memory there is. */
	{ .name = "sysinfo" },
	/* The end, by abort and by a fault, too. */
	{ .name = "exit" },
	{ .name = "exit_group" },
	{ "tgkill", "itself", { SANDBOX_OWN_PID(0) } },
	{ "rt_sigaction", "SIGABRT", { SANDBOX_IS(0, SIGABRT) } },
	{ .name = "rt_sigprocmask" },
	{ .name = "rt_sigreturn" },
	{ .name = "sigreturn" },
	{ .name = "restart_syscall" },
	/* Events, and what was opened before. */
	{ .name = "epoll_wait" },
	{ .name = "epoll_pwait" },
	{ .name = "epoll_ctl" },
	{ .name = "close" },
	{ .name = "read" },
	{ .name = "write" },
	{ .name = "writev" },
	{ .name = "recvmsg" },
	{ .name = NULL },
};

void
sandbox_probe(struct sandbox_support *s)
{
	*s = (struct sandbox_support){ .names_calls = sandbox_can_catch() };
	s->landlock_abi = sandbox_landlock_abi(&s->landlock_why);
	s->seccomp_why = sandbox_seccomp_lacks();
	s->seccomp = s->seccomp_why == NULL;
}

bool
sandbox_lacks(const struct sandbox_support *s, char text_r[SANDBOX_TEXT])
{
	int len = 0;

	text_r[0] = '\0';
	if (s->landlock_abi == 0)
		len = snprintf(
		    text_r, SANDBOX_TEXT, "no Landlock (%s)", s->landlock_why);
	if (!s->seccomp)
		snprintf(text_r + len, SANDBOX_TEXT - (size_t)len,
		    "%sno filter of system calls (%s)", len > 0 ? ", " : "",
		    s->seccomp_why);
	return text_r[0] != '\0';
}

/* A part of the sandbox that did not come into force: true if that is borne. */
static bool
bear(const struct sandbox_setup *setup, const struct err *err)
{
	if (setup->mode == SANDBOX_REQUIRE)
		return false;
	report(REPORT_WARN, "sandbox", "the %s is not fully confined: %s",
	    setup->role->name, err->text);
	return true;
}

int
sandbox_enter(const struct sandbox_setup *setup, struct err *err)
{
	struct sandbox_support support;
	char lacks[SANDBOX_TEXT];
	int parts = 0;

	if (setup->mode == SANDBOX_OFF)
		return 0;
	sandbox_probe(&support);
	if (setup->mode == SANDBOX_REQUIRE && sandbox_lacks(&support, lacks))
		return err_set(err, "Sandbox require: there is %s", lacks);
	if (support.landlock_abi > 0) {
		if (sandbox_landlock_enter(
			setup->roots, setup->root_count, err) == 0)
			parts |= SANDBOX_LANDLOCK;
		else if (!bear(setup, err))
			return -1;
	}
	if (support.seccomp) {
		if (sandbox_seccomp_enter(setup, err) == 0)
			parts |= SANDBOX_SECCOMP;
		else if (!bear(setup, err))
			return -1;
	}
	return parts;
}
