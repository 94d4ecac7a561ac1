/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What somebody would try who runs code of his own in a process of the server.
 * Each attempt is one system call or few, made past the C library's checks.
 */
#ifndef DROVER_T_SANDBOX_ATTEMPTS_H
#define DROVER_T_SANDBOX_ATTEMPTS_H

#include <sys/types.h>

/* Whom and what it is tried on. */
struct target {
	pid_t pid;	  /* a process of the server */
	const char *path; /* a file */
	int number;	  /* a descriptor, a port */
};

struct attempt {
	const char *name;
	/* 0: it succeeded; errno. */
	int (*make)(const struct target *);
};

/* Ends with a name of NULL. */
extern const struct attempt attempts[];

const struct attempt *attempt_find(const char *name, size_t len);

#endif
