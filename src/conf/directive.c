/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a row's type means: how its argument is parsed, and how a parser says
 * what is wrong.  Nothing here knows a directive by name.
 */
#include "config.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/number.h"
#include "base/regex.h"
#include "conf/build.h"
#include "conf/directive.h"
#include "conf/parse.h"
#include "conf/path.h"

static void
add_message(const struct directive_use *use, bool error, int arg, size_t inside,
    const char *format, va_list args)
{
	struct conf_place place = use->place;
	char text[1024];

	if (arg >= 0 && arg < use->arg_count) {
		place = use->places[arg];
		place.inside = inside;
	}
	vsnprintf(text, sizeof(text), format, args);
	if (error)
		diag_error(
		    use->builder->diag, &place, "%s: %s", use->row->name, text);
	else
		diag_warn(
		    use->builder->diag, &place, "%s: %s", use->row->name, text);
}

int
directive_error(
    const struct directive_use *use, int arg, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_message(use, true, arg, 0, format, args);
	va_end(args);
	return -1;
}

int
directive_error_inside(const struct directive_use *use, int arg, size_t offset,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_message(use, true, arg, offset, format, args);
	va_end(args);
	return -1;
}

void
directive_warn(
    const struct directive_use *use, int arg, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_message(use, false, arg, 0, format, args);
	va_end(args);
}

static const struct conf_place *
place_of(const struct directive_use *use, int arg)
{
	return arg >= 0 && arg < use->arg_count ? &use->places[arg]
						: &use->place;
}

static void
say_unsupported(const struct directive_use *use, bool error, int arg,
    const char *format, va_list args)
{
	va_list again;
	char why[1024];

	va_copy(again, args);
	vsnprintf(why, sizeof(why), format, again);
	va_end(again);
	add_message(use, error, arg, 0, format, args);
	fidelity_note(use->builder->fidelity,
	    &(struct fidelity_note){ FIDELITY_UNSUPPORTED, use->row->name, why,
		NULL, place_of(use, arg), false });
}

int
directive_unsupported(
    const struct directive_use *use, int arg, const char *format, ...)
{
	bool refuse = use->builder->refuse_unsupported;
	va_list args;

	va_start(args, format);
	say_unsupported(use, refuse, arg, format, args);
	va_end(args);
	return refuse ? -1 : 0;
}

void
directive_closed(
    const struct directive_use *use, int arg, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_unsupported(use, false, arg, format, args);
	va_end(args);
}

bool
directive_module_loaded(const struct directive_use *use, const char *name)
{
	return conf_module_loaded(use->builder->conf, name);
}

const struct directive_keyword directive_on_off[] = {
	{ "On", 1 },
	{ "Off", 0 },
	{ .word = NULL },
};

static bool
is_word(const struct directive_keyword *keywords, const char *text)
{
	while (
	    keywords && keywords->word && strcasecmp(keywords->word, text) != 0)
		keywords++;
	return keywords && keywords->word;
}

int
directive_without_effect(const struct directive_use *use, void *field)
{
	const struct directive *row = use->row;
	int64_t number;
	int word;

	(void)field;
	if (row->keywords == NULL && row->max == 0)
		return 0;
	for (int i = 0; i < use->arg_count; i++) {
		if (row->max > 0 && !is_word(row->keywords, use->args[i])) {
			if (directive_int(
				use, i, row->min, row->max, &number) == -1)
				return -1;
		} else if (directive_keyword(use, i, row->keywords, &word) ==
			   -1) {
			return -1;
		}
	}
	return 0;
}

void
directive_no_effect(const struct directive_use *use, int arg, const char *why)
{
	struct buf warning;

	buf_init(&warning, 4096);
	buf_printf(&warning, "%s: no effect: %s", use->row->name, why);
	fidelity_note(use->builder->fidelity,
	    &(struct fidelity_note){ FIDELITY_NO_EFFECT, use->row->name, why,
		buf_str(&warning), place_of(use, arg), false });
	buf_release(&warning);
}

void
directive_word_no_effect(const struct directive_use *use, int arg,
    const struct directive_word *word, const char *why)
{
	struct buf name, warning;

	buf_init(&name, 4096);
	buf_init(&warning, 4096);
	buf_printf(&name, "%s %s", use->row->name, word->text);
	buf_printf(&warning, "%s: %s has no effect: %s", use->row->name,
	    word->text, why);
	fidelity_note(use->builder->fidelity,
	    &(struct fidelity_note){ FIDELITY_NO_EFFECT, buf_str(&name), why,
		word->silent ? NULL : buf_str(&warning), place_of(use, arg),
		word->rest_applies });
	buf_release(&warning);
	buf_release(&name);
}

const struct regex *
directive_regex(
    const struct directive_use *use, int arg, size_t skip, bool nocase)
{
	const struct regex *regex;
	struct err err;
	size_t offset;

	regex = regex_compile(
	    use->arena, use->args[arg] + skip, nocase, &err, &offset);
	if (regex == NULL)
		directive_error_inside(use, arg, offset + skip,
		    "no regular expression: %s", err.text);
	return regex;
}

const struct conf_schema *
directive_schema(const struct directive_use *use)
{
	return use->builder->conf->schema;
}

int
directive_check_url(
    const struct directive_use *use, int arg, const char *except)
{
	for (const char *c = use->args[arg]; *c != '\0'; c++) {
		unsigned char byte = (unsigned char)*c;

		if (byte >= 0x7f || (byte < ' ' && byte != '\t'))
			return directive_error(use, arg,
			    "a URL has letters, digits and signs of ASCII: "
			    "write this as %%%02X, and so with what is like it",
			    byte);
		if (byte <= ' ' || (strchr("\"<>\\^`{|}", byte) != NULL &&
				       strchr(except, byte) == NULL))
			return directive_error(use, arg,
			    "\"%c\" cannot stand in a URL: write it as %%%02X",
			    byte, byte);
	}
	return 0;
}

const char *
directive_path(const struct directive_use *use, const char *path)
{
	return path_absolute(use->arena, use->server_root, path);
}

int
directive_flag(const struct directive_use *use, int arg, bool *value_r)
{
	const char *text = use->args[arg];

	if (strcasecmp(text, "on") != 0 && strcasecmp(text, "off") != 0)
		return directive_error(
		    use, arg, "\"%s\" is neither On nor Off", text);
	*value_r = strcasecmp(text, "on") == 0;
	return 0;
}

static int
out_of_range(const struct directive_use *use, int arg, const char *unit,
    int64_t min, int64_t max)
{
	if (max == INT64_MAX)
		return directive_error(use, arg,
		    "%s is out of range: at least %lld%s", use->args[arg],
		    (long long)min, unit);
	return directive_error(use, arg,
	    "%s is out of range: from %lld to %lld%s", use->args[arg],
	    (long long)min, (long long)max, unit);
}

int
directive_int(const struct directive_use *use, int arg, int64_t min,
    int64_t max, int64_t *value_r)
{
	const char *text = use->args[arg];

	switch (number_parse_signed(span_str(text), min, max, value_r)) {
	case NUMBER_OK:
		return 0;
	case NUMBER_RANGE:
		return out_of_range(use, arg, "", min, max);
	case NUMBER_BAD:
		break;
	}
	return directive_error(use, arg, "\"%s\" is not a whole number", text);
}

/* What a number with a unit such as 5k would be; 0: it is none. */
static uint64_t
scaled(struct span text)
{
	static const char units[] = "kmg";
	uint64_t value;
	char last;

	if (text.len < 2)
		return 0;
	last = (char)(text.ptr[text.len - 1] | 0x20);
	text.len--;
	for (int i = 0; units[i]; i++) {
		if (last == units[i] &&
		    number_parse(text, UINT32_MAX, &value) == NUMBER_OK)
			return value << (10 * (i + 1));
	}
	return 0;
}

int
directive_size(const struct directive_use *use, int arg, int64_t min,
    int64_t max, int64_t *value_r)
{
	const char *text = use->args[arg];
	uint64_t meant;

	switch (number_parse_signed(span_str(text), min, max, value_r)) {
	case NUMBER_OK:
		return 0;
	case NUMBER_RANGE:
		return out_of_range(use, arg, " bytes", min, max);
	case NUMBER_BAD:
		break;
	}
	meant = scaled(span_str(text));
	if (meant > 0)
		return directive_error(use, arg,
		    "\"%s\" is not a number of "
		    "bytes; write %llu",
		    text, (unsigned long long)meant);
	return directive_error(
	    use, arg, "\"%s\" is not a number of bytes", text);
}

static const struct {
	const char *unit;
	int64_t ms;
} durations[] = {
	{ "", 1000 },
	{ "ms", 1 },
	{ "s", 1000 },
	{ "mi", 60000 },
	{ "min", 60000 },
	{ "h", 3600000 },
};

int
directive_duration(const struct directive_use *use, int arg, int64_t min_ms,
    int64_t max_ms, int64_t *ms_r)
{
	struct span number = span_str(use->args[arg]), unit;
	int64_t value, ms;

	number.len = strspn(number.ptr, "0123456789");
	unit = span_str(number.ptr + number.len);
	for (size_t i = 0; i < sizeof(durations) / sizeof(*durations); i++) {
		if (!span_is_nocase(unit, durations[i].unit))
			continue;
		switch (number_parse_signed(number, 0, INT64_MAX, &value)) {
		case NUMBER_OK:
			if (!__builtin_mul_overflow(
				value, durations[i].ms, &ms) &&
			    ms >= min_ms && ms <= max_ms) {
				*ms_r = ms;
				return 0;
			}
			/* fallthrough */
		case NUMBER_RANGE:
			if (min_ms % 1000 == 0 && max_ms % 1000 == 0)
				return out_of_range(use, arg, " seconds",
				    min_ms / 1000, max_ms / 1000);
			return out_of_range(
			    use, arg, " milliseconds", min_ms, max_ms);
		case NUMBER_BAD:
			break;
		}
		break;
	}
	return directive_error(use, arg,
	    "\"%s\" is not a duration such as 5, 500ms, 5s or 2min",
	    use->args[arg]);
}

int
directive_keyword(const struct directive_use *use, int arg,
    const struct directive_keyword *keywords, int *value_r)
{
	const struct directive_keyword *k;
	struct buf words;

	for (k = keywords; k->word; k++) {
		if (strcasecmp(k->word, use->args[arg]) == 0) {
			*value_r = k->value;
			return 0;
		}
	}
	buf_init(&words, 512);
	for (k = keywords; k->word; k++)
		buf_printf(&words, "%s%s", k == keywords ? "" : ", ", k->word);
	directive_error(
	    use, arg, "\"%s\" is none of %s", use->args[arg], buf_str(&words));
	buf_release(&words);
	return -1;
}

static int
parse_string(const struct directive_use *use, const char **field)
{
	*field = use->args[0];
	return 0;
}

static int
parse_path(const struct directive_use *use, const char **field)
{
	if (*use->args[0] == '\0')
		return directive_error(use, 0, "an empty path");
	*field = directive_path(use, use->args[0]);
	return *field ? 0 : -1;
}

int
directive_path_or_none(const struct directive_use *use, void *field)
{
	const char **path = field;

	if (strcasecmp(use->args[0], "none") != 0)
		return parse_path(use, path);
	*path = NULL;
	return 0;
}

static int
parse_int(const struct directive_use *use, int *field)
{
	const struct directive *row = use->row;
	int64_t value;

	assert(row->min >= INT_MIN && row->max <= INT_MAX);
	if (directive_int(use, 0, row->min, row->max, &value) == -1)
		return -1;
	*field = (int)value;
	return 0;
}

int
parse_use(const struct directive_use *use, void *field)
{
	const struct directive *row = use->row;

	switch (row->type) {
	case DIRECTIVE_TYPE_FLAG:
		return directive_flag(use, 0, field);
	case DIRECTIVE_TYPE_INT:
		return parse_int(use, field);
	case DIRECTIVE_TYPE_SIZE:
		return directive_size(use, 0, row->min, row->max, field);
	case DIRECTIVE_TYPE_SECONDS:
		return directive_duration(use, 0, row->min, row->max, field);
	case DIRECTIVE_TYPE_STRING:
		return parse_string(use, field);
	case DIRECTIVE_TYPE_PATH:
		return parse_path(use, field);
	case DIRECTIVE_TYPE_KEYWORD:
		return directive_keyword(use, 0, row->keywords, field);
	case DIRECTIVE_TYPE_CUSTOM:
		return row->parse(use, field);
	}
	return -1;
}
