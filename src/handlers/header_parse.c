/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the arguments of Header and RequestHeader to an action.  What would
 * break the framing of messages is told and left out.
 */
#include "config.h"

#include <strings.h>

#include "handlers/header_action.h"
#include "wire/h1_scan.h"

static const struct verb {
	const char *word;
	enum header_verb verb;
	int values;
} verbs[] = {
	{ "add", HEADER_ADD, 1 },
	{ "append", HEADER_APPEND, 1 },
	{ "echo", HEADER_ECHO, 0 },
	{ "edit", HEADER_EDIT, 2 },
	{ "edit*", HEADER_EDIT_ALL, 2 },
	{ "merge", HEADER_MERGE, 1 },
	{ "note", HEADER_NOTE, 1 },
	{ "set", HEADER_SET, 1 },
	{ "setifempty", HEADER_SET_IF_EMPTY, 1 },
	{ "unset", HEADER_UNSET, 0 },
};

static bool
is_of_request(const struct directive_use *use)
{
	return strcasecmp(use->row->name, "RequestHeader") == 0;
}

/* NULL after an error. */
static const struct verb *
parse_verb(const struct directive_use *use, int arg)
{
	if (arg >= use->arg_count) {
		directive_error(use, arg - 1, "what to do belongs behind it");
		return NULL;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcasecmp(use->args[arg], verbs[i].word) != 0)
			continue;
		if (is_of_request(use) && (verbs[i].verb == HEADER_ECHO ||
					      verbs[i].verb == HEADER_NOTE)) {
			directive_error(use, arg,
			    "RequestHeader knows no \"%s\"", verbs[i].word);
			return NULL;
		}
		return &verbs[i];
	}
	directive_error(use, arg,
	    "\"%s\" is none of set, append, add, merge, unset, edit, edit*, "
	    "setifempty%s",
	    use->args[arg], is_of_request(use) ? "" : ", note and echo");
	return NULL;
}

/* As in Apache a colon may stand behind it. */
static int
parse_name(
    const struct directive_use *use, int arg, struct header_action *action)
{
	struct span name = span_str(use->args[arg]);

	if (action->verb == HEADER_ECHO) {
		action->regex = directive_regex(use, arg, 0, true);
		return action->regex == NULL ? -1 : 0;
	}
	if (name.len > 1 && name.ptr[name.len - 1] == ':')
		name.len--;
	if (name.len == 0 || h1_scan_token(name.ptr, 0, name.len) != name.len)
		return directive_error(use, arg,
		    "\"%s\" cannot be the name of a field", use->args[arg]);
	action->name = name;
	action->id = field_find(name);
	return 0;
}

static int
parse_values(const struct directive_use *use, int arg, const struct verb *verb,
    struct header_action *action)
{
	if (arg + verb->values > use->arg_count)
		return directive_error(use, arg - 1,
		    verb->values == 2 ? "a pattern and what takes its place "
					"belong behind it"
				      : "a value belongs behind it");
	if (verb->values == 0)
		return 0;
	if (verb->values == 2) {
		action->regex = directive_regex(use, arg, 0, false);
		if (action->regex == NULL)
			return -1;
	}
	arg += verb->values - 1;
	if (span_starts_nocase(span_str(use->args[arg]), "expr="))
		return directive_error(
		    use, arg, "expressions (expr=) are not supported");
	return header_value_parse(use, arg, verb->values == 2, &action->value);
}

static int
parse_variable(
    const struct directive_use *use, int arg, struct header_action *action)
{
	action->variable = span_skip(span_str(use->args[arg]), strlen("env="));
	action->unless = span_starts(action->variable, "!");
	if (action->unless)
		action->variable = span_skip(action->variable, 1);
	if (action->variable.len == 0)
		return directive_error(
		    use, arg, "a variable's name is missing");
	return 0;
}

static int
parse_condition(
    const struct directive_use *use, int arg, struct header_action *action)
{
	struct span text;

	if (arg >= use->arg_count)
		return 0;
	text = span_str(use->args[arg]);
	if (arg + 1 < use->arg_count)
		return directive_error(
		    use, arg + 1, "one condition is all that may follow");
	if (span_starts_nocase(text, "env="))
		return parse_variable(use, arg, action);
	if (span_starts_nocase(text, "expr="))
		return directive_error(
		    use, arg, "expressions (expr=) are not supported");
	if (!span_is_nocase(text, "early"))
		return directive_error(use, arg,
		    "\"%s\" is neither early nor env=variable; a value of "
		    "several words stands in quotes",
		    use->args[arg]);
	if (use->context == IN_DIRECTORY)
		return directive_error(use, arg,
		    "early is before it is known which sections hold");
	action->early = true;
	return 0;
}

static bool
say_vain(const struct directive_use *use, int arg, const char *why)
{
	directive_word_no_effect(
	    use, arg, &(struct directive_word){ .text = use->args[arg] }, why);
	return true;
}

/* Whether it is about what the server alone can say, told with a warning. */
static bool
is_vain(const struct directive_use *use, int arg, const struct header_action *a)
{
	switch (a->id) {
	case FIELD_CONTENT_LENGTH:
	case FIELD_TRANSFER_ENCODING:
		return say_vain(use, arg, "it says where a message ends");
	case FIELD_CONNECTION:
		return is_of_request(use) &&
		       say_vain(
			   use, arg, "it is between the client and the server");
	case FIELD_DATE:
		return !is_of_request(use) &&
		       say_vain(use, arg, "as in Apache");
	case FIELD_SERVER:
		return !is_of_request(use) &&
		       say_vain(use, arg, "as in Apache; see ServerTokens");
	default:
		return false;
	}
}

static bool
adds(enum header_verb verb)
{
	return verb == HEADER_ADD || verb == HEADER_APPEND ||
	       verb == HEADER_MERGE;
}

int
header_action_parse(const struct directive_use *use, void *field)
{
	struct header_list *list = field;
	struct header_action action = { .always = false };
	const struct verb *verb;
	int arg = 0;
	void *all;

	if (!is_of_request(use)) {
		action.always = strcasecmp(use->args[0], "always") == 0;
		arg +=
		    action.always || strcasecmp(use->args[0], "onsuccess") == 0;
	}
	verb = parse_verb(use, arg);
	if (verb == NULL)
		return -1;
	action.verb = verb->verb;
	if (++arg >= use->arg_count)
		return directive_error(
		    use, arg - 1, "the name of a field belongs behind it");
	if (parse_name(use, arg, &action) != 0 ||
	    parse_values(use, arg + 1, verb, &action) != 0 ||
	    parse_condition(use, arg + 1 + verb->values, &action) != 0)
		return -1;
	if (is_vain(use, arg, &action))
		return 0;
	if (action.id == FIELD_CONTENT_TYPE && adds(action.verb)) {
		say_vain(use, arg - 1, "a message has one type");
		return 0;
	}
	all = arena_append(
	    use->arena, list->actions, list->count, &action, 1, sizeof(action));
	if (all == NULL)
		return -1;
	list->actions = all;
	list->count++;
	list->early_count += action.early;
	return 0;
}

int
header_action_merge(struct arena *arena, void *field, const void *outer_field)
{
	const struct header_list *outer = outer_field;
	struct header_list *list = field;
	struct header_action *all;

	all = arena_calloc(arena, outer->count + list->count, sizeof(*all));
	if (all == NULL)
		return -1;
	if (outer->count > 0)
		memcpy(all, outer->actions, outer->count * sizeof(*all));
	if (list->count > 0)
		memcpy(all + outer->count, list->actions,
		    list->count * sizeof(*all));
	list->actions = all;
	list->count += outer->count;
	list->early_count += outer->early_count;
	return 0;
}
