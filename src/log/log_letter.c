/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the letters of a LogFormat print of a request and its answer, and the
 * table of them all.  All text of a peer goes through log_out_escaped.  What
 * is not known prints "-".
 */
#include "config.h"

#include "log/log_letter.h"

#include "http/module.h"
#include "log/error_log.h"

#define PRINT(name)                                                       \
	static void name(const struct log_item *item, struct exchange *x, \
	    struct log_out *out)
#define UNUSED(parameter) (void)(parameter)

void
log_print_text(struct log_out *out, struct span text)
{
	if (text.len == 0)
		log_out_char(out, '-');
	else
		log_out_escaped(out, text);
}

void
log_print_dash(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	UNUSED(item);
	UNUSED(x);
	log_out_char(out, '-');
}

/* ---- the request ---- */

PRINT(print_protocol)
{
	UNUSED(item);
	if (x->request.major == 0) {
		log_out_char(out, '-');
		return;
	}
	log_out_span(out, (struct span)SPAN("HTTP/"));
	log_out_number(out, x->request.major);
	log_out_char(out, '.');
	log_out_number(out, x->request.minor);
}

/* The password in http://user:password@host/; empty: there is none. */
static struct span
find_password(struct span target)
{
	struct span rest = target;
	size_t at;

	if (target.len == 0 || target.ptr[0] == '/')
		return span_of(NULL, 0);
	while (rest.len > 0 && !span_starts(rest, "://"))
		rest = span_skip(rest, 1);
	rest = span_skip(rest, 3);
	rest.len = span_find(rest, '/');
	at = span_find_last(rest, '@');
	if (at == rest.len)
		return span_of(NULL, 0);
	rest.len = at;
	return span_skip(rest, span_find(rest, ':') + 1);
}

/* As in Apache a password does not get into the log. */
static void
print_target(struct log_out *out, struct span target, struct span password)
{
	if (password.len == 0) {
		log_out_escaped(out, target);
		return;
	}
	log_out_escaped(
	    out, span_of(target.ptr, (size_t)(password.ptr - target.ptr)));
	log_out_span(out, (struct span)SPAN("XXXXXXXX"));
	log_out_escaped(
	    out, span_skip(target,
		     (size_t)(password.ptr + password.len - target.ptr)));
}

PRINT(print_request_line)
{
	const struct request *r = &x->request;
	struct span password = find_password(r->target);

	if (password.len == 0 && (r->line.len > 0 || r->method_text.len == 0)) {
		log_print_text(out, r->line);
		return;
	}
	log_out_escaped(out, r->method_text);
	log_out_char(out, ' ');
	print_target(out, r->target, password);
	log_out_char(out, ' ');
	print_protocol(item, x, out);
}

PRINT(print_method)
{
	UNUSED(item);
	log_print_text(out, x->request.method_text);
}

/* Of a request that was refused before its target was looked at. */
static struct span
raw_target(const struct exchange *x)
{
	struct span target = x->request.target;

	if (x->request.uri.path.len > 0 || !span_starts(target, "/"))
		return span_of(NULL, 0);
	return target;
}

/* As in Apache an index file has taken the place of its directory. */
PRINT(print_path)
{
	struct span raw = raw_target(x);

	UNUSED(item);
	if (raw.len > 0)
		log_out_escaped(out, span_of(raw.ptr, span_find(raw, '?')));
	else
		log_print_text(out, x->request.uri.path);
}

/* With its question mark; nothing if there is none. */
PRINT(print_query)
{
	const struct uri *uri = &x->request.uri;
	struct span raw = raw_target(x);

	UNUSED(item);
	if (raw.len > 0) {
		log_out_escaped(out, span_skip(raw, span_find(raw, '?')));
	} else if (uri->has_query) {
		log_out_char(out, '?');
		log_out_escaped(out, uri->query);
	}
}

PRINT(print_file)
{
	UNUSED(item);
	log_print_text(out, x->file_path);
}

PRINT(print_keepalive_requests)
{
	UNUSED(item);
	log_out_number(out, x->requests_before);
}

/* What SetHandler named; files have none. */
PRINT(print_handler)
{
	const struct module *m = x->route.handled_by;

	UNUSED(item);
	log_print_text(
	    out, span_str(m == NULL || m->handler == NULL ? "" : m->handler));
}

/* %L of the request, %{c}L of its connection. */
PRINT(print_log_id)
{
	struct span id = span_str(x->log_id == NULL ? "" : x->log_id);
	char text[ERROR_LOG_ID_MAX];

	if (item->text.len > 0)
		id = span_of(text, error_log_connection_id(x, text));
	if (id.len == 0)
		log_out_char(out, '-');
	else
		log_out_span(out, id);
}

/* ---- the answer ---- */

PRINT(print_status)
{
	int status = x->response.status;

	if (item->original && x->status_original != 0)
		status = x->status_original;
	if (status == 0)
		log_out_char(out, '-');
	else
		log_out_number(out, (uint64_t)status);
}

PRINT(print_body_bytes)
{
	UNUSED(item);
	log_out_number(out, x->body_sent);
}

PRINT(print_body_bytes_or_dash)
{
	UNUSED(item);
	if (x->body_sent == 0)
		log_out_char(out, '-');
	else
		log_out_number(out, x->body_sent);
}

PRINT(print_bytes_in)
{
	UNUSED(item);
	log_out_number(out, x->head_bytes_in + x->body_bytes_in);
}

PRINT(print_bytes_out)
{
	UNUSED(item);
	log_out_number(out, x->bytes_sent);
}

PRINT(print_bytes_both)
{
	UNUSED(item);
	log_out_number(
	    out, x->head_bytes_in + x->body_bytes_in + x->bytes_sent);
}

PRINT(print_connection_status)
{
	UNUSED(item);
	if (x->state == EXCHANGE_ABORTED)
		log_out_char(out, 'X');
	else
		log_out_char(out, x->keep_alive ? '+' : '-');
}

/* ---- {argument} ---- */

int
log_prepare_word(
    struct log_item *item, const char *const *words, struct err *err)
{
	int i;

	if (item->text.len == 0)
		return 0;
	for (i = 0; words[i] != NULL; i++) {
		item->number = i;
		if (span_is_nocase(item->text, words[i]))
			return 0;
	}
	return err_set(err, "{%.*s} is not known", SPAN_ARG(item->text));
}

int
log_prepare_connection(
    struct log_item *item, struct arena *arena, struct err *err)
{
	static const char *const words[] = { "c", NULL };

	UNUSED(arena);
	return log_prepare_word(item, words, err);
}

/* ---- the table ---- */

static const struct log_letter letters[] = {
	/* name, of the original request, long, prints, takes */
	{ "a", false, false, log_peer_remote_ip, log_prepare_connection },
	{ "A", false, false, log_peer_local_ip, NULL },
	{ "b", false, false, print_body_bytes_or_dash, NULL },
	{ "B", false, false, print_body_bytes, NULL },
	{ "C", false, true, log_field_cookie, log_field_prepare },
	{ "D", true, false, log_time_taken_us, NULL },
	{ "e", false, true, log_field_variable, log_field_prepare },
	{ "f", false, true, print_file, NULL },
	{ "h", false, false, log_peer_remote_ip, log_prepare_connection },
	{ "H", false, false, print_protocol, NULL },
	{ "i", false, true, log_field_request, log_field_prepare },
	{ "I", false, false, print_bytes_in, NULL },
	{ "k", false, false, print_keepalive_requests, NULL },
	{ "l", false, false, log_print_dash, NULL },
	{ "L", true, false, print_log_id, log_prepare_connection },
	{ "m", false, true, print_method, NULL },
	{ "n", false, true, log_field_note, log_field_prepare },
	{ "o", false, true, log_field_response, log_field_prepare },
	{ "O", false, false, print_bytes_out, NULL },
	{ "p", false, false, log_peer_port, log_peer_prepare_port },
	{ "P", false, false, log_peer_pid, log_peer_prepare_pid },
	{ "q", false, true, print_query, NULL },
	{ "r", true, true, print_request_line, NULL },
	{ "R", true, false, print_handler, NULL },
	{ "s", true, false, print_status, NULL },
	{ "S", false, false, print_bytes_both, NULL },
	{ "t", false, false, log_time_default, log_time_prepare },
	{ "T", true, false, log_time_taken, log_time_prepare_unit },
	/* Nobody logs in yet. */
	{ "u", false, false, log_print_dash, NULL },
	{ "U", true, true, print_path, NULL },
	{ "v", false, true, log_peer_server_name, NULL },
	{ "V", false, true, log_peer_used_name, NULL },
	{ "X", false, false, print_connection_status, NULL },
	{ "^FB", false, false, log_time_first_byte, NULL },
	{ "^ti", false, true, log_field_trailer, log_field_prepare },
	/* Nobody sends trailers. */
	{ "^to", false, false, log_print_dash, log_field_prepare },
};

const struct log_letter *
log_letter_find(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (span_starts(span_str(text), letters[i].name))
			return &letters[i];
	return NULL;
}
