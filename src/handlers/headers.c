/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Header and RequestHeader.  As in Apache there are two tables of an answer's
 * fields: that of success, which handlers fill and "onsuccess" changes, and one
 * of "always", which begins empty and is sent with any answer, in front of the
 * other.  Neither action sees what is in the other's table.
 */
#include "config.h"

#include "handlers/header_action.h"
#include "http/date.h"

struct headers_conf {
	struct header_list response, request;
};

#define ROW(name_, field_, syntax_, ...)                                \
	DIRECTIVE_CUSTOM(name_, IN_ANY, headers_conf, field_,           \
	    struct header_list, NULL, syntax_, __VA_ARGS__,             \
	    .parse = header_action_parse, .merge = header_action_merge, \
	    .min_args = 1, .max_args = 6, .repeats = true)

static const struct directive rows[] = {
	ROW("Header", response,
	    "[onsuccess|always] set|append|merge|add|setifempty|unset|edit|"
	    "edit*|echo|note name [value [replacement]] "
	    "[early|env=[!]variable]",
	    "change the fields of answers: those of success, or with always "
	    "those that any answer gets, errors and redirects too, which are "
	    "a list of its own. %t, %D, %{VARIABLE}e and %{VARIABLE}s may "
	    "stand in values",
	    .differs =
		"there are no expressions (expr=), %l, %i and %b; "
		"fields that say where a message ends cannot be changed; of "
		"Connection \"close\" is heard alone; setifempty knows a "
		"Content-Type that is there; echo takes names in any case; "
		"what "
		"comes from a request is one line always"),
	ROW("RequestHeader", request,
	    "set|append|merge|add|setifempty|unset|edit|edit* name [value "
	    "[replacement]] [early|env=[!]variable]",
	    "change the fields of requests, for whoever handles and logs "
	    "them; early: before SetEnvIf and all else",
	    .differs = "Connection, Content-Length and Transfer-Encoding are "
		       "left alone; there are no expressions (expr=)"),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_headers.c", NULL };

static unsigned section_id;
static const struct conf_section headers_section = {
	.name = "headers",
	.rows = rows,
	.size = sizeof(struct headers_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* ---- requests ---- */

static int
run_on_request(struct exchange *x, const struct header_list *list, bool early)
{
	struct request *r = &x->request;
	struct field_list fields = { .count = r->field_count,
		.room = r->field_count + list->count };

	fields.fields =
	    arena_calloc(&x->arena, fields.room, sizeof(*fields.fields));
	if (fields.fields == NULL)
		return -1;
	if (r->field_count > 0)
		memcpy(fields.fields, r->fields,
		    r->field_count * sizeof(*fields.fields));
	for (size_t i = 0; i < list->count; i++)
		if (list->actions[i].early == early &&
		    header_action_run(&list->actions[i], x, &fields) != 0)
			return -1;
	request_index(r, fields.fields, (unsigned)fields.count);
	return 0;
}

static void
early_begin(struct exchange *x)
{
	const struct headers_conf *conf = exchange_conf(x, &headers_section);

	if (conf->request.early_count > 0 &&
	    run_on_request(x, &conf->request, true) != 0)
		response_error(x, 500);
}

/* An index has its own settings: what its directory's have changed is as it
 * was.  An error document is asked for with what was changed already. */
static void
headers_fixup(struct exchange *x)
{
	const struct headers_conf *conf = exchange_conf(x, &headers_section);
	const struct header_list *list = &conf->request;

	if (x->error != NULL)
		return;
	if (x->fields_before.fields != NULL)
		request_index(&x->request, x->fields_before.fields,
		    (unsigned)x->fields_before.count);
	if (list->count == list->early_count)
		return;
	if (x->fields_before.fields == NULL)
		x->fields_before = (struct field_list){
			.fields = (struct field *)x->request.fields,
			.count = x->request.field_count,
		};
	if (run_on_request(x, list, false) != 0)
		response_error(x, 500);
}

/* ---- answers ---- */

/* Not an error, and not a redirect; an error document by a path is what its
 * own request is. */
static bool
is_success(const struct exchange *x)
{
	int status = x->response.status;

	if (x->error != NULL)
		return x->error->answered;
	return (status >= 200 && status <= 299) || status == 304;
}

/* Makes a field of the list of what a response has without its being one. */
static int
expose(struct exchange *x, enum field_id id)
{
	static const struct span bytes = SPAN("bytes");
	struct response *response = &x->response;
	struct validators *validators = &response->validators;
	struct span value = { NULL, 0 };
	char date[DATE_SIZE];

	if (id == FIELD_CONTENT_TYPE) {
		value = response->content_type;
		response->content_type = span_of(NULL, 0);
	} else if (id == FIELD_ETAG) {
		value = validators->etag;
		validators->etag = span_of(NULL, 0);
	} else if (id == FIELD_ACCEPT_RANGES && response->ranges) {
		value = bytes;
		response->ranges = false;
	} else if (id == FIELD_LAST_MODIFIED &&
		   validators->last_modified != -1) {
		date_print(validators->last_modified, date);
		value = arena_span(&x->arena, span_str(date));
		validators->last_modified = -1;
		if (value.ptr == NULL)
			return -1;
	}
	if (value.len == 0)
		return 0;
	response->block = span_of(NULL, 0);
	return field_add(&response->fields, &x->arena, id, value);
}

/* Its type says where its parts end. */
static bool
is_multipart(const struct response *response)
{
	return response->status == 206 &&
	       span_starts(response->content_type, "multipart/");
}

static int
run(struct exchange *x, const struct header_action *action,
    struct field_list *always)
{
	if (action->id == FIELD_CONTENT_TYPE && is_multipart(&x->response))
		return 0;
	if (action->always)
		return header_action_run(action, x, always);
	if (!is_success(x))
		return 0;
	if (expose(x, action->id) != 0)
		return -1;
	return header_action_run(action, x, &x->response.fields);
}

static bool
says_close(struct span value)
{
	struct span element;

	while (span_next_element(&value, &element))
		if (span_is_nocase(element, "close"))
			return true;
	return false;
}

/* Puts the fields of a list behind those of to; some are the response's. */
static int
move_fields(
    struct exchange *x, const struct field_list *from, struct field_list *to)
{
	struct response *response = &x->response;

	for (size_t i = 0; i < from->count; i++) {
		const struct field *field = &from->fields[i];

		if (field->id == FIELD_CONNECTION) {
			response->close |= says_close(field->value);
		} else if (field->id == FIELD_CONTENT_TYPE) {
			response->content_type = field->value;
			response->block = span_of(NULL, 0);
		} else if (field_add_named(
			       to, &x->arena, field->name, field->value) != 0) {
			return -1;
		}
	}
	return 0;
}

static int
change_answer(struct exchange *x, const struct header_list *list)
{
	struct field_list always = { NULL, 0, 0 }, all = { NULL, 0, 0 };
	struct span type;

	for (int early = list->early_count > 0; early >= 0; early--)
		for (size_t i = 0; i < list->count; i++)
			if (list->actions[i].early == early &&
			    run(x, &list->actions[i], &always) != 0)
				return -1;
	if (move_fields(x, &always, &all) != 0)
		return -1;
	type = field_get(&always, FIELD_CONTENT_TYPE) == NULL
		   ? span_of(NULL, 0)
		   : x->response.content_type;
	if (move_fields(x, &x->response.fields, &all) != 0)
		return -1;
	if (type.ptr != NULL)
		x->response.content_type = type;
	x->response.fields = all;
	return 0;
}

static void
headers_decorate(struct exchange *x)
{
	const struct headers_conf *conf = exchange_conf(x, &headers_section);

	/* TRACE shows what was received, as in Apache, and nothing else. */
	if (conf->response.count > 0 && x->request.method != METHOD_TRACE &&
	    change_answer(x, &conf->response) != 0)
		response_error(x, 500);
}

const struct module headers_early_module = {
	.only_where_set = &headers_section,
	.begin = early_begin,
};

const struct module headers_module = {
	.conf = &headers_section,
	.only_where_set = &headers_section,
	.fixup = headers_fixup,
	.decorate = headers_decorate,
};
