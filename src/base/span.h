/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A span: bytes that live elsewhere.  It borrows and never frees; whoever
 * stores one says from whom it borrows.  Text of a peer is not terminated
 * and may hold any byte.
 */
#ifndef DROVER_BASE_SPAN_H
#define DROVER_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *ptr;
	size_t len;
};

/* A span over a string literal, usable in initialisers. */
#define SPAN(literal) { (literal), sizeof(literal) - 1 }

/* For printf: printf("%.*s", SPAN_ARG(s)). */
#define SPAN_ARG(s) (int)(s).len, (s).ptr

static inline struct span
span_of(const char *ptr, size_t len)
{
	return (struct span){ ptr, len };
}

static inline struct span
span_str(const char *str)
{
	return (struct span){ str, strlen(str) };
}

static inline bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* An ASCII capital as a small letter, any other byte as it is. */
static inline unsigned char
span_fold(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Compares without regard to the case of ASCII letters (RFC 9110, 5.1). */
bool span_equal_nocase(struct span a, struct span b);
bool span_is(struct span s, const char *str);
bool span_is_nocase(struct span s, const char *str);
bool span_starts(struct span s, const char *prefix);
bool span_starts_nocase(struct span s, const char *prefix);
bool span_ends_nocase(struct span s, const char *suffix);

/* The index of the first c, or s.len. */
static inline size_t
span_find(struct span s, char c)
{
	const char *at = s.len == 0 ? NULL : memchr(s.ptr, c, s.len);

	return at == NULL ? s.len : (size_t)(at - s.ptr);
}

/* The index of the last c, or s.len when there is none. */
size_t span_find_last(struct span s, char c);

/* The span without its first n bytes (n is cut to the length). */
static inline struct span
span_skip(struct span s, size_t n)
{
	if (n > s.len)
		n = s.len;
	/* NULL + 0 is undefined in C. */
	return n == 0 ? s : span_of(s.ptr + n, s.len - n);
}

/* Takes what stands before the first c, and that c, off the front of *rest; all
 * of it where there is none.  Without the c. */
struct span span_cut(struct span *rest, char c);
/* Without spaces and tabs at both ends (OWS, RFC 9110, 5.6.3). */
struct span span_trim(struct span s);

/*
 * Takes the next element of a comma-separated list (RFC 9110, 5.6.1) off the
 * front of *rest, trimmed.  Commas inside quoted strings do not separate;
 * empty elements are passed over.  False when there is no further one.
 */
bool span_next_element(struct span *rest, struct span *element_r);

/*
 * Copies s with one "/" for several in a row; to has room for s.len bytes and
 * may be s.ptr.  Returns the bytes that it came to.
 */
size_t span_merge_slashes(struct span s, char *to);

/* Copies into a string of the given size; false (and "") if it cannot fit. */
bool span_copy(struct span s, char *to, size_t size);

#endif
