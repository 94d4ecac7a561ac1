/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the sandbox share. */
#ifndef DROVER_OS_SANDBOX_PRIVATE_H
#define DROVER_OS_SANDBOX_PRIVATE_H

#include "os/sandbox.h"

/* ---- sandbox_landlock.c ---- */

/* The version of the ABI; 0 with the reason why there is none. */
int sandbox_landlock_abi(const char **why_r);
/* Only the roots can be read from now on. */
int sandbox_landlock_enter(
    const struct sandbox_root *roots, size_t count, struct err *);

/* ---- sandbox_seccomp.c ---- */

/* NULL: the kernel has it; else why not. */
const char *sandbox_seccomp_lacks(void);
int sandbox_seccomp_enter(const struct sandbox_setup *, struct err *);
/* The name of a call into the buffer, its number if it has none. */
void sandbox_call_name(int number, char *name, size_t size);

/* ---- sandbox_refused.c ---- */

/* Whether this processor's calls can be made to fail by a signal handler. */
bool sandbox_can_catch(void);
/* Catches what the filter refuses; shown as in struct sandbox_setup. */
int sandbox_catch_refused(_Atomic uint32_t *shown);

#endif
