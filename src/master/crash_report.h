/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said in the error log of a child that died of itself: where it
 * crashed, and what it was at.  All of it was the child's to write, so texts
 * are cut, and escaped as the error log does, and numbers are only printed.
 */
#ifndef DROVER_MASTER_CRASH_REPORT_H
#define DROVER_MASTER_CRASH_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "ipc/scoreboard.h"

/* Of many deaths in a short time the first are told of at length. */
struct crash_reports {
	int64_t since_ms; /* that time began */
	unsigned count;
};

/* True: this one at length.  The first that is not is announced. */
bool crash_reports_next(struct crash_reports *);

/* who: "worker 1 (pid 77)".  Nothing is said where there is no record. */
void crash_report(const char *who, const struct crash_record *, bool at_length);
/* The requests that a dead worker had not finished, a line each. */
void crash_report_requests(const char *who, const struct worker_slot *);

#define CRASH_WORK_SIZE 704
/* ", busy for 192.0.2.1 with \"GET / HTTP/1.1\"", or "". */
void crash_work(char to[CRASH_WORK_SIZE], const struct worker_slot *);

#endif
