/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with the number of arguments, alike for all statements. */
#include "config.h"

#include "conf/arguments.h"

#include <string.h>

static bool
refuse(struct diag *diag, const struct conf_place *place, const char *what,
    const struct argument_rule *r)
{
	const char *syntax = r->syntax ? r->syntax : "";

	diag_error(diag, place, "%s: %s%s%s%s%s", what, r->section ? "<" : "",
	    r->name, *syntax ? " " : "", syntax, r->section ? ">" : "");
	return false;
}

/* args[max] is too much. */
static bool
refuse_extra(struct diag *diag, const struct statement *st,
    const struct argument_rule *r)
{
	const struct word *first = &st->args[0], *extra = &st->args[r->max];

	if (!r->section && strcmp(first->text, "=") == 0)
		return refuse(
		    diag, &first->place, "a value stands without =", r);
	return refuse(diag, &extra->place,
	    *extra->text == '#' ? "a comment needs a line of its own"
				: "more arguments than it takes",
	    r);
}

bool
arguments_check(struct diag *diag, const struct statement *st,
    const struct argument_rule *r)
{
	bool one_or_more = r->min == 1 && (r->max == 1 || r->max == -1);

	if (st->arg_count < r->min)
		return refuse(diag, &st->place, "an argument is missing", r);
	if (r->max != -1 && st->arg_count > r->max)
		return refuse_extra(diag, st, r);
	/* A default may be empty. */
	if (one_or_more && *st->args[0].text == '\0' && st->place.file)
		return refuse(
		    diag, &st->args[0].place, "an argument is empty", r);
	return true;
}
