/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way of a request through the modules.  Stages in their order, modules in
 * the order of MODULES; what each stage decided is left in exchange->route,
 * which is also how a stage that waits is found again.
 */
#include "config.h"

#include "files/files.h"
#include "framing/framing.h"
#include "http/exchange_env.h"
#include "http/http_conf.h"
#include "http/module.h"
#include "worker/error_answer.h"
#include "worker/handler_conf.h"
#include "worker/hooks.h"
#include "worker/route.h"

static void
find_host(struct exchange *x)
{
	const struct host *host = exchange_find_host(x);

	x->route.host = host;
	x->route.host_reason =
	    host->index == 0 ? "main server" : "by address and name";
	x->settings = host->settings;
}

/* (?<name>...) in a section that holds is a variable, as in Apache. */
static void
take_group(void *exchange, struct span variable, struct span value)
{
	struct exchange *x = exchange;
	struct span copy = arena_span(&x->arena, value);

	if (copy.ptr != NULL)
		(void)exchange_env_set(x, variable, copy);
}

/* What a section that may hold was to open or close nobody knows. */
static void
refuse_unknown(struct exchange *x, const struct section *gave_up)
{
	if (gave_up != NULL)
		exchange_report(x, REPORT_WARN, "worker",
		    "the pattern of the section at %s:%d takes too long for "
		    "this request, which is not served therefore",
		    gave_up->place.file, gave_up->place.line);
	response_error(x, 500);
}

/* Asked about another exchange than the one that is routed. */
static bool
is_handled(struct exchange *x)
{
	const struct handler_choice *handler = handler_choose(x);

	return handler == NULL || handler->module != NULL ||
	       handler->lacking != NULL;
}

static void
find_settings(struct exchange *x, struct lookup_cache *cache)
{
	struct lookup_subject subject = {
		.host = x->route.host,
		.uri_path = x->request.uri.path,
		.file_path = x->file_path,
		.slash_added = x->slash_added,
		.capture = take_group,
		.data = x,
	};
	const struct handler_choice *handler;
	const struct settings *settings;

	settings = lookup_settings(cache, &subject, &x->held, NULL);
	if (settings == NULL) {
		refuse_unknown(x, lookup_gave_up(cache));
		return;
	}
	x->settings = settings;
	x->is_handled = is_handled;
	handler = handler_choose(x);
	x->route.handler = handler;
	if (handler == NULL)
		response_error(x, 500);
	/* A handler asks for no "/" behind a directory: what <Directory> says
	 * about it, be it another handler or none, has to hold at once.  Nor
	 * does it ask for a file: what <Files> says is for what ends the path,
	 * be it there or not. */
	else if ((handler->module != NULL || handler->of_name) &&
		 (files_enter_directory(x) ||
		     (x->path_info.len == 0 && files_end_path(x))))
		find_settings(x, cache);
}

/* Answered by its URI alone: what sections say about that holds for the
 * answer, and for what the host is called in it. */
static void
find_location_settings(struct exchange *x, struct lookup_cache *cache)
{
	struct lookup_subject subject = {
		.host = x->route.host,
		.uri_path = x->request.uri.path,
	};
	const struct settings *settings =
	    lookup_settings(cache, &subject, &x->held, NULL);

	if (settings == NULL || settings == x->settings)
		return;
	x->settings = settings;
	if (x->response.redirected_to.len > 0)
		response_redirect(
		    x, x->response.status, x->response.redirected_to);
}

/* Methods that nothing in this server does (RFC 9110, 9.1): 501 for those it
 * has never heard of, 405 for those it will not do. */
static bool
refuse_method(struct exchange *x)
{
	const struct http_conf *conf = settings_get(x->settings, &http_section);

	switch (x->request.method) {
	case METHOD_UNKNOWN:
		exchange_report(x, REPORT_ERROR, "core",
		    "AH00135: Invalid method in request %.*s",
		    SPAN_ARG(x->request.line));
		response_error(x, 501);
		return true;
	case METHOD_TRACE:
		if (conf->trace != TRACE_OFF)
			return false;
		/* fallthrough */
	case METHOD_CONNECT:
		response_methods(x, METHODS_READ);
		return true;
	default:
		return false;
	}
}

/* One of the hooks that decide something. */
static enum hook_result
ask(struct exchange *x, enum hook_stage stage, const struct module *m)
{
	switch (stage) {
	case HOOKS_MAP:
		return m->map(x);
	case HOOKS_CHECK:
		return m->check(x);
	default:
		return m->handle(x);
	}
}

static void
record_decision(
    struct exchange *x, enum hook_stage stage, const struct module *m)
{
	if (stage == HOOKS_MAP)
		x->route.mapped_by = m;
	else if (stage == HOOKS_CHECK)
		x->route.checked_by = m;
	else
		x->route.handled_by = m;
}

/*
 * Asks the modules' hooks of one stage, from route.next on.  A map hook that
 * has named a file has done its work: the others are not asked.
 */
static enum hook_result
ask_modules(struct exchange *x, enum hook_stage stage)
{
	const struct module *const *list = hooks_at(stage);

	for (; list[x->route.next] != NULL; x->route.next++) {
		const struct module *m = list[x->route.next];
		enum hook_result result;

		result = ask(x, stage, m);
		if (result == HOOK_WAIT)
			return HOOK_WAIT;
		if (result == HOOK_PASS &&
		    !(stage == HOOKS_MAP && x->file_path.len > 0))
			continue;
		record_decision(x, stage, m);
		return result;
	}
	return HOOK_PASS;
}

/* Where a handler is named, nobody else answers. */
static enum hook_result
ask_handlers(struct exchange *x)
{
	const struct module *chosen = x->route.handler->module;
	enum hook_result result;

	if (chosen == NULL)
		return ask_modules(x, HOOKS_HANDLE);
	result = ask(x, HOOKS_HANDLE, chosen);
	if (result != HOOK_WAIT && result != HOOK_PASS)
		record_decision(x, HOOKS_HANDLE, chosen);
	return result;
}

static void
begin(struct exchange *x)
{
	const struct module *const *m;

	for (m = hooks_at(HOOKS_BEGIN); *m != NULL; m++)
		(*m)->begin(x);
}

static void
fix_up(struct exchange *x)
{
	const struct module *const *m;

	for (m = hooks_at(HOOKS_FIXUP); *m != NULL; m++)
		(*m)->fixup(x);
}

static void
decorate(struct exchange *x)
{
	const struct module *const *m;

	for (m = hooks_at(HOOKS_DECORATE); *m != NULL; m++)
		(*m)->decorate(x);
}

/* What is given to a handler that is lacking is not sent as a file. */
static bool
refuse_lacking(struct exchange *x)
{
	const char *lacking = x->route.handler->lacking;

	if (lacking == NULL)
		return false;
	exchange_report(x, REPORT_WARN, "worker",
	    "the handler \"%s\" is not supported: %.*s", lacking,
	    SPAN_ARG(
		x->file_path.len > 0 ? x->file_path : x->request.uri.path));
	response_error(x, 501);
	return true;
}

/* What a client announces is refused before it is sent. */
static bool
refuse_body(struct exchange *x)
{
	const struct framing_conf *conf = exchange_conf(x, &framing_section);
	int64_t length = x->request.content_length;

	if (conf->limit_body == 0 || length <= conf->limit_body)
		return false;
	exchange_report(x, REPORT_INFO, "core",
	    "AH01588: Requested content-length of %lld is larger than the "
	    "configured limit of %lld",
	    (long long)length, (long long)conf->limit_body);
	response_error(x, 413);
	return true;
}

/* How many resources may stand for one another in a chain. */
#define AGAIN_MAX 10

/* HOOK_PASS leads on to the settings of what stands for the resource. */
static enum hook_result
route_again(struct exchange *x)
{
	if (x->route.again++ == AGAIN_MAX) {
		exchange_report(x, REPORT_ERROR, "core",
		    "AH00124: Request exceeded the limit of %d internal "
		    "redirects due to probable configuration error",
		    AGAIN_MAX);
		response_error(x, 500);
		return HOOK_DONE;
	}
	x->route.stage = ROUTE_SETTINGS - 1;
	if (x->file_path.len == 0) {
		x->route.stage = ROUTE_MAP - 1;
		x->settings = x->route.host->settings;
		x->mapped_handler = NULL;
		x->path_info = span_of("", 0);
	}
	return HOOK_PASS;
}

/* One stage; HOOK_DONE: the response is decided. */
static enum hook_result
route_stage(struct exchange *x, struct lookup_cache *cache)
{
	enum hook_result result;

	switch ((enum route_stage)x->route.stage) {
	case ROUTE_HOST:
		find_host(x);
		begin(x);
		return x->response.status != 0 || refuse_method(x) ? HOOK_DONE
								   : HOOK_PASS;
	case ROUTE_SETTINGS:
		find_settings(x, cache);
		return x->response.status != 0 ? HOOK_DONE : HOOK_PASS;
	case ROUTE_FIXUP:
		fix_up(x);
		return x->response.status != 0 ? HOOK_DONE : HOOK_PASS;
	case ROUTE_HANDLE:
		if (refuse_lacking(x) || refuse_body(x))
			return HOOK_DONE;
		result = ask_handlers(x);
		if (result != HOOK_PASS)
			return result;
		exchange_report(x, REPORT_INFO, "core",
		    "AH00128: File does not exist: %.*s",
		    SPAN_ARG(x->request.uri.path));
		response_error(x, 404);
		return HOOK_DONE;
	case ROUTE_MAP:
		result = ask_modules(x, HOOKS_MAP);
		if (result == HOOK_DONE)
			find_location_settings(x, cache);
		return result;
	default:
		return ask_modules(x, HOOKS_CHECK);
	}
}

/* Refused by the framing: its host may not be known. */
static void
take_refusal(struct exchange *x)
{
	if (x->route.host == NULL)
		find_host(x);
	if (x->refusal != NULL)
		exchange_report(x, x->refusal->level, x->refusal->room, "%s",
		    x->refusal->text);
	x->refusal = NULL;
	/* An answer that had to wait for the request's body is not sent. */
	x->status_original = 0;
	x->route.stage = ROUTE_DECORATE;
}

/* Nobody watches but for explain: then it costs a request nothing. */
struct watch {
	route_watch *tell;
	void *data;
};

/* Up to an answer, be it an error; false: a hook waits. */
__attribute__((always_inline)) static inline bool
find_answer(
    struct exchange *x, struct lookup_cache *cache, const struct watch *watch)
{
	while (x->route.stage < ROUTE_DECORATE) {
		enum hook_result result = route_stage(x, cache);

		if (watch != NULL)
			watch->tell(watch->data, x,
			    (enum route_stage)x->route.stage);
		if (result == HOOK_AGAIN)
			result = route_again(x);
		if (result == HOOK_WAIT) {
			x->state =
			    x->sink != NULL ? EXCHANGE_BODY : EXCHANGE_WAITING;
			return false;
		}
		x->route.stage =
		    result == HOOK_DONE ? ROUTE_DECORATE : x->route.stage + 1;
		x->route.next = 0;
	}
	response_conditions(x);
	return true;
}

/* The framing refused it, and no request is known that an error document could
 * be for.  A 404 is about the path alone, a 503 about the server, a 413 behind
 * the host about the size of a body that somebody took. */
static bool
is_unread(const struct exchange *x)
{
	switch (x->response.status) {
	case 0:
	case 404:
	case 503:
		return false;
	case 413:
		return x->route.host == NULL;
	default:
		return true;
	}
}

__attribute__((always_inline)) static inline bool
route_to_end(
    struct exchange *x, struct lookup_cache *cache, const struct watch *watch)
{
	bool unread = is_unread(x);

	if (x->response.status != 0)
		take_refusal(x);
	for (;;) {
		if (!find_answer(x, cache, watch))
			return false;
		if (unread || !error_answer(x))
			break;
		x->route.stage = ROUTE_MAP;
	}
	decorate(x);
	response_finish(x);
	x->route.stage = ROUTE_END;
	return true;
}

bool
route(struct exchange *x, struct lookup_cache *cache)
{
	return route_to_end(x, cache, NULL);
}

bool
route_watched(struct exchange *x, struct lookup_cache *cache,
    route_watch *tell, void *data)
{
	return route_to_end(x, cache, &(struct watch){ tell, data });
}
