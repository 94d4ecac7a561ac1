/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks at the tokens of libconfig's syntax before libconfig does.  Knows
 * where strings, comments and names begin and end, and nothing of grammar:
 * what it does not understand is left for libconfig to refuse.
 */
#include "config.h"

#include <ctype.h>

#include "base/number.h"
#include "conf/cfg_scan.h"

#define MAX_NESTING 200

struct scan {
	struct span rest;
	struct cfg_fault *fault;
	char open[MAX_NESTING + 1]; /* brackets, innermost last */
	unsigned nesting;
	char last;	 /* of the last token but for blanks and comments */
	bool line_start; /* only blanks since the line began */
};

static bool
fail(struct scan *s, const char *what)
{
	*s->fault = (struct cfg_fault){ s->rest.ptr, what };
	return false;
}

static bool
skip(struct scan *s, size_t n)
{
	s->rest = span_skip(s->rest, n);
	return true;
}

static bool
skip_block_comment(struct scan *s)
{
	for (size_t i = 2; i + 1 < s->rest.len; i++) {
		if (s->rest.ptr[i] == '*' && s->rest.ptr[i + 1] == '/')
			return skip(s, i + 2);
	}
	return fail(s, "this comment is not closed");
}

/* Behind "name =", another string, or inside of ( ) and [ ]. */
static bool
string_may_follow(const struct scan *s)
{
	char open = s->open[s->nesting];

	return strchr("=:\"", s->last) ||
	       ((open == '(' || open == '[') && strchr("([,", s->last));
}

/*
 * libconfig 1.5 loses the memory of a string that has no end, or that its
 * grammar does not want: these are refused here.
 */
static bool
skip_string(struct scan *s)
{
	size_t i = 1;

	while (i < s->rest.len && s->rest.ptr[i] != '"') {
		if (span_starts(span_skip(s->rest, i), "\\x00")) {
			skip(s, i);
			return fail(s, "a NUL byte cannot be in a value");
		}
		i += s->rest.ptr[i] == '\\' ? 2 : 1;
	}
	if (i >= s->rest.len)
		return fail(s, "this string is not closed");
	if (!string_may_follow(s))
		return fail(s, "no string may stand here");
	return skip(s, i + 1);
}

static bool
is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '*';
}

static bool
skip_name(struct scan *s)
{
	size_t n = 0;

	while (n < s->rest.len && is_name_byte(s->rest.ptr[n]))
		n++;
	return skip(s, n);
}

/* 32 bits, or 64 with L; libconfig writes hexadecimal into the same types. */
static bool
fits(struct span digits, bool negative, bool hex, bool wide)
{
	uint64_t max = wide ? INT64_MAX : INT32_MAX, value;

	if (hex)
		return number_parse_hex(digits, max, &value) == NUMBER_OK;
	return number_parse(digits, max + negative, &value) == NUMBER_OK;
}

/* A number with sign, suffix and all; one with a fraction passes. */
static bool
skip_number(struct scan *s)
{
	struct span token = s->rest, digits;
	bool negative = *token.ptr == '-', hex, wide;
	size_t n = *token.ptr == '-' || *token.ptr == '+';

	while (n < token.len &&
	       (isalnum((unsigned char)token.ptr[n]) || token.ptr[n] == '.'))
		n++;
	token.len = n;
	digits = span_skip(token, *token.ptr == '-' || *token.ptr == '+');
	hex = span_starts_nocase(digits, "0x");
	wide = digits.len > 0 && digits.ptr[digits.len - 1] == 'L';
	while (digits.len > 0 && digits.ptr[digits.len - 1] == 'L')
		digits.len--;
	digits = span_skip(digits, hex ? 2 : 0);
	for (size_t i = 0; i < digits.len; i++) {
		if (!(hex ? isxdigit((unsigned char)digits.ptr[i])
			  : isdigit((unsigned char)digits.ptr[i])))
			return skip(s, n);
	}
	if (digits.len > 0 && !fits(digits, negative, hex, wide))
		return fail(s, wide ? "this number does not fit 64 bits"
				    : "this number does not fit 32 bits; write "
				      "it with an L "
				      "at its end, or as a string");
	return skip(s, n);
}

static bool
bracket(struct scan *s, bool opens)
{
	if (opens && s->nesting == MAX_NESTING)
		return fail(s, "brackets are nested too deep");
	if (opens)
		s->open[++s->nesting] = *s->rest.ptr;
	else if (s->nesting > 0)
		s->nesting--;
	return skip(s, 1);
}

/* Passes over one token; false: a fault. */
static bool
scan_token(struct scan *s)
{
	char c = *s->rest.ptr, next = s->rest.len > 1 ? s->rest.ptr[1] : '\0';

	if (c == '#' || (c == '/' && next == '/'))
		return skip(s, span_find(s->rest, '\n'));
	if (c == '/' && next == '*')
		return skip_block_comment(s);
	if (c == '"')
		return skip_string(s);
	if (c == '@' && s->line_start)
		return fail(s, "@include is not read: write "
			       "Include = \"file\";");
	if (strchr("({[", c) || strchr(")}]", c))
		return bracket(s, strchr("({[", c) != NULL);
	if (isdigit((unsigned char)c) ||
	    ((c == '-' || c == '+') && isdigit((unsigned char)next)))
		return skip_number(s);
	if (is_name_byte(c) && c != '-')
		return skip_name(s);
	return skip(s, 1);
}

bool
cfg_scan(struct span text, struct cfg_fault *fault_r)
{
	struct scan s = {
		.rest = text,
		.fault = fault_r,
		.last = ';',
		.line_start = true,
	};

	while (s.rest.len > 0) {
		char c = *s.rest.ptr;
		bool blank = isspace((unsigned char)c) || c == '#' || c == '/';

		if (!scan_token(&s))
			return false;
		if (c == '\n')
			s.line_start = true;
		else if (!isspace((unsigned char)c))
			s.line_start = false;
		if (!blank)
			s.last = c;
	}
	return true;
}
