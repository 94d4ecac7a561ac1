/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one Header or RequestHeader does, and lists of them.  headers.c says on
 * which fields and when.
 */
#ifndef DROVER_HANDLERS_HEADER_ACTION_H
#define DROVER_HANDLERS_HEADER_ACTION_H

#include "handlers/header_value.h"

enum header_verb {
	HEADER_ADD,
	HEADER_APPEND,
	HEADER_ECHO,
	HEADER_EDIT,
	HEADER_EDIT_ALL,
	HEADER_MERGE,
	HEADER_NOTE,
	HEADER_SET,
	HEADER_SET_IF_EMPTY,
	HEADER_UNSET,
};

struct header_action {
	enum header_verb verb;
	bool always;		   /* into every answer, errors too */
	bool early;		   /* before anything else is looked at */
	bool unless;		   /* env=! */
	struct span variable;	   /* env=; empty: no condition */
	struct span name;	   /* of the field */
	enum field_id id;	   /* its number */
	const struct regex *regex; /* echo, edit */
	struct header_value value;
};

struct header_list {
	const struct header_action *actions;
	size_t count, early_count;
};

/* directive.parse and merge of a struct header_list: those of the outer scope
 * come first. */
directive_parse header_action_parse;
directive_merge header_action_merge;

/*
 * Does it to the list, unless its condition does not hold.  -1 without memory.
 */
int header_action_run(
    const struct header_action *, struct exchange *, struct field_list *);

#endif
