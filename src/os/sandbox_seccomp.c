/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The filter of system calls, made of a role's table by libseccomp.  What is
 * not in the table is refused: a signal (sandbox_refused.c) where that can be
 * answered, else EPERM and no word.  A call by the number of another ABI (32
 * bits, x32) is nothing that this program does, and ends it.
 *
 * What it costs: calls without tests are passed by a bitmap of the kernel (5.11
 * and newer), the others run a binary search.  On Linux 6.18 a small file took
 * 9.1 us of a worker's processor on a connection that is kept alive, and 29 us
 * on one of its own, with the filter as without it.
 */
#include "config.h"

#include "os/sandbox_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef HAVE_LIBSECCOMP

#include <linux/seccomp.h>
#include <seccomp.h>

const char *
sandbox_seccomp_lacks(void)
{
	unsigned action = SECCOMP_RET_TRAP;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
		return NULL;
	return errno == EPERM ? "it is not permitted here"
			      : "the kernel has none";
}

bool
sandbox_call_exists(const char *name)
{
	return seccomp_syscall_resolve_name(name) >= 0;
}

void
sandbox_call_name(int number, char *name, size_t size)
{
	char *known =
	    seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

	if (known != NULL)
		snprintf(name, size, "%s", known);
	else
		snprintf(name, size, "system call %d", number);
	free(known);
}

/* 0, or -errno as libseccomp has it. */
static int
allow(scmp_filter_ctx filter, const struct sandbox_call *call)
{
	struct scmp_arg_cmp tests[SANDBOX_TESTS];
	int number = seccomp_syscall_resolve_name(call->name);
	unsigned count = 0;

	if (number < 0)
		return 0;
	for (size_t i = 0; i < SANDBOX_TESTS; i++) {
		const struct sandbox_test *t = &call->tests[i];
		uint64_t value =
		    t->value == SANDBOX_PID ? (uint64_t)getpid() : t->value;

		if (t->mask != 0)
			tests[count++] = (struct scmp_arg_cmp){ t->arg,
				SCMP_CMP_MASKED_EQ, t->mask, value };
	}
	return seccomp_rule_add_array(
	    filter, SCMP_ACT_ALLOW, number, count, tests);
}

static int
allow_all(scmp_filter_ctx filter, const struct sandbox_call *call)
{
	int result = 0;

	for (; call->name != NULL && result == 0; call++)
		result = allow(filter, call);
	return result;
}

static int
fill(scmp_filter_ctx filter, const struct sandbox_role *role)
{
	int result;

	if ((result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
		 SCMP_ACT_KILL_PROCESS)) != 0 ||
	    (result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2)) !=
		0 ||
	    (result = allow_all(filter, sandbox_common_calls)) != 0 ||
	    (result = allow_all(filter, role->calls)) != 0 ||
	    /* realloc does without.  A shared mapping could grow over what lies
	     * behind it in its file: others' slots of the scoreboard. */
	    (result = seccomp_rule_add(
		 filter, SCMP_ACT_ERRNO(ENOMEM), SCMP_SYS(mremap), 0)) != 0)
		return result;
	/* Kernels before 5.16 would make the whole process slower against a
	 * leak within it, which matters to those that run others' code. */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	return 0;
}

int
sandbox_seccomp_enter(const struct sandbox_setup *setup, struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(
	    sandbox_can_catch() ? SCMP_ACT_TRAP : SCMP_ACT_ERRNO(EPERM));
	int result = filter == NULL ? -ENOMEM : fill(filter, setup->role);

	if (result == 0 && sandbox_catch_refused(setup->refused) != 0)
		result = -errno;
	if (result == 0)
		result = seccomp_load(filter);
	seccomp_release(filter);
	if (result == 0)
		return 0;
	return err_set(err, "cannot filter system calls: %s",
	    strerror(result == -ECANCELED ? errno : -result));
}

#else

const char *
sandbox_seccomp_lacks(void)
{
	return "it was left out when Drover was built";
}

bool
sandbox_call_exists(const char *name)
{
	(void)name;
	return true;
}

void
sandbox_call_name(int number, char *name, size_t size)
{
	snprintf(name, size, "system call %d", number);
}

int
sandbox_seccomp_enter(const struct sandbox_setup *setup, struct err *err)
{
	(void)setup;
	return err_set(err, "there is no filter of system calls");
}

#endif
