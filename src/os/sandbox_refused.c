/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a call that the filter refuses: the kernel sends SIGSYS in
 * its place, the handler notes which it was and makes it fail with EPERM.  The
 * note is read later, for nothing can be said in the middle of anything.
 */
#include "config.h"

#include "os/sandbox_private.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <ucontext.h>

#include "base/clock.h"
#include "base/report.h"

#define TELL_MS 1000
/* Different calls; what comes after them is counted with the last. */
#define NOTES 64

struct note {
	int number;
	unsigned count;	 /* not told yet; 0 and told_ms 0: free */
	int64_t told_ms; /* when it last was */
};

/* The handler adds, the turn tells. */
static struct {
	volatile sig_atomic_t untold;
	_Atomic uint32_t *shown; /* to others, until it is told */
	volatile struct note notes[NOTES];
} refused;

#if defined(__x86_64__)
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#elif defined(__aarch64__)
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#endif

bool
sandbox_can_catch(void)
{
#ifdef RESULT
	return true;
#else
	return false;
#endif
}

#ifdef RESULT
static void
take_note(int number)
{
	volatile struct note *note = refused.notes;

	while (note < &refused.notes[NOTES - 1] && note->number != number &&
	       (note->count > 0 || note->told_ms > 0))
		note++;
	note->number = number;
	note->count++;
	refused.untold = 1;
	if (refused.shown != NULL)
		atomic_store(refused.shown, (uint32_t)number + 1);
}

static void
handle(int signal, siginfo_t *info, void *context)
{
	ucontext_t *registers = context;

	(void)signal;
	/* Not one that somebody sent. */
	if (info->si_code != 1 /* SYS_SECCOMP */)
		return;
	take_note(info->si_syscall);
	RESULT(registers) = -EPERM;
}
#endif

int
sandbox_catch_refused(_Atomic uint32_t *shown)
{
#ifdef RESULT
	struct sigaction action = {
		.sa_sigaction = handle,
		/* On the stack of its own, if there is one. */
		.sa_flags = SA_SIGINFO | SA_ONSTACK,
	};

	refused.shown = shown;
	sigfillset(&action.sa_mask);
	return sigaction(SIGSYS, &action, NULL);
#else
	(void)shown;
	return 0;
#endif
}

static void
tell(int number, unsigned count)
{
	char name[64];

	sandbox_call_name(number, name, sizeof(name));
	if (count == 1)
		report(REPORT_CRIT, "sandbox", "the sandbox refused %s", name);
	else
		report(REPORT_CRIT, "sandbox",
		    "the sandbox refused %s, times: %u", name, count);
}

void
sandbox_tell_refused(void)
{
	int64_t now;

	if (!refused.untold)
		return;
	now = clock_now_ms();
	refused.untold = 0;
	for (size_t i = 0; i < NOTES; i++) {
		volatile struct note *note = &refused.notes[i];
		unsigned count = note->count;

		if (count == 0)
			continue;
		if (note->told_ms > 0 && now - note->told_ms < TELL_MS) {
			refused.untold = 1;
			continue;
		}
		note->told_ms = now;
		note->count = 0;
		tell(note->number, count);
	}
	if (!refused.untold && refused.shown != NULL)
		atomic_store(refused.shown, 0);
}

void
sandbox_tell_refused_to(const char *who, uint32_t number)
{
	char name[64];

	if (number == 0)
		return;
	sandbox_call_name((int)(number - 1), name, sizeof(name));
	report(REPORT_CRIT, "sandbox",
	    "the sandbox refused %s to %s, which has ended since", name, who);
}
