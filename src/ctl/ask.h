/* SPDX-License-Identifier: BSD-2-Clause */
/* Asking a running server, and printing what it says. */
#ifndef DROVER_CTL_ASK_H
#define DROVER_CTL_ASK_H

#include "ctl/options.h"

/* Exit statuses. */
enum ctl_status {
	CTL_DONE = 0,
	CTL_FAILED = 1,	     /* the reason is on standard error */
	CTL_USAGE = 2,	     /* the command line is wrong */
	CTL_NOT_RUNNING = 3, /* nobody listens on the socket */
	CTL_MOVED,	     /* none, but: another is to be asked */
};

enum ctl_status ask(const struct ctl_options *);
/* Says why on standard error: CTL_FAILED. */
enum ctl_status ctl_fail(const char *why);

#endif
