/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of drover-request: curl's letters where there is one. */
#ifndef DROVER_CLIENT_OPTIONS_H
#define DROVER_CLIENT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "client/outcome.h"

/* In the order given; the texts are the arguments themselves. */
struct text_list {
	const char **items;
	size_t count;
};

enum data_kind {
	DATA_TEXT,    /* -d: @FILE is read without its line ends */
	DATA_BINARY,  /* --data-binary: @FILE is sent as it is */
	DATA_RAW,     /* --data-raw: "@" means nothing */
	DATA_ENCODED, /* --data-urlencode */
	DATA_FORM,    /* -F */
};

struct data {
	enum data_kind kind;
	const char *text;
};

enum options_command {
	OPTIONS_REQUEST,
	OPTIONS_HELP,
	OPTIONS_VERSION,
};

struct options {
	enum options_command command;
	const char *method; /* never NULL after options_parse() */
	const char *request_target;
	const char *user, *user_agent, *referer, *range;
	const char *upload; /* -T */
	struct text_list headers, resolves, urls;
	struct text_list outputs; /* NULL: named by the URL (-O) */
	struct data *data;
	size_t data_count;
	bool head, include, silent, show_error, follow, fail, http10;
	unsigned verbose;
	uint64_t max_redirects;
	int64_t max_time_ms, connect_timeout_ms; /* 0: for ever */
};

/*
 * Fills options from the arguments, which stay in use.  Anything but
 * OUTCOME_OK comes with err; released by the caller in both cases.
 */
enum outcome options_parse(
    struct options *, int argc, char **argv, struct err *);
void options_release(struct options *);
void options_help(FILE *);

#endif
