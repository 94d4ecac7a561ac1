/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The letters of a LogFormat: one row each, which says what it prints and
 * what it takes.  Shared by log_format.c, which compiles, and the files that
 * print.
 */
#ifndef DROVER_LOG_LOG_LETTER_H
#define DROVER_LOG_LOG_LETTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "http/exchange.h"
#include "log/log_out.h"

struct log_item;

typedef void log_print(
    const struct log_item *, struct exchange *, struct log_out *);
/* Checks {argument} and fills number or text.  -1 with err. */
typedef int log_prepare(struct log_item *, struct arena *, struct err *);

/* Bytes of text before a letter that one step takes; more are more steps. */
#define LOG_BEFORE_MAX 16

/* One step of a format: a little text, then what a letter stands for. */
struct log_item {
	char before[LOG_BEFORE_MAX];
	size_t before_len;
	log_print *print;	/* NULL: the text was all */
	struct span text;	/* {argument} */
	int number;		/* what prepare made of it */
	const int *statuses;	/* zero-terminated; NULL: any */
	bool except;		/* statuses are those for which "-" is printed */
	bool original;		/* of the request before internal redirects */
};

struct log_letter {
	char letter;
	bool original;		/* without < or > */
	log_print *print;
	log_prepare *prepare;	/* NULL: takes no {argument} */
};

/* What is never known: "-". */
log_print log_print_dash;

/* NULL: there is no such letter. */
const struct log_letter *log_letter_find(char letter);

/* log_time.c */
log_print log_time_default, log_time_format, log_time_taken_us;
log_print log_time_taken;
log_prepare log_time_prepare, log_time_prepare_unit;

/* log_field.c */
log_print log_field_request, log_field_response, log_field_cookie;
log_prepare log_field_prepare;

#endif
