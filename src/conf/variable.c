/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Variables of the configuration, by Apache's rules: they are put into each
 * word once the word is known, so a value with spaces stays one argument, and
 * what was put in is not looked at again.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/span.h"
#include "conf/line.h"
#include "conf/variable.h"

/* The value of a name that is only defined: told apart by its address. */
static const char defined_only[] = "";

void
variables_init(struct variables *v)
{
	table_init(&v->names, false);
}

void
variables_release(struct variables *v)
{
	table_release(&v->names);
}

int
variable_define(struct variables *v, const char *name, const char *value)
{
	return table_put(
	    &v->names, span_str(name), (void *)(value ? value : defined_only));
}

void
variable_undefine(struct variables *v, const char *name)
{
	table_remove(&v->names, span_str(name));
}

bool
variable_is_defined(const struct variables *v, const char *name)
{
	return table_get(&v->names, span_str(name)) != NULL;
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *const *
variables_list(const struct variables *v, struct arena *arena)
{
	const char **list =
	    arena_calloc(arena, v->names.count + 1, sizeof(*list));
	const struct table_entry *e;
	size_t position = 0, n = 0;

	while (list && (e = table_next(&v->names, &position)) != NULL) {
		const char *value = e->value;

		list[n] = arena_printf(arena, "%.*s%s%s", SPAN_ARG(e->key),
		    value == defined_only ? "" : "=", value);
		if (!list[n++])
			return NULL;
	}
	if (list)
		qsort(list, n, sizeof(*list), compare_texts);
	return list;
}

/* name is not terminated; NULL when nothing is known of it. */
static const char *
find_value(const struct variables *v, struct span name)
{
	const char *value = table_get(&v->names, name);
	char text[256];

	if (value && value != defined_only)
		return value;
	return span_copy(name, text, sizeof(text)) ? getenv(text) : NULL;
}

/* Replaces the variable at text, which begins with "${"; returns its end.
 * *unknown: the name that was warned of last. */
static const char *
expand_one(const struct variables *v, struct buf *to, struct diag *diag,
    const struct conf_place *place, const char *text, struct span *unknown)
{
	const char *close = strchr(text, '}'), *value;
	struct span name;

	if (!close) {
		buf_add_char(to, *text);
		return text + 1;
	}
	name = span_of(text + 2, (size_t)(close - text) - 2);
	value = find_value(v, name);
	if (value) {
		buf_add_str(to, value);
		return close + 1;
	}
	if (span_find(name, ':') == name.len && !span_equal(name, *unknown))
		diag_warn(diag, place,
		    "${%.*s} is not defined and stays as "
		    "it is",
		    SPAN_ARG(name));
	*unknown = name;
	buf_add_char(to, *text);
	return text + 1;
}

const char *
variables_expand(const struct variables *v, struct arena *arena,
    struct diag *diag, const struct conf_place *place, const char *text)
{
	const char *next = strstr(text, "${"), *expanded = NULL;
	struct span unknown = span_of("", 0);
	struct buf buf;

	if (!next)
		return text;
	buf_init(&buf, LINE_MAX_BYTES);
	while (next) {
		buf_add(&buf, text, (size_t)(next - text));
		text = expand_one(v, &buf, diag, place, next, &unknown);
		next = strstr(text, "${");
	}
	buf_add_str(&buf, text);
	if (buf_failed(&buf))
		diag_error(diag, place,
		    "with its variables put in this has "
		    "more than %d bytes",
		    LINE_MAX_BYTES);
	else
		expanded = arena_strdup(arena, buf_str(&buf));
	buf_release(&buf);
	return expanded;
}
