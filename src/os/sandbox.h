/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sandbox of a process that talks to strangers: Landlock says which files
 * it reaches, seccomp which system calls it makes and with what.  Each role
 * (worker, logger) is a table in its own room; here is what the tables are
 * made of and how they come into force.  There is no way out of it.
 */
#ifndef DROVER_OS_SANDBOX_H
#define DROVER_OS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum sandbox_mode {
	SANDBOX_OFF,
	SANDBOX_ON,	 /* as far as the kernel can */
	SANDBOX_REQUIRE, /* or not at all */
};

/* Holds if (argument & mask) == value; a mask of 0: no test. */
struct sandbox_test {
	unsigned arg;
	uint64_t mask, value;
};

/* Stands for the process's own number. */
#define SANDBOX_PID UINT64_MAX

#define SANDBOX_IS(arg_, value_)                       \
	{                                              \
		(arg_), UINT32_MAX, (uint32_t)(value_) \
	}
#define SANDBOX_OWN_PID(arg_)                   \
	{                                       \
		(arg_), UINT32_MAX, SANDBOX_PID \
	}
/* Flags: none of these; no others than these; a pointer that is NULL. */
#define SANDBOX_WITHOUT(arg_, bits_)         \
	{                                    \
		(arg_), (uint32_t)(bits_), 0 \
	}
#define SANDBOX_ONLY(arg_, bits_)                          \
	{                                                  \
		(arg_), UINT32_MAX & ~(uint32_t)(bits_), 0 \
	}
#define SANDBOX_NULL(arg_)            \
	{                             \
		(arg_), UINT64_MAX, 0 \
	}

#define SANDBOX_TESTS 2

/* A system call that may be made if all tests hold; of several rows with one
 * name any will do.  One that a processor does not have is passed over. */
struct sandbox_call {
	const char *name;
	const char *how; /* the tests in words; NULL: there are none */
	struct sandbox_test tests[SANDBOX_TESTS];
};

struct sandbox_role {
	const char *name;		  /* "worker" */
	const struct sandbox_call *calls; /* besides the common ones; ends with
					   * a name of NULL */
};

/* What every role may: its memory, the time, its own end. */
extern const struct sandbox_call sandbox_common_calls[];

/* What may be read: all below a directory, or one file. */
struct sandbox_root {
	int fd; /* O_PATH will do */
	bool is_file;
};

struct sandbox_setup {
	enum sandbox_mode mode;
	const struct sandbox_role *role;
	const struct sandbox_root *roots;
	size_t root_count;
	/* Where others see 1 + the number of a call that was refused, until it
	 * is told: the process may not come to that.  NULL: nowhere. */
	_Atomic uint32_t *refused;
};

/* What of it is in force. */
enum sandbox_part {
	SANDBOX_LANDLOCK = 1,
	SANDBOX_SECCOMP = 2,
};

/*
 * Confines this process for good; no_new_privs is to be set.  A part that the
 * kernel lacks is left out (the master has said so), one that fails is
 * reported; with SANDBOX_REQUIRE either is an error.  Returns the parts in
 * force; -1 with err.
 */
int sandbox_enter(const struct sandbox_setup *, struct err *);

/* ---- what it refuses ---- */

/*
 * A call that the table does not allow fails with EPERM and is remembered.
 * To be called in each turn: says what was refused, each call once a second
 * at most.
 */
void sandbox_tell_refused(void);
/* The same of a process that ended before it could; who: "worker 1 (pid 7)". */
void sandbox_tell_refused_to(const char *who, uint32_t refused);

/* ---- what the kernel at hand can ---- */

/* Landlock grew by versions of its ABI: what came with which. */
#define SANDBOX_ABI_TRUNCATE 3
#define SANDBOX_ABI_TCP 4
#define SANDBOX_ABI_DEVICES 5
#define SANDBOX_ABI_SCOPES 6

struct sandbox_support {
	int landlock_abi;	  /* 0: none */
	const char *landlock_why; /* ... for this reason */
	bool seccomp;
	const char *seccomp_why; /* why not */
	bool names_calls;	 /* what is refused is told by its name */
};

void sandbox_probe(struct sandbox_support *);
/* What is missing altogether, in words; false: nothing is. */
#define SANDBOX_TEXT 256
bool sandbox_lacks(const struct sandbox_support *, char text_r[SANDBOX_TEXT]);
/* Whether this processor has the call at all. */
bool sandbox_call_exists(const char *name);

#endif
