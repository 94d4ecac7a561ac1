/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handler of fatal signals.  It runs in a process of which nothing can be
 * trusted, so it takes no lock and no memory, writes what matters first, and
 * any further fault in it ends the process at once with what was written.
 */
#include "config.h"

#include "os/crash.h"

#include <execinfo.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

/* A signal's frame with the largest registers takes 12 KiB. */
#define STACK_SIZE 65536
/* The handler's own, and the one that the kernel made to call it. */
#define OWN_FRAMES_MAX 4

static struct crash_record *record;
static struct {
	const char *text;
	size_t len;
} noted;

#ifndef __SANITIZE_ADDRESS__
/* Pages that are never touched cost nothing. */
static _Alignas(16) char stack[STACK_SIZE];

static uint64_t
pc_of(const void *context)
{
#if defined(__x86_64__)
	const ucontext_t *c = context;

	return (uint64_t)c->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	const ucontext_t *c = context;

	return c->uc_mcontext.pc;
#else
	(void)context;
	return 0;
#endif
}

static void
keep_note(void)
{
	uint32_t i;

	for (i = 0; i < noted.len && i < CRASH_NOTE_MAX; i++) {
		if (noted.text[i] == '\n')
			break;
		record->note[i] = noted.text[i];
	}
	record->note_len = i;
}

/* The innermost is where the signal came; what is above it is the handler's
 * own. */
static void
keep_frames(void)
{
	void *found[CRASH_FRAMES_MAX + OWN_FRAMES_MAX];
	int count = backtrace(found, CRASH_FRAMES_MAX + OWN_FRAMES_MAX);
	int first, i;

	for (first = 0; first < count && first < OWN_FRAMES_MAX; first++)
		if ((uint64_t)(uintptr_t)found[first] == record->pc)
			break;
	if (first == count || first == OWN_FRAMES_MAX)
		first = 0;
	for (i = 0; i < CRASH_FRAMES_MAX && first + i < count; i++)
		record->frame[i] = (uint64_t)(uintptr_t)found[first + i];
	record->frames = (uint32_t)i;
}

/*
 * SA_RESETHAND has put the default action back, which the signal takes as soon
 * as it is no longer blocked: when this returns.  A fault would come again by
 * itself, but not a signal that somebody sent, or a trap.
 */
static void
crashed(int signal, siginfo_t *info, void *context)
{
	record->signal = signal;
	record->code = info->si_code;
	if (info->si_code == SI_USER || info->si_code == SI_TKILL ||
	    info->si_code == SI_QUEUE)
		record->sender = info->si_pid;
	else
		record->address = (uint64_t)(uintptr_t)info->si_addr;
	record->pc = pc_of(context);
	atomic_store(&record->state, CRASH_BEGUN);
	keep_note();
	keep_frames();
	atomic_store(&record->state, CRASH_WHOLE);
	if (raise(signal) != 0)
		_exit(128 + signal);
}

int
crash_catch(struct crash_record *where)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT,
		SIGTRAP };
	struct sigaction action = {
		.sa_sigaction = crashed,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND,
	};
	const stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };
	size_t i;

	record = where;
	/* A fault of the handler itself is blocked, and so kills. */
	sigfillset(&action.sa_mask);
	sigdelset(&action.sa_mask, SIGSYS);
	if (sigaltstack(&own, NULL) < 0)
		return -1;
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (sigaction(fatal[i], &action, NULL) < 0)
			return -1;
	return 0;
}

#else

/* AddressSanitizer has a handler that knows more. */
int
crash_catch(struct crash_record *where)
{
	record = where;
	return 0;
}

#endif

void
crash_prepare(void)
{
	void *frame[1];

	(void)backtrace(frame, 1);
}

void
crash_note(const char *text, size_t len)
{
	noted.text = text;
	noted.len = len;
}
