/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process that dies of a fault of its own leaves behind, in memory that
 * it shares with whoever reaps it.  Writing is safe in a signal handler, on a
 * stack of its own, and needs no system call but those of dying.  Who reads
 * trusts nothing in it: the process may have been mad.
 */
#ifndef DROVER_OS_CRASH_H
#define DROVER_OS_CRASH_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define CRASH_FRAMES_MAX 32
#define CRASH_NOTE_MAX 512

enum crash_state {
	CRASH_NONE,
	CRASH_BEGUN, /* the signal is there; what was to follow may lack */
	CRASH_WHOLE,
};

struct crash_record {
	_Atomic uint32_t state; /* enum crash_state */
	int32_t signal, code;	/* as in siginfo_t */
	int32_t sender;		/* a pid, when code says that it was sent */
	uint64_t address;	/* that could not be used, else */
	uint64_t pc;		/* of what it did then; 0: not known */
	uint32_t frames;	/* of the backtrace, the innermost first */
	uint32_t note_len;	/* of note */
	uint64_t frame[CRASH_FRAMES_MAX];
	char note[CRASH_NOTE_MAX];
	/* Of the sandbox, crash or not: 1 + the number of a call that it
	 * refused and that the process has not told of yet; 0: none. */
	_Atomic uint32_t refused;
};

/*
 * Once, in the parent of those who will catch: loads what a backtrace needs,
 * which must not happen in a handler, nor where files cannot be opened.
 */
void crash_prepare(void);
/*
 * From now on SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT and SIGTRAP fill the
 * record, and then do what they do by default.  The main thread's alone has
 * the stack to do so when its own is used up.  0, or -1 with errno.
 */
int crash_catch(struct crash_record *);
/*
 * Text that this process is at work on: the record of a crash is to have its
 * first line (behind it may stand what is nobody's business).  It is not looked
 * at before.  len 0: none.
 */
void crash_note(const char *text, size_t len);

#endif
