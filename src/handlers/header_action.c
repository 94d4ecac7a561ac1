/* SPDX-License-Identifier: BSD-2-Clause */
/* Actions at work on a list of fields. */
#include "config.h"

#include "handlers/header_action.h"

#include "base/buf.h"
#include "http/exchange_env.h"

/* More is no field that anybody reads. */
#define VALUE_MAX (64 * 1024)

static bool
is_named(const struct field *field, const struct header_action *action)
{
	if (action->id != FIELD_OTHER)
		return field->id == action->id;
	return span_equal_nocase(field->name, action->name);
}

/* The first one, or NULL. */
static struct field *
find(const struct field_list *list, const struct header_action *action)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_named(&list->fields[i], action))
			return &list->fields[i];
	return NULL;
}

static void
unset(const struct header_action *action, struct field_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!is_named(&list->fields[i], action))
			list->fields[kept++] = list->fields[i];
	list->count = kept;
}

static int
add(const struct header_action *action, struct exchange *x,
    struct field_list *list)
{
	struct span value = header_value_make(&action->value, x, NULL);

	if (value.ptr == NULL)
		return -1;
	return field_add_named(list, &x->arena, action->name, value);
}

/* One that is there already keeps its place. */
static int
set(const struct header_action *action, struct exchange *x,
    struct field_list *list)
{
	struct field *first = find(list, action), kept;
	struct span value = header_value_make(&action->value, x, NULL);

	if (value.ptr == NULL)
		return -1;
	if (first == NULL)
		return field_add_named(list, &x->arena, action->name, value);
	first->value = value;
	kept = *first;
	unset(action, list);
	/* There is room, since at least one is gone. */
	list->fields[list->count++] = kept;
	return 0;
}

static bool
lists(struct span list, struct span value)
{
	struct span element;

	while (span_next_element(&list, &element))
		if (span_equal(element, value))
			return true;
	return false;
}

/* Behind a comma, to the first of the name; merge: unless it is there. */
static int
append(const struct header_action *action, struct exchange *x,
    struct field_list *list)
{
	struct field *first = find(list, action);
	struct span value;
	const char *both;

	if (first == NULL)
		return add(action, x, list);
	value = header_value_make(&action->value, x, NULL);
	if (value.ptr == NULL)
		return -1;
	if (action->verb == HEADER_MERGE && lists(first->value, value))
		return 0;
	both = arena_printf(
	    &x->arena, "%.*s, %.*s", SPAN_ARG(first->value), SPAN_ARG(value));
	if (both == NULL)
		return -1;
	first->value = span_str(both);
	return 0;
}

/* As in Apache each match is looked for in what is left, as if that was all. */
static int
edit_into(const struct header_action *action, struct exchange *x,
    struct span rest, struct buf *to)
{
	struct span groups[REGEX_GROUPS];
	enum regex_result result;

	while (
	    (result = regex_match(action->regex, rest, groups)) == REGEX_YES) {
		size_t before = (size_t)(groups[0].ptr - rest.ptr);
		struct span value =
		    header_value_make(&action->value, x, groups);

		if (value.ptr == NULL)
			return -1;
		buf_add(to, rest.ptr, before);
		buf_add_span(to, value);
		rest = span_skip(rest, before + groups[0].len);
		if (action->verb == HEADER_EDIT || rest.len == 0)
			break;
		if (groups[0].len > 0)
			continue;
		/* An empty match would be found there for ever. */
		buf_add(to, rest.ptr, 1);
		rest = span_skip(rest, 1);
		if (rest.len == 0)
			break;
	}
	if (result == REGEX_GAVE_UP)
		exchange_report(x, REPORT_INFO, "headers",
		    "a pattern took too long and counts as not matched");
	buf_add_span(to, rest);
	return buf_failed(to) ? -1 : 0;
}

static int
edit_field(
    const struct header_action *action, struct exchange *x, struct field *field)
{
	struct buf text;
	struct span made = { NULL, 0 };

	buf_init(&text, VALUE_MAX);
	if (edit_into(action, x, field->value, &text) == 0)
		made = arena_span(&x->arena,
		    text.len == 0 ? span_of("", 0) : buf_span(&text));
	buf_release(&text);
	if (made.ptr == NULL)
		return -1;
	field->value = made;
	return 0;
}

static int
edit(const struct header_action *action, struct exchange *x,
    struct field_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_named(&list->fields[i], action) &&
		    edit_field(action, x, &list->fields[i]) != 0)
			return -1;
	return 0;
}

/* What says how the request was sent says nothing about the answer. */
static bool
may_echo(const struct field *field)
{
	switch (field->id) {
	case FIELD_CONNECTION:
	case FIELD_CONTENT_LENGTH:
	case FIELD_CONTENT_TYPE:
	case FIELD_TRANSFER_ENCODING:
	case FIELD_DATE:
	case FIELD_SERVER:
		return false;
	default:
		return true;
	}
}

static int
echo(const struct header_action *action, struct exchange *x,
    struct field_list *list)
{
	const struct request *r = &x->request;
	struct span groups[REGEX_GROUPS];

	for (unsigned i = 0; i < r->field_count; i++) {
		const struct field *field = &r->fields[i];

		if (may_echo(field) &&
		    regex_match(action->regex, field->name, groups) ==
			REGEX_YES &&
		    field_add_named(
			list, &x->arena, field->name, field->value) != 0)
			return -1;
	}
	return 0;
}

static int
note(const struct header_action *action, struct exchange *x,
    const struct field_list *list)
{
	const struct field *first = find(list, action);
	struct span name = header_value_make(&action->value, x, NULL);

	if (first == NULL)
		return 0;
	return name.ptr == NULL ? -1 : exchange_note_set(x, name, first->value);
}

static bool
applies(const struct header_action *action, const struct exchange *x)
{
	if (action->variable.len == 0)
		return true;
	return (exchange_env_get(x, action->variable).ptr != NULL) !=
	       action->unless;
}

int
header_action_run(const struct header_action *action, struct exchange *x,
    struct field_list *list)
{
	if (!applies(action, x))
		return 0;
	switch (action->verb) {
	case HEADER_ADD:
		return add(action, x, list);
	case HEADER_APPEND:
	case HEADER_MERGE:
		return append(action, x, list);
	case HEADER_ECHO:
		return echo(action, x, list);
	case HEADER_EDIT:
	case HEADER_EDIT_ALL:
		return edit(action, x, list);
	case HEADER_NOTE:
		return note(action, x, list);
	case HEADER_SET:
		return set(action, x, list);
	case HEADER_SET_IF_EMPTY:
		return find(list, action) != NULL ? 0 : add(action, x, list);
	case HEADER_UNSET:
		unset(action, list);
		return 0;
	}
	return 0;
}
