/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a request was refused, in the words that Apache has for it: operators
 * search for them, and fail2ban's filters count them.  The numbers are
 * Apache's too.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "framing/h1_private.h"

int
h1_refusal(struct exchange *x, int status, enum report_level level,
    const char *format, ...)
{
	struct exchange_refusal *refusal =
	    arena_alloc(&x->arena, sizeof(*refusal));
	char text[EXCHANGE_REPORT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (refusal == NULL)
		return status;
	*refusal = (struct exchange_refusal){ .level = level,
		.room = "core",
		.text = arena_strdup(&x->arena, text) };
	if (refusal->text != NULL)
		x->refusal = refusal;
	return status;
}

int
h1_refuse_uri(struct exchange *x, int status)
{
	const struct request *r = &x->request;

	if (status == 404)
		return h1_refusal(x, status, REPORT_INFO,
		    "AH00026: found %%2f (encoded '/') in URI path (%.*s), "
		    "returning 404",
		    SPAN_ARG(r->uri.raw_path));
	if (status == 421)
		return h1_refusal(x, status, REPORT_INFO,
		    "client asked for https without TLS: %.*s",
		    SPAN_ARG(r->target));
	/* With %00, escapes of nothing and ways above the root it is what
	 * those send who look for holes: as loud as Apache is. */
	if (status == 400)
		return h1_refusal(x, status, REPORT_ERROR,
		    "AH00126: Invalid URI in request %.*s", SPAN_ARG(r->line));
	return status;
}

/* The first bytes of a TLS client (RFC 8446, 5.1) that took us for another. */
static bool
is_tls(struct span line)
{
	return line.len > 1 && line.ptr[0] == 0x16 && line.ptr[1] == 0x03;
}

void
h1_refuse_head(struct exchange *x, const struct h1_parser *parser, int status,
    const char *why)
{
	struct span line = x->request.line;

	if (status == 408)
		h1_refuse_late(x, "header");
	else if (status == 414)
		h1_refusal(x, status, REPORT_INFO,
		    "AH00565: request failed: URI too long (longer than %u)",
		    (unsigned)parser->limits->line);
	else if (is_tls(line))
		h1_refusal(x, status, REPORT_INFO,
		    "AH00134: Invalid method in request %.*s - possible "
		    "attempt to establish SSL connection on non-SSL port",
		    SPAN_ARG(line));
	else
		h1_refusal(x, status, REPORT_INFO, "request failed: %s: %.*s",
		    why, SPAN_ARG(line));
}

void
h1_refuse_late(struct exchange *x, const char *what)
{
	h1_refusal(
	    x, 408, REPORT_INFO, "AH01382: Request %s read timeout", what);
	if (x->refusal != NULL)
		x->refusal->room = "reqtimeout";
}

void
h1_refuse_large(struct exchange *x, uint64_t bytes, int64_t limit)
{
	h1_refusal(x, 413, REPORT_INFO,
	    "AH01591: Read content length of %llu is larger than the "
	    "configured limit of %lld",
	    (unsigned long long)bytes, (long long)limit);
}
