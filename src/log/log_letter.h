/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The letters of a LogFormat: one row each, which says what it prints and
 * what it takes; and what a format is compiled to.  Shared by the files that
 * compile and those that print.
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

	/* Of JSON, see log_json.c. */
	bool is_long;		/* may be as long as a peer likes */
	bool in_string;		/* the format has quotes around it */
	size_t rest;		/* room for all behind it but what is long */
	unsigned longs;		/* long ones from here on */
};

struct log_format {
	size_t count;
	size_t least;	/* room that it needs, whatever is cut */
	bool json;
	struct log_item items[];
};

struct log_letter {
	const char *name;	/* "h", "^FB" */
	bool original;		/* without < or > */
	bool is_long;
	log_print *print;
	log_prepare *prepare;	/* NULL: takes no {argument} */
};

/* What is never known: "-". */
log_print log_print_dash;
/* "-" for an empty text. */
void log_print_text(struct log_out *, struct span);

/* That of which the text begins with the name; NULL: there is none. */
const struct log_letter *log_letter_find(const char *text);
/*
 * One of a list of words, NULL at its end, becomes the item's number: the
 * first without {argument}.
 */
int log_prepare_word(
    struct log_item *, const char *const *words, struct err *);
/* For {c}, which asks for the connection instead of who is behind it. */
log_prepare log_prepare_connection;
/* Whether the letter stands in the line for this exchange. */
bool log_item_applies(const struct log_item *, const struct exchange *);

/* log_peer.c */
log_print log_peer_remote_ip, log_peer_local_ip, log_peer_port, log_peer_pid;
log_print log_peer_server_name, log_peer_used_name;
log_prepare log_peer_prepare_port, log_peer_prepare_pid;

/* log_time.c */
log_print log_time_default, log_time_taken_us, log_time_taken;
log_print log_time_first_byte;
log_prepare log_time_prepare, log_time_prepare_unit;

/* log_field.c */
log_print log_field_request, log_field_response, log_field_cookie;
log_print log_field_variable, log_field_note, log_field_trailer;
log_prepare log_field_prepare;

/* log_json.c: what log_format.c does, for a format that is JSON. */
size_t log_json_print(
    const struct log_format *, struct exchange *, char *to, size_t room);
/* Shares the room of a line out; -1 with err if it is too little. */
int log_json_prepare(struct log_format *, struct err *);

#endif
