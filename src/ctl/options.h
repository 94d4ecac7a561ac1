/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of droverctl. */
#ifndef DROVER_CTL_OPTIONS_H
#define DROVER_CTL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "ipc/control.h"

enum ctl_task {
	CTL_ASK,   /* the server, over its socket */
	CTL_START, /* a server */
	CTL_TEST,  /* its settings */
	CTL_HELP,
	CTL_VERSION,
};

struct ctl_options {
	enum ctl_task task;
	enum control_command command; /* CTL_ASK */
	char *argument;		      /* owned; NULL: none */
	const char *socket;	      /* -s */
	const char *server;	      /* --server: its program */
	int64_t timeout_ms;	      /* 0: none */
	/* What the server's program is to know: -d, -f, -C, -c, -D. */
	char **passed; /* owned; ends with NULL */
	size_t passed_count;
};

/* -1 with err; released by the caller in both cases. */
int ctl_options_parse(
    struct ctl_options *, int argc, char **argv, struct err *);
void ctl_options_release(struct ctl_options *);
void ctl_options_help(FILE *);

#endif
