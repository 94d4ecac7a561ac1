/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of a worker mean here what they meant there: it was forked from
 * this process, and loads nothing afterwards.
 */
#include "config.h"

#include "master/crash_report.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/report.h"

/* So many at length in this time. */
#define REPORTS_MAX 10
#define ROW_MS 10000

#define PLACE_SIZE 512
#define CAUSE_SIZE 96

bool
crash_reports_next(struct crash_reports *r)
{
	int64_t now = clock_now_ms();

	if (r->since_ms == 0 || now - r->since_ms > ROW_MS) {
		r->since_ms = now;
		r->count = 0;
	}
	if (++r->count == REPORTS_MAX + 1)
		report(REPORT_ERROR, "master",
		    "more deaths within %d s are told of in short",
		    ROW_MS / 1000);
	return r->count <= REPORTS_MAX;
}

/* ---- words for signals and addresses ---- */

static const struct {
	int signal, code;
	const char *name;
} codes[] = {
	{ SIGSEGV, SEGV_MAPERR, "SEGV_MAPERR" },
	{ SIGSEGV, SEGV_ACCERR, "SEGV_ACCERR" },
	{ SIGSEGV, SI_KERNEL, "SI_KERNEL" },
	{ SIGBUS, BUS_ADRALN, "BUS_ADRALN" },
	{ SIGBUS, BUS_ADRERR, "BUS_ADRERR" },
	{ SIGBUS, BUS_OBJERR, "BUS_OBJERR" },
	{ SIGFPE, FPE_INTDIV, "FPE_INTDIV" },
	{ SIGFPE, FPE_INTOVF, "FPE_INTOVF" },
	{ SIGILL, ILL_ILLOPC, "ILL_ILLOPC" },
	{ SIGILL, ILL_ILLOPN, "ILL_ILLOPN" },
	{ SIGILL, ILL_ILLADR, "ILL_ILLADR" },
	{ SIGILL, ILL_PRVOPC, "ILL_PRVOPC" },
	{ SIGTRAP, TRAP_BRKPT, "TRAP_BRKPT" },
	{ SIGTRAP, SI_KERNEL, "SI_KERNEL" },
};

static const char *
code_name(const struct crash_record *r)
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].signal == r->signal && codes[i].code == r->code)
			return codes[i].name;
	return NULL;
}

/* "SIGSEGV (SEGV_MAPERR), address 0x10", "SIGABRT, sent by pid 77". */
static void
print_cause(char to[CAUSE_SIZE], const struct crash_record *r)
{
	const char *name = sigabbrev_np(r->signal);
	const char *code = code_name(r);
	size_t len;

	if (name != NULL)
		snprintf(to, CAUSE_SIZE, "SIG%s", name);
	else
		snprintf(to, CAUSE_SIZE, "signal %d", (int)r->signal);
	len = strlen(to);
	if (r->code == SI_USER || r->code == SI_TKILL || r->code == SI_QUEUE)
		snprintf(to + len, CAUSE_SIZE - len, ", sent by pid %d",
		    (int)r->sender);
	else if (code != NULL)
		snprintf(to + len, CAUSE_SIZE - len,
		    " (%s), address 0x%" PRIx64, code, r->address);
	else
		snprintf(to + len, CAUSE_SIZE - len,
		    " (code %d), address 0x%" PRIx64, (int)r->code, r->address);
}

/* dladdr would tell the title of this process for its own program. */
static const char *
module_name(const Dl_info *info)
{
	Dl_info own;

	if (dladdr(codes, &own) != 0 && own.dli_fbase == info->dli_fbase)
		return "drover";
	return info->dli_fname;
}

/*
 * "drover+0x1234 (conn_input+0x20)".  A return address may already belong to
 * what follows the function: it is the call before it that counts.
 */
static void
print_place(char to[PLACE_SIZE], uint64_t address, bool returns)
{
	uintptr_t at = (uintptr_t)address - (returns && address > 0);
	Dl_info info;
	size_t len;

	if (dladdr((void *)at, &info) == 0 || info.dli_fname == NULL) {
		snprintf(to, PLACE_SIZE, "0x%" PRIx64, address);
		return;
	}
	snprintf(to, PLACE_SIZE, "%.200s+0x%" PRIx64, module_name(&info),
	    address - (uintptr_t)info.dli_fbase);
	len = strlen(to);
	if (info.dli_sname != NULL)
		snprintf(to + len, PLACE_SIZE - len, " (%.200s+0x%" PRIxPTR ")",
		    info.dli_sname, at - (uintptr_t)info.dli_saddr);
}

/* ---- the record ---- */

static void
report_frames(const char *who, const struct crash_record *r)
{
	uint32_t count =
	    r->frames < CRASH_FRAMES_MAX ? r->frames : CRASH_FRAMES_MAX;
	char place[PLACE_SIZE], more[32];
	uint32_t i, same;

	for (i = 0; i < count; i += same) {
		for (same = 1; i + same < count; same++)
			if (r->frame[i + same] != r->frame[i])
				break;
		more[0] = '\0';
		if (same > 1)
			snprintf(
			    more, sizeof(more), ", %u times", (unsigned)same);
		print_place(place, r->frame[i], i > 0);
		report(REPORT_ERROR, "master", "%s crashed: #%u %s%s", who,
		    (unsigned)i, place, more);
	}
}

/* Bytes as they are but for NUL, which would end them here. */
static void
copy_text(char *to, size_t size, const char *from, size_t len)
{
	static const char nul[] = "\xe2\x90\x80"; /* U+2400 */
	size_t used = 0, i;

	for (i = 0; i < len && used + sizeof(nul) < size; i++)
		if (from[i] != '\0')
			to[used++] = from[i];
		else
			used = (size_t)(stpcpy(to + used, nul) - to);
	to[used] = '\0';
}

static void
report_note(const char *who, const struct crash_record *r)
{
	char text[CRASH_NOTE_MAX + 1];
	size_t len = r->note_len;

	if (len == 0)
		return;
	if (len > CRASH_NOTE_MAX)
		len = CRASH_NOTE_MAX;
	if (r->note[len - 1] == '\r')
		len--;
	copy_text(text, sizeof(text), r->note, len);
	report(
	    REPORT_ERROR, "master", "%s crashed while it read: %s", who, text);
}

void
crash_report(const char *who, const struct crash_record *record, bool at_length)
{
	struct crash_record r;
	char cause[CAUSE_SIZE], place[PLACE_SIZE];

	if (atomic_load(&record->state) == CRASH_NONE)
		return;
	memcpy(&r, record, sizeof(r));
	print_cause(cause, &r);
	print_place(place, r.pc, false);
	report(
	    REPORT_ERROR, "master", "%s crashed: %s, at %s", who, cause, place);
	report_note(who, &r);
	if (at_length)
		report_frames(who, &r);
}

/* ---- what it was at ---- */

/* Connections with a request whose head is complete. */
static unsigned
under_way(const struct worker_slot *slot)
{
	unsigned open = atomic_load(&slot->connections);
	unsigned others = atomic_load(&slot->stages[STAGE_NEW]) +
			  atomic_load(&slot->stages[STAGE_HEAD]) +
			  atomic_load(&slot->stages[STAGE_IDLE]) +
			  atomic_load(&slot->stages[STAGE_CLOSING]);

	return open > others ? open - others : 0;
}

/* What the server knows stands before what the client says. */
void
crash_report_requests(const char *who, const struct worker_slot *slot)
{
	int64_t now = clock_now_ms();
	unsigned shown = 0, all = under_way(slot), i;
	struct progress p;

	for (i = 0; i < PROGRESS_MAX; i++) {
		if (!scoreboard_progress(slot, i, &p))
			continue;
		shown++;
		report(REPORT_ERROR, "master",
		    "%s had under way for %.3f s, from %s: \"%s\" for \"%s\"",
		    who, (double)(now - p.since_ms) / 1000, p.client, p.request,
		    p.host);
	}
	if (shown == PROGRESS_MAX && all > shown)
		report(REPORT_ERROR, "master", "%s had %u more under way", who,
		    all - shown);
}

void
crash_work(char to[CRASH_WORK_SIZE], const struct worker_slot *slot)
{
	struct addr client = slot->client;
	char ip[ADDR_TEXT_SIZE];
	struct progress p = { .request = "" };
	const char *request = slot->request;

	to[0] = '\0';
	if (atomic_load(&slot->state) != WORKER_BUSY)
		return;
	if (request[0] == '\0' && slot->at > 0 && slot->at <= PROGRESS_MAX &&
	    scoreboard_progress(slot, slot->at - 1, &p))
		request = p.request;
	addr_print_ip(&client, ip);
	if (request[0] != '\0')
		snprintf(to, CRASH_WORK_SIZE, ", busy for %s with \"%.*s\"", ip,
		    (int)sizeof(slot->request), request);
	else if (client.len > 0)
		snprintf(to, CRASH_WORK_SIZE, ", busy for %s", ip);
}
