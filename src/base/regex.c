/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCRE2 behind bounds.  Its own limit holds for each place of the subject at
 * which a match may begin, and a long subject has many: so these are tried in
 * growing portions, with a look at the clock between them.  No code is
 * generated (JIT): a worker may not make memory executable.
 */
#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <string.h>

#include "base/clock.h"
#include "base/regex.h"

#define PATTERN_MAX 8192
/* Some milliseconds; a pattern that is not made to be slow needs a few steps
 * for each byte. */
#define STEPS_MAX 200000
#define HEAP_MAX_KIB 4096
/* All places together. */
#define TIME_MAX_US 50000
#define FIRST_PORTION 16
/* What comes first may cost nothing, and each place behind it all the steps. */
#define PORTION_MAX 128

/* The groups that can be told apart; more may be in a pattern, but no names. */
#define GROUPS_MAX 64
#define PREFIX_MAX 32

struct regex {
	const pcre2_code *code;
	bool anchored; /* it can match at the beginning only */
	/* What each subject that matches must have: */
	size_t min_len;
	int byte;		 /* somewhere; -1: not known */
	char prefix[PREFIX_MAX]; /* at its beginning */
	size_t prefix_len;
	const struct regex_name *names;
	size_t name_count;
};

static struct {
	pcre2_match_context *context;
	pcre2_match_data *data;
	unsigned groups; /* that the latest match has said something of */
} matcher;

static void *
take_memory(size_t size, void *arena)
{
	return arena_alloc(arena, size);
}

/* The arena has the memory until its own end. */
static void
keep_memory(void *memory, void *arena)
{
	(void)memory;
	(void)arena;
}

static pcre2_compile_context *
compile_context(struct arena *arena)
{
	pcre2_general_context *general =
	    pcre2_general_context_create(take_memory, keep_memory, arena);
	pcre2_compile_context *context =
	    general == NULL ? NULL : pcre2_compile_context_create(general);

	if (context != NULL)
		pcre2_set_max_pattern_length(context, PATTERN_MAX);
	return context;
}

static bool
is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* True if an alternative begins outside of all groups: then nothing that stands
 * before it must be there.  What is not clear counts as one. */
static bool
has_alternatives(const char *pattern)
{
	int depth = 0;

	for (; *pattern != '\0'; pattern++) {
		/* A set, a comment, a quoted text may hold any of these. */
		if (*pattern == '[' || *pattern == '#' ||
		    (*pattern == '\\' && strchr("Qc", pattern[1]) != NULL))
			return strchr(pattern, '|') != NULL;
		if (*pattern == '\\' && pattern[1] != '\0')
			pattern++;
		else if (*pattern == '(')
			depth++;
		else if (*pattern == ')')
			depth--;
		else if (*pattern == '|' && depth == 0)
			return true;
	}
	return false;
}

/*
 * The plain text behind a leading ^.  The last byte before a quantifier may be
 * missing in what matches.
 */
static void
find_prefix(struct regex *regex, const char *pattern)
{
	const char *p = pattern + 1;

	if (*pattern != '^' || has_alternatives(pattern))
		return;
	while (regex->prefix_len < PREFIX_MAX) {
		char c = *p++;

		if (c == '\\' && *p != '\0' && !is_letter_or_digit(*p) &&
		    (unsigned char)*p < 0x80)
			c = *p++;
		else if (c == '\0' || strchr("\\^$.[]|()?*+{}", c) != NULL)
			return;
		if (*p != '\0' && strchr("?*+{", *p) != NULL)
			return;
		regex->prefix[regex->prefix_len++] = c;
	}
}

/* (?i) and its like, which may change what a letter stands for. */
static bool
has_options(const char *pattern)
{
	while ((pattern = strchr(pattern, '(')) != NULL) {
		if (pattern[1] == '*')
			return true;
		if (pattern[1] == '?' && pattern[2] != '\0' &&
		    strchr(":<P'=!>|&", pattern[2]) == NULL)
			return true;
		pattern++;
	}
	return false;
}

static void
find_needs(struct regex *regex, const char *pattern, bool nocase)
{
	uint32_t value = 0, unit = 0, all = 0;

	(void)pcre2_pattern_info(regex->code, PCRE2_INFO_ALLOPTIONS, &all);
	regex->anchored = (all & PCRE2_ANCHORED) != 0;
	(void)pcre2_pattern_info(regex->code, PCRE2_INFO_MINLENGTH, &value);
	regex->min_len = value;
	regex->byte = -1;
	/* The letter of a pattern for either case stands for two bytes. */
	if (nocase || has_options(pattern))
		return;
	if (pcre2_pattern_info(regex->code, PCRE2_INFO_LASTCODETYPE, &value) ==
		0 &&
	    value == 1 &&
	    pcre2_pattern_info(regex->code, PCRE2_INFO_LASTCODEUNIT, &unit) ==
		0)
		regex->byte = (int)unit;
}

/* The name table: entries of the group's number in two bytes, then the name. */
static int
take_names(struct regex *regex, struct arena *arena, struct err *err)
{
	uint32_t count = 0, size = 0;
	const unsigned char *entry = NULL;
	struct regex_name *names;

	(void)pcre2_pattern_info(regex->code, PCRE2_INFO_NAMECOUNT, &count);
	(void)pcre2_pattern_info(regex->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	(void)pcre2_pattern_info(regex->code, PCRE2_INFO_NAMETABLE, &entry);
	names = arena_calloc(arena, count + 1, sizeof(*names));
	if (names == NULL)
		return err_set(err, "there is no memory for it");
	for (uint32_t i = 0; i < count; i++, entry += size) {
		names[i].group = (unsigned)entry[0] << 8 | entry[1];
		names[i].name = (const char *)entry + 2;
		if (names[i].group >= GROUPS_MAX)
			return err_set(err,
			    "only the first %d groups can have names",
			    GROUPS_MAX - 1);
	}
	regex->names = names;
	regex->name_count = count;
	return 0;
}

const struct regex *
regex_compile(struct arena *arena, const char *pattern, bool nocase,
    struct err *err, size_t *offset_r)
{
	/* As in Apache: $ is the very end, and "." any byte. */
	uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_DOTALL |
			   PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT |
			   PCRE2_DUPNAMES | (nocase ? PCRE2_CASELESS : 0);
	pcre2_compile_context *context = compile_context(arena);
	struct regex *regex = arena_calloc(arena, 1, sizeof(*regex));
	unsigned char text[256];
	int error;

	*offset_r = 0;
	if (context == NULL || regex == NULL) {
		err_set(err, "there is no memory for it");
		return NULL;
	}
	regex->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
	    options, &error, offset_r, context);
	if (regex->code == NULL) {
		pcre2_get_error_message(error, text, sizeof(text));
		err_set(err, "%s", (const char *)text);
		return NULL;
	}
	find_needs(regex, pattern, nocase);
	if (!nocase)
		find_prefix(regex, pattern);
	return take_names(regex, arena, err) == 0 ? regex : NULL;
}

size_t
regex_names(const struct regex *regex, const struct regex_name **names_r)
{
	*names_r = regex->names;
	return regex->name_count;
}

/* One for the process: there are no threads. */
static bool
has_matcher(void)
{
	if (matcher.data != NULL)
		return true;
	if (matcher.context == NULL)
		matcher.context = pcre2_match_context_create(NULL);
	if (matcher.context == NULL)
		return false;
	pcre2_set_match_limit(matcher.context, STEPS_MAX);
	pcre2_set_depth_limit(matcher.context, STEPS_MAX);
	pcre2_set_heap_limit(matcher.context, HEAP_MAX_KIB);
	matcher.data = pcre2_match_data_create(GROUPS_MAX, NULL);
	return matcher.data != NULL;
}

struct span
regex_group(struct span subject, unsigned group)
{
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(matcher.data);
	size_t from, to;

	if (group >= matcher.groups)
		return span_of(NULL, 0);
	from = ends[2 * group];
	to = ends[2 * group + 1];
	/* \K in an assertion can put the end before the beginning. */
	if (from == PCRE2_UNSET || to < from)
		return span_of(NULL, 0);
	return span_of(subject.ptr + from, to - from);
}

/* The byte is looked for last: where there is much to look through. */
static bool
cannot_match(const struct regex *regex, struct span subject)
{
	return subject.len < regex->min_len ||
	       subject.len < regex->prefix_len ||
	       memcmp(subject.ptr, regex->prefix, regex->prefix_len) != 0 ||
	       (regex->byte >= 0 &&
		   memchr(subject.ptr, regex->byte, subject.len) == NULL);
}

enum regex_result
regex_match(const struct regex *regex, struct span subject,
    struct span groups_r[REGEX_GROUPS])
{
	size_t from = 0, portion = FIRST_PORTION;
	int64_t began_us = 0;
	int count;

	if (subject.ptr == NULL)
		subject.ptr = "";
	if (cannot_match(regex, subject))
		return REGEX_NO;
	if (!has_matcher())
		return REGEX_GAVE_UP;
	for (;;) {
		pcre2_set_offset_limit(matcher.context, from + portion);
		count = pcre2_match(regex->code, (PCRE2_SPTR)subject.ptr,
		    subject.len, from, 0, matcher.data, matcher.context);
		if (count >= 0) {
			/* 0: there are more than can be told apart. */
			matcher.groups =
			    count == 0 ? GROUPS_MAX : (unsigned)count;
			for (unsigned i = 0; i < REGEX_GROUPS; i++)
				groups_r[i] = regex_group(subject, i);
			return REGEX_YES;
		}
		if (count != PCRE2_ERROR_NOMATCH)
			return REGEX_GAVE_UP;
		from += portion + 1;
		if (regex->anchored || from > subject.len)
			return REGEX_NO;
		if (portion < PORTION_MAX)
			portion *= 2;
		if (began_us == 0)
			began_us = clock_exact_us();
		else if (clock_exact_us() - began_us > TIME_MAX_US)
			return REGEX_GAVE_UP;
	}
}
