/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of IndexOptions: see index_options.h. */
#include "config.h"

#include "handlers/index_options.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "base/span.h"
#include "conf/directive.h"
#include "conf/suggest.h"

static const struct directive_keyword words[] = {
	{ "FancyIndexing", INDEX_FANCY },
	{ "FoldersFirst", INDEX_FOLDERS_FIRST },
	{ "HTMLTable", INDEX_TABLE },
	{ "IconsAreLinks", INDEX_ICONS_ARE_LINKS },
	{ "IgnoreCase", INDEX_IGNORE_CASE },
	{ "IgnoreClient", INDEX_IGNORE_CLIENT },
	{ "ScanHTMLTitles", INDEX_SCAN_TITLES },
	{ "ShowForbidden", INDEX_SHOW_FORBIDDEN },
	{ "SuppressColumnSorting", INDEX_NO_SORTING },
	{ "SuppressDescription", INDEX_NO_DESCRIPTION },
	{ "SuppressHTMLPreamble", INDEX_NO_PREAMBLE },
	{ "SuppressIcon", INDEX_NO_ICON },
	{ "SuppressLastModified", INDEX_NO_MODIFIED },
	{ "SuppressRules", INDEX_NO_RULES },
	{ "SuppressSize", INDEX_NO_SIZE },
	{ "TrackModified", INDEX_TRACK_MODIFIED },
	{ "UseOldDateFormat", INDEX_OLD_DATE },
	{ "VersionSort", INDEX_VERSION_SORT },
	{ "XHTML", INDEX_XHTML },
	{ NULL, 0 },
};

static const struct number_word {
	const char *name;
	int min;
	int plain; /* without "="; 0: there has to be one */
	bool widest;
} number_words[] = {
	[INDEX_NAME_WIDTH] = { "NameWidth", 5, 0, true },
	[INDEX_DESCRIPTION_WIDTH] = { "DescriptionWidth", 12, 0, true },
	[INDEX_ICON_WIDTH] = { "IconWidth", 1, 20, false },
	[INDEX_ICON_HEIGHT] = { "IconHeight", 1, 22, false },
};

static const struct text_word {
	const char *name;
	const char *bytes; /* besides letters and digits */
} text_words[] = {
	[INDEX_CHARSET] = { "Charset", "-_.:+" },
	[INDEX_TYPE] = { "Type", "-_.+/" },
};

#define NUMBER_MAX 1000

/* One word, without its sign; value: behind "=", NULL: there is none. */
struct word {
	int arg;
	char sign; /* 0: none */
	struct span name;
	const char *value;
};

static struct word
read_word(const struct directive_use *use, int arg)
{
	const char *text = use->args[arg];
	struct word word = { .arg = arg };
	size_t len;

	if (*text == '+' || *text == '-')
		word.sign = *text++;
	len = strcspn(text, "=");
	word.name = span_of(text, len);
	word.value = text[len] == '=' ? text + len + 1 : NULL;
	return word;
}

/* ---- values ---- */

static int
parse_number(const struct directive_use *use, const struct word *word,
    const struct number_word *number, int *value_r)
{
	uint64_t value;

	if (word->sign == '-' && word->value == NULL) {
		*value_r = 0;
		return 0;
	}
	if (word->sign == '-')
		return directive_error(use, word->arg,
		    "-%s stands alone: it brings the default back",
		    number->name);
	if (word->value == NULL && number->plain > 0) {
		*value_r = number->plain;
		return 0;
	}
	if (word->value != NULL && number->widest &&
	    strcmp(word->value, "*") == 0) {
		*value_r = INDEX_WIDEST;
		return 0;
	}
	if (word->value == NULL ||
	    number_parse(span_str(word->value), NUMBER_MAX, &value) !=
		NUMBER_OK ||
	    (int)value < number->min)
		return directive_error(use, word->arg,
		    "%s needs a number from %d to %d%s", number->name,
		    number->min, NUMBER_MAX, number->widest ? ", or *" : "");
	*value_r = (int)value;
	return 0;
}

/* It stands in a field of the answer and is chosen by who writes the file, but
 * nothing gets in there by mistake. */
static int
parse_text(const struct directive_use *use, const struct word *word,
    const struct text_word *text, const char **value_r)
{
	if (word->sign == '-') {
		*value_r = NULL;
		return 0;
	}
	if (word->value == NULL || *word->value == '\0')
		return directive_error(use, word->arg,
		    "%s needs a value: %s=...", text->name, text->name);
	for (const char *c = word->value; *c != '\0'; c++) {
		unsigned char small = span_fold(*c);

		if (!((small >= 'a' && small <= 'z') ||
			(*c >= '0' && *c <= '9') ||
			strchr(text->bytes, *c) != NULL))
			return directive_error(use, word->arg,
			    "\"%c\" cannot stand in a %s", *c, text->name);
	}
	*value_r = word->value;
	return 0;
}

/* 1: it is none of the words with values. */
static int
take_value(const struct directive_use *use, const struct word *word,
    struct index_options *options)
{
	for (int i = 0; i < INDEX_NUMBERS; i++) {
		if (!span_is_nocase(word->name, number_words[i].name))
			continue;
		options->numbers[i].set = true;
		return parse_number(
		    use, word, &number_words[i], &options->numbers[i].value);
	}
	for (int i = 0; i < INDEX_TEXTS; i++) {
		if (!span_is_nocase(word->name, text_words[i].name))
			continue;
		options->texts[i].set = true;
		return parse_text(
		    use, word, &text_words[i], &options->texts[i].value);
	}
	return 1;
}

/* ---- words ---- */

static void
take_bit(const struct word *word, unsigned bit, struct index_options *options)
{
	switch (word->sign) {
	case '+':
		options->add |= bit;
		options->remove &= ~bit;
		return;
	case '-':
		options->remove |= bit;
		options->add &= ~bit;
		return;
	default:
		/* Without a sign it clears what came before with one. */
		options->absolute = true;
		options->on |= bit;
		options->add = options->remove = 0;
	}
}

static int
refuse_word(const struct directive_use *use, const struct word *word)
{
	const char *name =
	    arena_strndup(use->arena, word->name.ptr, word->name.len);
	struct suggestion s;

	if (name == NULL)
		return -1;
	suggestion_init(&s, name);
	for (const struct directive_keyword *k = words; k->word != NULL; k++)
		suggestion_offer(&s, k->word);
	for (int i = 0; i < INDEX_NUMBERS; i++)
		suggestion_offer(&s, number_words[i].name);
	for (int i = 0; i < INDEX_TEXTS; i++)
		suggestion_offer(&s, text_words[i].name);
	return directive_error(use, word->arg,
	    "\"%s\" is no word of IndexOptions%s%s%s", name,
	    s.best ? "; did you mean " : "", s.best ? s.best : "",
	    s.best ? "?" : "");
}

static int
take_word(const struct directive_use *use, const struct word *word,
    struct index_options *options)
{
	const struct directive_keyword *k = words;

	if (word->sign == 0 && span_is_nocase(word->name, "None")) {
		options->none = options->absolute = true;
		return 0;
	}
	while (k->word != NULL && !span_is_nocase(word->name, k->word))
		k++;
	if (k->word == NULL)
		return refuse_word(use, word);
	if (word->value != NULL)
		return directive_error(
		    use, word->arg, "%s takes no value", k->word);
	take_bit(word, (unsigned)k->value, options);
	return 0;
}

int
index_options_parse(const struct directive_use *use, void *field)
{
	struct index_options *options = field;
	int result = 0;

	options->given = true;
	for (int i = 0; i < use->arg_count; i++) {
		struct word word = read_word(use, i);
		int taken = take_value(use, &word, options);

		if (taken == 1)
			taken = take_word(use, &word, options);
		if (taken != 0)
			result = -1;
	}
	if (result == 0 && options->none && options->on != 0)
		return directive_error(
		    use, -1, "None stands alone in IndexOptions");
	return result;
}

int
index_options_merge(struct arena *arena, void *field, const void *outer_field)
{
	const struct index_options *outer = outer_field;
	struct index_options *inner = field;
	unsigned on = inner->absolute ? inner->on : outer->on;

	(void)arena;
	inner->on = (on | inner->add) & ~inner->remove;
	for (int i = 0; i < INDEX_NUMBERS; i++)
		if (!inner->numbers[i].set)
			inner->numbers[i] = outer->numbers[i];
	for (int i = 0; i < INDEX_TEXTS; i++)
		if (!inner->texts[i].set)
			inner->texts[i] = outer->texts[i];
	return 0;
}
