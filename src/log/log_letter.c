/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each letter of a LogFormat prints, and the table of them.  All text of
 * a peer goes through log_out_escaped.  What is not known prints "-".
 */
#include "config.h"

#include "log/log_letter.h"

#include <unistd.h>

#include "base/addr.h"
#include "http/module.h"

#define PRINT(name)                                                       \
	static void name(const struct log_item *item, struct exchange *x, \
	    struct log_out *out)
#define UNUSED(parameter) (void)(parameter)

static void
escaped_or_dash(struct log_out *out, struct span text)
{
	if (text.len == 0)
		log_out_char(out, '-');
	else
		log_out_escaped(out, text);
}

static void
text_or_dash(struct log_out *out, const char *text)
{
	escaped_or_dash(out, span_str(text != NULL ? text : ""));
}

void
log_print_dash(
    const struct log_item *item, struct exchange *x, struct log_out *out)
{
	UNUSED(item);
	UNUSED(x);
	log_out_char(out, '-');
}

/* ---- addresses and ports ---- */

static void
print_ip(struct log_out *out, const struct addr *addr)
{
	if (log_out_room(out, ADDR_TEXT_SIZE))
		out->at += addr_print_ip(addr, out->at);
}

/* A client's requests come in a row: its text is made once for them. */
PRINT(print_remote_ip)
{
	static char text[16]; /* "255.255.255.255" and a NUL */
	static size_t len;
	static in_addr_t known;
	const struct addr *addr = &x->peer->remote;

	UNUSED(item);
	if (addr->len == 0 || addr->any.sa_family != AF_INET) {
		print_ip(out, addr);
		return;
	}
	if (len == 0 || known != addr->v4.sin_addr.s_addr) {
		char fresh[ADDR_TEXT_SIZE];

		len = addr_print_ip(addr, fresh);
		memcpy(text, fresh, sizeof(text));
		known = addr->v4.sin_addr.s_addr;
	}
	if (log_out_room(out, sizeof(text))) {
		memcpy(out->at, text, sizeof(text));
		out->at += len;
	}
}

PRINT(print_local_ip)
{
	UNUSED(item);
	print_ip(out, &x->peer->local);
}

/* %{c}a is the connection's other end, whoever the client behind it is. */
static int
prepare_ip(struct log_item *item, struct arena *arena, struct err *err)
{
	UNUSED(arena);
	if (item->text.ptr == NULL || span_is(item->text, "c"))
		return 0;
	return err_set(
	    err, "%%{%.*s}a is not known, only %%{c}a", SPAN_ARG(item->text));
}

enum {
	PORT_CANONICAL,
	PORT_LOCAL,
	PORT_REMOTE
};

/* As the client sees it, else as ServerName says, else as it is. */
static uint16_t
canonical_port(const struct exchange *x)
{
	if (x->request.uri.port != 0)
		return x->request.uri.port;
	if (x->route.host != NULL && x->route.host->port != 0)
		return x->route.host->port;
	return addr_port(&x->peer->local);
}

PRINT(print_port)
{
	if (item->number == PORT_CANONICAL)
		log_out_number(out, canonical_port(x));
	else
		log_out_number(out,
		    addr_port(item->number == PORT_LOCAL ? &x->peer->local
							 : &x->peer->remote));
}

/* One of a list of words, NULL at its end; the first without {argument}. */
static int
prepare_word(struct log_item *item, const char *const *words, struct err *err)
{
	int i;

	if (item->text.ptr == NULL)
		return 0;
	for (i = 0; words[i] != NULL; i++) {
		item->number = i;
		if (span_is(item->text, words[i]))
			return 0;
	}
	return err_set(err, "{%.*s} is not known", SPAN_ARG(item->text));
}

static int
prepare_port(struct log_item *item, struct arena *arena, struct err *err)
{
	static const char *const words[] = { "canonical", "local", "remote",
		NULL };

	UNUSED(arena);
	return prepare_word(item, words, err);
}

/* ---- the server ---- */

PRINT(print_server_name)
{
	const char *name = NULL;

	UNUSED(item);
	if (x->route.host != NULL)
		name = x->route.host->name;
	if (name == NULL && x->conf != NULL)
		name = x->conf->hosts[0].name;
	if (name == NULL)
		print_ip(out, &x->peer->local);
	else
		text_or_dash(out, name);
}

/* UseCanonicalName is Off: the name that the client used. */
PRINT(print_used_name)
{
	if (x->request.uri.host.len > 0)
		log_out_escaped(out, x->request.uri.host);
	else
		print_server_name(item, x, out);
}

/* A process writes lines under one pid; asking for it is a system call. */
PRINT(print_pid)
{
	static pid_t pid;

	UNUSED(item);
	UNUSED(x);
	if (pid == 0)
		pid = getpid();
	log_out_number(out, (uint64_t)pid);
}

/* There are no threads: a thread's number is its process's. */
static int
prepare_pid(struct log_item *item, struct arena *arena, struct err *err)
{
	static const char *const words[] = { "pid", "tid", NULL };

	UNUSED(arena);
	return prepare_word(item, words, err);
}

PRINT(print_handler)
{
	const struct module *m = x->route.handled_by;

	UNUSED(item);
	text_or_dash(out, m != NULL && m->conf != NULL ? m->conf->name : NULL);
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

PRINT(print_request_line)
{
	const struct request *r = &x->request;

	if (r->line.len > 0 || r->method_text.len == 0) {
		escaped_or_dash(out, r->line);
		return;
	}
	log_out_escaped(out, r->method_text);
	log_out_char(out, ' ');
	log_out_escaped(out, r->target);
	log_out_char(out, ' ');
	print_protocol(item, x, out);
}

PRINT(print_method)
{
	UNUSED(item);
	escaped_or_dash(out, x->request.method_text);
}

/*
 * The path decoded.  Where an index file stands for it, uri.path names that,
 * and the original is what the client sent.
 */
PRINT(print_path)
{
	const struct uri *uri = &x->request.uri;
	struct span path = uri->path;
	char *copy;
	long len;

	if (item->original && x->route.again > 0) {
		copy = arena_alloc(&x->arena, uri->raw_path.len + 1);
		len = copy == NULL ? -1 : uri_decode(uri->raw_path, copy);
		path = len < 0 ? uri->raw_path : span_of(copy, (size_t)len);
	}
	escaped_or_dash(out, path);
}

PRINT(print_query)
{
	UNUSED(item);
	if (!x->request.uri.has_query)
		return;
	log_out_char(out, '?');
	log_out_escaped(out, x->request.uri.query);
}

PRINT(print_file)
{
	UNUSED(item);
	escaped_or_dash(out, x->file_path);
}

PRINT(print_keepalive_requests)
{
	UNUSED(item);
	log_out_number(out, x->requests_before);
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

/* ---- the table ---- */

static const struct log_letter letters[] = {
	/* letter, of the original request, prints, takes */
	{ 'a', false, print_remote_ip, prepare_ip },
	{ 'A', false, print_local_ip, NULL },
	{ 'b', false, print_body_bytes_or_dash, NULL },
	{ 'B', false, print_body_bytes, NULL },
	{ 'C', false, log_field_cookie, log_field_prepare },
	{ 'D', true, log_time_taken_us, NULL },
	{ 'f', false, print_file, NULL },
	{ 'h', false, print_remote_ip, NULL },
	{ 'H', false, print_protocol, NULL },
	{ 'i', false, log_field_request, log_field_prepare },
	{ 'I', false, print_bytes_in, NULL },
	{ 'k', false, print_keepalive_requests, NULL },
	{ 'l', false, log_print_dash, NULL },
	{ 'L', false, log_print_dash, NULL },
	{ 'm', false, print_method, NULL },
	{ 'o', false, log_field_response, log_field_prepare },
	{ 'O', false, print_bytes_out, NULL },
	{ 'p', false, print_port, prepare_port },
	{ 'P', false, print_pid, prepare_pid },
	{ 'q', false, print_query, NULL },
	{ 'r', true, print_request_line, NULL },
	{ 'R', false, print_handler, NULL },
	{ 's', true, print_status, NULL },
	{ 'S', false, print_bytes_both, NULL },
	{ 't', false, log_time_default, log_time_prepare },
	{ 'T', true, log_time_taken, log_time_prepare_unit },
	{ 'u', false, log_print_dash, NULL },
	{ 'U', true, print_path, NULL },
	{ 'v', false, print_server_name, NULL },
	{ 'V', false, print_used_name, NULL },
	{ 'X', false, print_connection_status, NULL },
};

const struct log_letter *
log_letter_find(char letter)
{
	size_t i;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == letter)
			return &letters[i];
	return NULL;
}
