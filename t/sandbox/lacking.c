/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel without some of its calls, as far as a program can see:
 *
 *	LACKING=landlock,seccomp lacking ARGUMENTS
 *
 * runs the server (in DROVER) with those arguments, below a filter that makes
 * the calls unknown.
 */
#include "config.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif

static int
take_away(unsigned number)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

int
main(int argc, char **argv)
{
	const char *what = getenv("LACKING"), *program = getenv("DROVER");

	(void)argc;
	if (what == NULL || program == NULL)
		return 2;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    (strstr(what, "landlock") != NULL &&
		take_away(SYS_landlock_create_ruleset) != 0) ||
	    (strstr(what, "seccomp") != NULL && take_away(SYS_seccomp) != 0)) {
		perror("lacking");
		return 77;
	}
	execv(program, argv);
	perror(program);
	return 127;
}
