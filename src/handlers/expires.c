/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ExpiresActive, ExpiresByType and ExpiresDefault: how long an answer may be
 * used again, as Expires and as max-age of Cache-Control.  Errors say nothing
 * about that.  Header comes behind and may change both.
 */
#include "config.h"

#include <inttypes.h>
#include <strings.h>

#include "base/clock.h"
#include "base/number.h"
#include "http/date.h"
#include "http/module.h"

#define YEAR (365 * INT64_C(86400))
#define SECONDS_MAX (1000 * YEAR)
#define TIME_MAX (10000 * YEAR)

struct expiry {
	bool set;
	bool by_modification; /* counted from the file's date, not from now */
	int64_t seconds;
};

struct type_expiry {
	struct span type;
	struct expiry expiry;
};

struct type_list {
	const struct type_expiry *types; /* of one type the last one holds */
	size_t count;
};

struct expires_conf {
	bool active;
	struct expiry otherwise;
	struct type_list by_type;
};

/* ---- settings ---- */

static int
refuse(const struct directive_use *use, int arg)
{
	return directive_error(use, arg,
	    "\"%s\" is neither \"access|now|modification [plus] number "
	    "years|months|weeks|days|hours|minutes|seconds ...\" nor A or M "
	    "with a number of seconds",
	    use->args[arg]);
}

/* 0 for a word that is none. */
static int64_t
unit_seconds(struct span word)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {
		{ "year", YEAR },
		{ "month", 30 * 86400 }, /* always, as in Apache */
		{ "week", 7 * 86400 },
		{ "day", 86400 },
		{ "hour", 3600 },
		{ "minute", 60 },
		{ "second", 1 },
	};

	if (word.len > 0 && span_fold(word.ptr[word.len - 1]) == 's')
		word.len--;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (span_is_nocase(word, units[i].name))
			return units[i].seconds;
	return 0;
}

static struct span
next_word(struct span *rest)
{
	struct span word;

	*rest = span_trim(*rest);
	word = span_cut(rest, ' ');
	*rest = span_trim(*rest);
	return word;
}

/* "1 month 2 days"; false: it is not that. */
static bool
parse_duration(struct span rest, int64_t *seconds_r)
{
	int64_t seconds = 0;

	if (rest.len == 0)
		return false;
	while (rest.len > 0) {
		struct span count = next_word(&rest), word = next_word(&rest);
		int64_t unit = unit_seconds(word);
		uint64_t number;

		if (unit == 0 ||
		    number_parse(count, SECONDS_MAX, &number) != NUMBER_OK)
			return false;
		if ((int64_t)number > (SECONDS_MAX - seconds) / unit)
			return false;
		seconds += (int64_t)number * unit;
	}
	*seconds_r = seconds;
	return true;
}

/* A3600 */
static bool
parse_short(struct span text, struct expiry *expiry)
{
	char letter = text.len > 1 ? text.ptr[0] : '\0';
	uint64_t seconds;

	if ((letter != 'A' && letter != 'M') ||
	    number_parse(span_skip(text, 1), SECONDS_MAX, &seconds) !=
		NUMBER_OK)
		return false;
	expiry->by_modification = letter == 'M';
	expiry->seconds = (int64_t)seconds;
	return true;
}

static int
parse_code(const struct directive_use *use, int arg, struct expiry *expiry_r)
{
	struct span rest = span_str(use->args[arg]), word, after;
	struct expiry expiry = { .set = true };

	if (parse_short(rest, &expiry)) {
		*expiry_r = expiry;
		return 0;
	}
	word = next_word(&rest);
	expiry.by_modification = span_is_nocase(word, "modification");
	if (!expiry.by_modification && !span_is_nocase(word, "access") &&
	    !span_is_nocase(word, "now"))
		return refuse(use, arg);
	after = rest;
	if (span_is_nocase(next_word(&after), "plus"))
		rest = after;
	if (!parse_duration(rest, &expiry.seconds))
		return refuse(use, arg);
	*expiry_r = expiry;
	return 0;
}

static int
parse_default(const struct directive_use *use, void *field)
{
	return parse_code(use, 0, field);
}

static int
parse_by_type(const struct directive_use *use, void *field)
{
	struct type_list *list = field;
	struct type_expiry entry = { .type = span_str(use->args[0]) };
	size_t slash = span_find(entry.type, '/');
	void *all;

	if (slash == 0 || slash + 1 >= entry.type.len)
		return directive_error(use, 0,
		    "\"%s\" is neither a type nor \"type/*\"", use->args[0]);
	if (span_find(entry.type, '*') < slash)
		return directive_error(
		    use, 0, "for all types there is ExpiresDefault");
	if (parse_code(use, 1, &entry.expiry) != 0)
		return -1;
	all = arena_append(
	    use->arena, list->types, list->count, &entry, 1, sizeof(entry));
	if (all == NULL)
		return -1;
	list->types = all;
	list->count++;
	return 0;
}

static int
merge_types(struct arena *arena, void *field, const void *outer_field)
{
	const struct type_list *outer = outer_field;
	struct type_list *list = field;
	struct type_expiry *all =
	    arena_calloc(arena, outer->count + list->count, sizeof(*all));

	if (all == NULL)
		return -1;
	for (size_t i = 0; i < outer->count; i++)
		all[i] = outer->types[i];
	for (size_t i = 0; i < list->count; i++)
		all[outer->count + i] = list->types[i];
	list->types = all;
	list->count += outer->count;
	return 0;
}

#define CODE "\"access|modification plus number unit ...\"|Aseconds|Mseconds"

static const struct directive rows[] = {
	DIRECTIVE_FLAG("ExpiresActive", IN_ANY, expires_conf, active, "Off",
	    "say how long answers may be used again, as ExpiresByType and "
	    "ExpiresDefault tell"),
	DIRECTIVE_CUSTOM("ExpiresByType", IN_ANY, expires_conf, by_type,
	    struct type_list, NULL, "type|type/* " CODE,
	    "Expires and max-age of answers of this type. A month is 30 days, "
	    "a year 365",
	    .differs = "words are not abbreviated", .parse = parse_by_type,
	    .merge = merge_types, .min_args = 2, .max_args = 2,
	    .repeats = true),
	DIRECTIVE_CUSTOM("ExpiresDefault", IN_ANY, expires_conf, otherwise,
	    struct expiry, NULL, CODE,
	    "Expires and max-age of answers of any other type",
	    .differs = "words are not abbreviated", .parse = parse_default,
	    .min_args = 1, .max_args = 1),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_expires.c", NULL };

static unsigned section_id;
static const struct conf_section expires_section = {
	.name = "expires",
	.rows = rows,
	.size = sizeof(struct expires_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* ---- answers ---- */

static const struct expiry *
find_type(const struct type_list *list, struct span type)
{
	for (size_t i = list->count; i > 0; i--)
		if (span_equal_nocase(list->types[i - 1].type, type))
			return &list->types[i - 1].expiry;
	return NULL;
}

/* Of "text/" and a star, by that very name. */
static const struct expiry *
find_family(const struct type_list *list, struct span type)
{
	struct span family = span_of(type.ptr, span_find(type, '/'));

	for (size_t i = list->count; i > 0; i--) {
		struct span known = list->types[i - 1].type;

		if (span_ends_nocase(known, "/*") &&
		    span_equal_nocase(
			span_of(known.ptr, known.len - 2), family))
			return &list->types[i - 1].expiry;
	}
	return NULL;
}

static const struct expiry *
find(const struct expires_conf *conf, const struct response *response)
{
	struct span type = response->selected.type.len > 0
			       ? response->selected.type
			       : response->content_type;
	const struct expiry *expiry;

	type = span_trim(span_of(type.ptr, span_find(type, ';')));
	expiry = find_type(&conf->by_type, type);
	if (expiry == NULL)
		expiry = find_family(&conf->by_type, type);
	return expiry == NULL ? &conf->otherwise : expiry;
}

/* A file may be of any time, a date has four digits for the year. */
static time_t
clamp(time_t time)
{
	if (time > TIME_MAX)
		return TIME_MAX;
	return time < -TIME_MAX ? -TIME_MAX : time;
}

/* -1: that is not known. */
static time_t
expiry_date(const struct expiry *expiry, const struct response *response)
{
	time_t from = clock_real();

	if (expiry->by_modification)
		from = response->validators.last_modified != -1
			   ? response->validators.last_modified
			   : response->selected.last_modified;
	return from == -1 ? -1 : clamp(from) + expiry->seconds;
}

static bool
has_expires(const struct field_list *list, struct span name)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_equal_nocase(list->fields[i].name, name))
			return true;
	return false;
}

/* Behind what a handler says there. */
static int
add_max_age(struct exchange *x, time_t date)
{
	struct field_list *fields = &x->response.fields;
	const struct field *before = field_get(fields, FIELD_CACHE_CONTROL);
	const char *text;

	text = arena_printf(&x->arena, "%.*s%smax-age=%" PRId64,
	    before == NULL ? 0 : (int)before->value.len,
	    before == NULL ? "" : before->value.ptr, before == NULL ? "" : ", ",
	    (int64_t)(date - clock_real()));
	return text == NULL ? -1
			    : field_set(fields, &x->arena, FIELD_CACHE_CONTROL,
				  span_str(text));
}

static void
say(struct exchange *x, time_t date)
{
	static const struct span name = SPAN("Expires");
	struct field_list *fields = &x->response.fields;
	char text[DATE_SIZE];
	struct span value;

	if (has_expires(fields, name))
		return;
	date_print(date, text);
	value = arena_span(&x->arena, span_str(text));
	/* Without memory: caches may make of it what they like. */
	if (value.ptr != NULL && add_max_age(x, date) == 0)
		(void)field_add_named(fields, &x->arena, name, value);
}

static void
expires_decorate(struct exchange *x)
{
	const struct expires_conf *conf = exchange_conf(x, &expires_section);
	const struct response *response = &x->response;
	const struct expiry *expiry;
	time_t date, now = clock_real();

	if (!conf->active || response->status < 200 ||
	    response->status >= 400 || x->error != NULL ||
	    x->request.method == METHOD_TRACE)
		return;
	expiry = find(conf, response);
	if (!expiry->set)
		return;
	date = expiry_date(expiry, response);
	/* What has been stale for long is stale now. */
	if (date != -1)
		say(x, date < now ? now : date);
}

const struct module expires_module = {
	.conf = &expires_section,
	.only_where_set = &expires_section,
	.decorate = expires_decorate,
};
