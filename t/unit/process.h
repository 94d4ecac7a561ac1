/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Children, pipes and directories for tests of processes.  What cannot fail
 * in a sound environment ends the test program with a message.
 */
#ifndef UNIT_PROCESS_H
#define UNIT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Runs in a child, which exits with what run returns; its pid. */
pid_t process_start(int (*run)(void *), void *argument);
/* Waits; the exit status, or 128 and the signal that killed it. */
int process_end(pid_t);
/* process_start and process_end. */
int process_run(int (*run)(void *), void *argument);

/* A pipe with O_CLOEXEC: fds[0] is read, fds[1] written. */
void process_pipe(int fds[2]);
/* Writes one byte; waits for one: false at the end of the file. */
void process_tell(int fd);
bool process_wait(int fd);
/* Reads to the end, at most size - 1 bytes, and ends it with a NUL. */
size_t process_read(int fd, char *to, size_t size);

/* Makes a directory for the test and goes there; removes it with all. */
void process_enter_directory(void);
void process_leave_directory(void);
/* The same, for cmocka. */
int process_setup(void **state);
int process_teardown(void **state);

#endif
