/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters; see parameter.h. */
#include "config.h"

#include "http/parameter.h"
#include "wire/h1_scan.h"

static size_t
token_length(struct span text)
{
	return h1_scan_token(text.ptr, 0, text.len);
}

static struct span
skip_space(struct span text)
{
	size_t n = 0;

	while (n < text.len && (text.ptr[n] == ' ' || text.ptr[n] == '\t'))
		n++;
	return span_skip(text, n);
}

/* Up to the closing quote; false: there is none. */
static bool
take_quoted(struct span *rest, struct span *value_r)
{
	size_t n = 1;

	while (n < rest->len && rest->ptr[n] != '"')
		n += rest->ptr[n] == '\\' && n + 1 < rest->len ? 2 : 1;
	if (n >= rest->len)
		return false;
	*value_r = span_of(rest->ptr + 1, n - 1);
	*rest = span_skip(*rest, n + 1);
	return true;
}

static bool
take_token(struct span *rest, struct span *token_r)
{
	*token_r = span_of(rest->ptr, token_length(*rest));
	*rest = span_skip(*rest, token_r->len);
	return token_r->len > 0;
}

int
parameter_next(struct span *rest, struct parameter *p)
{
	*rest = skip_space(*rest);
	if (rest->len > 0 && rest->ptr[0] != ';')
		return -1;
	/* Semicolons without one between are nothing. */
	while (rest->len > 0 && rest->ptr[0] == ';')
		*rest = skip_space(span_skip(*rest, 1));
	if (rest->len == 0)
		return 0;
	if (!take_token(rest, &p->name) || rest->len == 0 ||
	    rest->ptr[0] != '=')
		return -1;
	*rest = span_skip(*rest, 1);
	p->quoted = rest->len > 0 && rest->ptr[0] == '"';
	if (!(p->quoted ? take_quoted(rest, &p->value)
			: take_token(rest, &p->value)))
		return -1;
	return 1;
}
