/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The value that Header or RequestHeader gives to a field: text, and what is
 * known only when there is a request.
 */
#ifndef DROVER_HANDLERS_HEADER_VALUE_H
#define DROVER_HANDLERS_HEADER_VALUE_H

#include "base/regex.h"
#include "http/module.h"

enum header_piece_kind {
	HEADER_PIECE_TEXT,
	HEADER_PIECE_TIME,     /* %t */
	HEADER_PIECE_DURATION, /* %D */
	HEADER_PIECE_VARIABLE, /* %{...}e */
	HEADER_PIECE_TLS,      /* %{...}s */
};

struct header_piece {
	enum header_piece_kind kind;
	struct span text; /* or the variable's name */
};

struct header_value {
	const struct header_piece *pieces;
	size_t count;
};

/* An argument of a directive; -1 after an error at it. */
int header_value_parse(const struct directive_use *, int arg,
    bool is_replacement, struct header_value *value_r);
/*
 * What it is for a request, in the arena or of the configuration.  Where groups
 * are given, $0 to $9 in its text are what these matched, and a backslash
 * makes the next character an ordinary one.  No byte that could end a line
 * gets into it: where one comes from a request it is a space.  ptr NULL
 * without memory.
 */
struct span header_value_make(const struct header_value *, struct exchange *,
    const struct span groups[REGEX_GROUPS]);

#endif
