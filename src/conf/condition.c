/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <IfDefine>, <IfModule>, <IfVersion>, <IfFile>, <IfDirective> and
 * <IfSection>: decided while reading.
 */
#include "config.h"

#include <unistd.h>

#include "base/number.h"
#include "base/regex.h"
#include "conf/build.h"
#include "conf/path.h"
#include "conf/reader_private.h"

enum verdict {
	VERDICT_FALSE,
	VERDICT_TRUE,
	VERDICT_ERROR
};

static enum verdict
test_define(struct reader *r, const struct statement *st, const char *name)
{
	(void)st;
	return variable_is_defined(&r->variables, name);
}

/*
 * A module that Drover lacks counts as there once a LoadModule asks for it, as
 * in Apache: what stands inside must then be refused, not passed over.
 */
static enum verdict
test_module(struct reader *r, const struct statement *st, const char *name)
{
	(void)st;
	return reader_has_module(r, name);
}

static enum verdict
test_file(struct reader *r, const struct statement *st, const char *name)
{
	char *path;

	(void)st;
	path = path_absolute(&r->memory, r->tree->server_root, name);
	if (!path)
		r->no_memory = true;
	return path && access(path, F_OK) == 0;
}

static const struct directive *
find_row(const struct reader *r, const char *name)
{
	for (unsigned i = 0; i < r->in->schema->count; i++) {
		const struct directive *d = r->in->schema->sections[i]->rows;

		for (; d->name; d++) {
			if (span_is_nocase(span_str(d->name), name))
				return d;
		}
	}
	return NULL;
}

static enum verdict
test_directive(struct reader *r, const struct statement *st, const char *name)
{
	(void)st;
	if (find_row(r, name))
		return VERDICT_TRUE;
	for (const struct conf_help *h = reader_help; h->name; h++) {
		if (span_is_nocase(span_str(h->name), name))
			return VERDICT_TRUE;
	}
	return VERDICT_FALSE;
}

static bool
is_section(const struct conf_help *h, const char *name)
{
	while (
	    h->name && !(h->section && span_is_nocase(span_str(h->name), name)))
		h++;
	return h->name != NULL;
}

static enum verdict
test_section(struct reader *r, const struct statement *st, const char *name)
{
	const struct directive *d = find_row(r, name);

	(void)st;
	return is_section(reader_help, name) ||
	       is_section(section_help, name) || (d && d->container);
}

/* "2.4.71"; what is missing at the end is 0. */
static bool
parse_version(const char *text, uint64_t parts[3])
{
	struct span rest = span_str(text);

	parts[0] = parts[1] = parts[2] = 0;
	for (int i = 0; i < 3; i++) {
		struct span part = rest;

		part.len = span_find(rest, '.');
		if (number_parse(part, 65535, &parts[i]) != NUMBER_OK)
			return false;
		if (part.len == rest.len)
			return true;
		rest = span_skip(rest, part.len + 1);
	}
	return false;
}

static int
compare_version(const uint64_t theirs[3])
{
	uint64_t ours[3];

	parse_version(CONF_APACHE_VERSION, ours);
	for (int i = 0; i < 3; i++) {
		if (ours[i] != theirs[i])
			return ours[i] < theirs[i] ? -1 : 1;
	}
	return 0;
}

/* compare: of our version with the one of the text. */
static enum verdict
apply_operator(const char *operator, int compare)
{
	static const struct {
		const char *text;
		bool less, equal, more;
	} operators[] = {
		{ "=", false, true, false },
		{ "==", false, true, false },
		{ "<", true, false, false },
		{ "<=", true, true, false },
		{ ">", false, false, true },
		{ ">=", false, true, true },
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		if (span_is(span_str(operator), operators[i].text))
			return compare < 0   ? operators[i].less
			       : compare > 0 ? operators[i].more
					     : operators[i].equal;
	}
	return VERDICT_ERROR;
}

/* pattern may stand between slashes. */
static enum verdict
match_version(struct reader *r, const struct word *place, const char *pattern)
{
	struct span text = span_str(pattern), groups[REGEX_GROUPS];
	bool slashes = *pattern == '/';
	const struct regex *regex;
	struct err err;
	size_t offset = 0;

	if (slashes && (text.len < 2 || text.ptr[text.len - 1] != '/')) {
		diag_error(r->in->diag, &place->place,
		    "the / at the end of the expression is missing");
		return VERDICT_ERROR;
	}
	if (slashes)
		pattern = arena_strndup(&r->memory, text.ptr + 1, text.len - 2);
	if (!pattern) {
		r->no_memory = true;
		return VERDICT_ERROR;
	}
	regex = regex_compile(&r->memory, pattern, false, &err, &offset);
	if (!regex) {
		struct conf_place at = place->place;

		at.inside = offset + slashes;
		diag_error(
		    r->in->diag, &at, "no regular expression: %s", err.text);
		return VERDICT_ERROR;
	}
	return regex_match(regex, span_str(CONF_APACHE_VERSION), groups) ==
	       REGEX_YES;
}

/* name is the first argument, its "!" taken off already. */
static enum verdict
test_version(struct reader *r, const struct statement *st, const char *name)
{
	const struct word *last = &st->args[st->arg_count - 1];
	const char *operator= st->arg_count == 2 ? name : "=";
	const char *version = st->arg_count == 2 ? last->text : name;
	uint64_t parts[3];
	enum verdict v;

	if (*version == '/' || span_is(span_str(operator), "~"))
		return match_version(r, last, version);
	if (!parse_version(version, parts)) {
		diag_error(r->in->diag, &last->place,
		    "\"%s\" is not a version such as 2.4.1%s", version,
		    st->arg_count == 1 && strchr("<=>~", *version)
			? "; an operator stands before it as a word of its own"
			: "");
		return VERDICT_ERROR;
	}
	v = apply_operator(operator, compare_version(parts));
	if (v == VERDICT_ERROR)
		diag_error(r->in->diag, &st->args[0].place,
		    "\"%s\" is none of = == < <= > >= ~", operator);
	return v;
}

static const struct {
	const char *name;
	int max_args;
	enum verdict (*test)(
	    struct reader *, const struct statement *, const char *name);
} conditions[] = {
	{ "IfDefine", 1, test_define },
	{ "IfModule", 1, test_module },
	{ "IfVersion", 2, test_version },
	{ "IfFile", 1, test_file },
	{ "IfDirective", 1, test_directive },
	{ "IfSection", 1, test_section },
};

bool
condition_test(struct reader *r, const struct statement *st, bool *holds_r)
{
	size_t i = 0, count = sizeof(conditions) / sizeof(*conditions);
	const char *name;
	enum verdict v;

	while (i < count &&
	       !span_is_nocase(span_str(st->name), conditions[i].name))
		i++;
	if (i == count)
		return false;
	*holds_r = false;
	if (!reader_takes(r, st, 1, conditions[i].max_args))
		return true;
	name = st->args[0].text;
	v = conditions[i].test(r, st, *name == '!' ? name + 1 : name);
	if (v != VERDICT_ERROR)
		*holds_r = (v == VERDICT_TRUE) != (*name == '!');
	return true;
}
