/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line, Apache's: what is to be done, and with what settings. */
#ifndef DROVER_MASTER_OPTIONS_H
#define DROVER_MASTER_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "base/report.h"
#include "conf/conf.h"
#include "worker/explain.h"

enum options_command {
	OPTIONS_START, /* -k start, and no command at all */
	OPTIONS_STOP,
	OPTIONS_GRACEFUL_STOP,
	OPTIONS_RESTART,
	OPTIONS_GRACEFUL,
	OPTIONS_UPGRADE,
	OPTIONS_TEST,	    /* -t */
	OPTIONS_EXPLAIN,    /* explain */
	OPTIONS_DUMP,	    /* -S, -M, -D DUMP_…: what dump says */
	OPTIONS_VERSION,    /* -v */
	OPTIONS_BUILD,	    /* -V */
	OPTIONS_MODULES,    /* -l */
	OPTIONS_DIRECTIVES, /* -L */
	OPTIONS_HELP,	    /* -h */
};

/* Bits of options.dump. */
enum options_dump {
	OPTIONS_DUMP_HOSTS = 1,	  /* -S, DUMP_VHOSTS */
	OPTIONS_DUMP_RUN = 2,	  /* -S, DUMP_RUN_CFG */
	OPTIONS_DUMP_MODULES = 4, /* -M, DUMP_MODULES */
	OPTIONS_DUMP_CONFIG = 8,  /* DUMP_CONFIG */
	OPTIONS_DUMP_CONTROL = 16, /* DUMP_CONTROL */
	OPTIONS_DUMP_INCLUDES = 32, /* DUMP_INCLUDES */
};

struct options {
	enum options_command command;
	unsigned dump;
	bool foreground;	       /* -D FOREGROUND, -X */
	bool single;		       /* -X: one worker, in the foreground */
	bool json;		       /* --json */
	bool needs_folder;	       /* -d or -E is from where one stands */
	enum report_level start_level; /* -e */
	const char *start_log;	       /* -E; NULL: standard error */
	struct conf_options conf;      /* file and server_root are absolute */
	struct explain_request explain;
	/* Storage of what conf points to. */
	char *file, *server_root;
	const char **defines, **before, **after, **fields;
};

/*
 * Fills options from the arguments, which stay in use.  -1 with err (to be
 * printed with the usage); released by the caller in both cases.
 */
int options_parse(struct options *, int argc, char **argv, struct err *);
void options_release(struct options *);
void options_usage(FILE *, const char *program);

#endif
