/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For LD_PRELOAD, by tests of workers that die: opening a file whose name says
 * so crashes the process, or makes it spin, and so does the parsing of a
 * certain address.  It stands in the place of libc's syscall(), by which the
 * server opens what a request names, and inet_pton(); the server itself has no
 * such door.
 */
#include "config.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not optimised away, not static: a backtrace names them. */
void faults_segv(void);
unsigned faults_deep(volatile unsigned char *);

static volatile unsigned zero;

void
faults_segv(void)
{
	*(volatile int *)(uintptr_t)(0x10 + zero) = 1;
}

/* Uses up the stack. */
unsigned
faults_deep(volatile unsigned char *above)
{
	volatile unsigned char here[1024];

	here[0] = (unsigned char)(above[0] + 1);
	return zero == 0 ? faults_deep(here) + here[0] : 0;
}

/* A page behind the end of a file: a worker has it from its parent, since it
 * may make none itself. */
static volatile char *behind_end;

__attribute__((constructor)) static void
prepare(void)
{
	int fd = memfd_create("faults", MFD_CLOEXEC);

	behind_end =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
}

static void
faults_bus(void)
{
	behind_end[0] = 1;
}

static void
faults_happen(const char *name)
{
	static volatile unsigned char first[1];

	if (strcmp(name, "crash-segv") == 0)
		faults_segv();
	else if (strcmp(name, "crash-stack") == 0)
		zero = faults_deep(first);
	else if (strcmp(name, "crash-bus") == 0)
		faults_bus();
	else if (strcmp(name, "crash-ill") == 0)
		__builtin_trap();
	else if (strcmp(name, "crash-fpe") == 0)
		raise(SIGFPE);
	else if (strcmp(name, "crash-trap") == 0)
		raise(SIGTRAP);
	else if (strcmp(name, "crash-abort") == 0)
		abort();
	else if (strcmp(name, "spin") == 0)
		for (;;)
			zero = 0;
}

/* Of "Host: [::dead]". */
int
inet_pton(int family, const char *text, void *to)
{
	static int (*real)(int, const char *, void *);

	if (strcmp(text, "::dead") == 0)
		faults_segv();
	if (real == NULL) {
		void *found = dlsym(RTLD_NEXT, "inet_pton");
		memcpy(&real, &found, sizeof(real));
	}
	return real(family, text, to);
}

long
syscall(long number, ...)
{
	static long (*real)(long, ...);
	long a[6];
	va_list args;
	const char *path, *name;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_openat2) {
		memcpy(&path, &a[1], sizeof(path));
		name = strrchr(path, '/');
		faults_happen(name == NULL ? path : name + 1);
	}
	if (real == NULL) {
		void *found = dlsym(RTLD_NEXT, "syscall");
		memcpy(&real, &found, sizeof(real));
	}
	return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
