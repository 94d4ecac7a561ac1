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

struct regex {
	const pcre2_code *code;
	bool anchored; /* it can match at the beginning only */
};

static struct {
	pcre2_match_context *context;
	pcre2_match_data *data;
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

const struct regex *
regex_compile(struct arena *arena, const char *pattern, bool nocase,
    struct err *err, size_t *offset_r)
{
	/* As in Apache $ is the very end. */
	uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C |
			   PCRE2_USE_OFFSET_LIMIT |
			   (nocase ? PCRE2_CASELESS : 0);
	pcre2_compile_context *context = compile_context(arena);
	struct regex *regex = arena_calloc(arena, 1, sizeof(*regex));
	unsigned char text[256];
	uint32_t all = 0;
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
	(void)pcre2_pattern_info(regex->code, PCRE2_INFO_ALLOPTIONS, &all);
	regex->anchored = (all & PCRE2_ANCHORED) != 0;
	return regex;
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
	matcher.data = pcre2_match_data_create(REGEX_GROUPS, NULL);
	return matcher.data != NULL;
}

static void
take_groups(int count, struct span subject, struct span groups_r[REGEX_GROUPS])
{
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(matcher.data);

	/* 0: there are more groups than are asked for. */
	if (count == 0)
		count = REGEX_GROUPS;
	for (int i = 0; i < REGEX_GROUPS; i++) {
		size_t from = ends[2 * i], to = ends[2 * i + 1];

		/* \K in an assertion can put the end before the beginning. */
		if (i >= count || from == PCRE2_UNSET || to < from)
			groups_r[i] = span_of(NULL, 0);
		else
			groups_r[i] = span_of(subject.ptr + from, to - from);
	}
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
	if (!has_matcher())
		return REGEX_GAVE_UP;
	for (;;) {
		pcre2_set_offset_limit(matcher.context, from + portion);
		count = pcre2_match(regex->code, (PCRE2_SPTR)subject.ptr,
		    subject.len, from, 0, matcher.data, matcher.context);
		if (count >= 0) {
			take_groups(count, subject, groups_r);
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
