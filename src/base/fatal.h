/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a process for a fault of the machine that it cannot outlive.  A
 * worker may die (the master replaces it); the master never calls these once
 * it serves.
 */
#ifndef DROVER_BASE_FATAL_H
#define DROVER_BASE_FATAL_H

/* Reports at level emerg, with errno's words if errno is not 0; exits 1. */
_Noreturn void fatal(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
