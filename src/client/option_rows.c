/* SPDX-License-Identifier: BSD-2-Clause */
/* The options, a row for each, and what those do that need a function. */
#include "config.h"

#include <string.h>

#include "base/number.h"
#include "client/header.h"
#include "client/options_private.h"
#include "wire/h1_scan.h"

static void
append(struct text_list *list, const char *text)
{
	list->items[list->count++] = text;
}

static enum outcome
add_data(struct options *o, enum data_kind kind, const char *text)
{
	o->data[o->data_count++] = (struct data){ kind, text };
	return OUTCOME_OK;
}

static enum outcome
take_data(struct options *o, const char *argument, struct err *err)
{
	(void)err;
	return add_data(o, DATA_TEXT, argument);
}

static enum outcome
take_data_binary(struct options *o, const char *argument, struct err *err)
{
	(void)err;
	return add_data(o, DATA_BINARY, argument);
}

static enum outcome
take_data_raw(struct options *o, const char *argument, struct err *err)
{
	(void)err;
	return add_data(o, DATA_RAW, argument);
}

static enum outcome
take_data_encoded(struct options *o, const char *argument, struct err *err)
{
	(void)err;
	return add_data(o, DATA_ENCODED, argument);
}

static enum outcome
take_form(struct options *o, const char *argument, struct err *err)
{
	const char *equals = strchr(argument, '=');

	if (equals == NULL || equals == argument)
		return outcome_set(err, OUTCOME_USAGE,
		    "-F %s: it has no name, as in name=value", argument);
	return add_data(o, DATA_FORM, argument);
}

static enum outcome
take_header(struct options *o, const char *argument, struct err *err)
{
	struct span name, value;
	bool removes;

	if (!header_parse(argument, &name, &value, &removes))
		return outcome_set(err, OUTCOME_USAGE,
		    "-H %s: is no field, such as \"Name: value\"", argument);
	append(&o->headers, argument);
	return OUTCOME_OK;
}

static enum outcome
take_method(struct options *o, const char *argument, struct err *err)
{
	size_t len = strlen(argument);

	if (len == 0 || h1_scan_token(argument, 0, len) != len)
		return outcome_set(
		    err, OUTCOME_USAGE, "-X %s: is no method", argument);
	o->method = argument;
	return OUTCOME_OK;
}

static enum outcome
take_target(struct options *o, const char *argument, struct err *err)
{
	size_t len = strlen(argument);

	if (len == 0 || h1_scan_target(argument, 0, len) != len)
		return outcome_set(err, OUTCOME_USAGE,
		    "--request-target %s: no request target", argument);
	o->request_target = argument;
	return OUTCOME_OK;
}

static enum outcome
take_output(struct options *o, const char *argument, struct err *err)
{
	(void)err;
	append(&o->outputs, argument);
	return OUTCOME_OK;
}

static enum outcome
take_resolve(struct options *o, const char *argument, struct err *err)
{
	const char *colon = strchr(argument, ':');

	if (colon == NULL || strchr(colon + 1, ':') == NULL)
		return outcome_set(err, OUTCOME_USAGE,
		    "--resolve %s: it is HOST:PORT:ADDRESS", argument);
	append(&o->resolves, argument);
	return OUTCOME_OK;
}

static enum outcome
take_verbose(struct options *o, const char *argument, struct err *err)
{
	(void)argument;
	(void)err;
	o->verbose++;
	return OUTCOME_OK;
}

/* "1.5": at least a millisecond, at most some years. */
static enum outcome
parse_seconds(const char *text, int64_t *ms_r, struct err *err)
{
	struct span whole = span_str(text), part;
	size_t dot = span_find(whole, '.');
	uint64_t seconds = 0, ms = 0;
	bool fine;

	part = span_skip(whole, dot + 1);
	whole.len = dot;
	if (part.len > 3)
		part.len = 3;
	fine = whole.len + part.len > 0 &&
	       (whole.len == 0 ||
		   number_parse(whole, INT32_MAX, &seconds) == NUMBER_OK) &&
	       (part.len == 0 || number_parse(part, 999, &ms) == NUMBER_OK);
	for (size_t i = part.len; i < 3; i++)
		ms *= 10;
	if (!fine || seconds + ms == 0)
		return outcome_set(err, OUTCOME_USAGE,
		    "%s is no number of seconds, such as 2 or 0.5", text);
	*ms_r = (int64_t)(seconds * 1000 + ms);
	return OUTCOME_OK;
}

static enum outcome
take_max_time(struct options *o, const char *argument, struct err *err)
{
	return parse_seconds(argument, &o->max_time_ms, err);
}

static enum outcome
take_connect_timeout(struct options *o, const char *argument, struct err *err)
{
	return parse_seconds(argument, &o->connect_timeout_ms, err);
}

static enum outcome
take_max_redirects(struct options *o, const char *argument, struct err *err)
{
	if (number_parse(span_str(argument), 1000, &o->max_redirects) !=
	    NUMBER_OK)
		return outcome_set(err, OUTCOME_USAGE,
		    "--max-redirs %s: no number up to 1000", argument);
	return OUTCOME_OK;
}

static enum outcome
take_help(struct options *o, const char *argument, struct err *err)
{
	(void)argument;
	(void)err;
	o->command = OPTIONS_HELP;
	return OUTCOME_OK;
}

static enum outcome
take_version(struct options *o, const char *argument, struct err *err)
{
	(void)argument;
	(void)err;
	if (o->command == OPTIONS_REQUEST)
		o->command = OPTIONS_VERSION;
	return OUTCOME_OK;
}

#define AT(member) NULL, offsetof(struct options, member)
#define BY(function) function, 0

const struct option_row option_rows[] = {
	{ 'X', "request", "METHOD", "the method", BY(take_method) },
	{ 'H', "header", "LINE", "a field: 'Name: value', 'Name:' for none",
	    BY(take_header) },
	{ 'd', "data", "DATA", "send DATA or @FILE as a form is sent",
	    BY(take_data) },
	{ '\0', "data-binary", "DATA", "the same, @FILE as it is",
	    BY(take_data_binary) },
	{ '\0', "data-raw", "DATA", "the same, \"@\" means nothing",
	    BY(take_data_raw) },
	{ '\0', "data-urlencode", "DATA", "a field of a form, to be encoded",
	    BY(take_data_encoded) },
	{ 'F', "form", "PART", "a form's name=value or name=@FILE",
	    BY(take_form) },
	{ 'T', "upload-file", "FILE", "send FILE by PUT; - is the input",
	    AT(upload) },
	{ 'I', "head", NULL, "ask for the head alone", AT(head) },
	{ 'i', "include", NULL, "show the heads with the body", AT(include) },
	{ 'v', "verbose", NULL, "show what goes both ways; -vv: all of it",
	    BY(take_verbose) },
	{ 's', "silent", NULL, "no progress, no errors", AT(silent) },
	{ 'S', "show-error", NULL, "errors even with -s", AT(show_error) },
	{ 'o', "output", "FILE", "write to FILE; - is standard output, raw",
	    BY(take_output) },
	{ 'O', "remote-name", NULL, "write to a file named as in the URL",
	    BY(take_output) },
	{ 'f', "fail", NULL, "a status of 400 or more is a failure", AT(fail) },
	{ 'L', "location", NULL, "follow redirects", AT(follow) },
	{ '\0', "max-redirs", "N", "at most N of them (10)",
	    BY(take_max_redirects) },
	{ 'm', "max-time", "SECONDS", "give up a URL after SECONDS",
	    BY(take_max_time) },
	{ '\0', "connect-timeout", "SECONDS", "the time for connecting (300)",
	    BY(take_connect_timeout) },
	{ '0', "http1.0", NULL, "speak HTTP/1.0", AT(http10) },
	{ 'u', "user", "NAME:PASSWORD", "sign in (Basic)", AT(user) },
	{ 'A', "user-agent", "TEXT", "the field User-Agent; '' for none",
	    AT(user_agent) },
	{ 'e', "referer", "URL", "the field Referer", AT(referer) },
	{ 'r', "range", "RANGE", "only these bytes, 0-99 say", AT(range) },
	{ '\0', "resolve", "HOST:PORT:ADDRESS", "ask ADDRESS for that host",
	    BY(take_resolve) },
	{ '\0', "request-target", "TARGET", "what to ask for, as it is",
	    BY(take_target) },
	{ 'V', "version", NULL, "the version", BY(take_version) },
	{ 'h', "help", NULL, "this text", BY(take_help) },
	{ .word = NULL },
};
