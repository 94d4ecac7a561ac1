/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules at work: what of the request is matched, and what the variables get.
 */
#include "config.h"

#include "handlers/env_rule.h"

#include <string.h>
#include <strings.h>

#include "base/template.h"
#include "http/exchange_env.h"

/* ---- what is matched ---- */

static struct span
remote_addr(struct exchange *x, const struct env_rule *rule)
{
	(void)rule;
	return span_str(exchange_remote_text(x));
}

static struct span
server_addr(struct exchange *x, const struct env_rule *rule)
{
	char *text = arena_alloc(&x->arena, ADDR_TEXT_SIZE);

	(void)rule;
	if (text == NULL)
		return span_of(NULL, 0);
	return span_of(text, addr_print_ip(&x->peer->local, text));
}

static struct span
request_method(struct exchange *x, const struct env_rule *rule)
{
	(void)rule;
	return x->request.method_text;
}

static struct span
request_protocol(struct exchange *x, const struct env_rule *rule)
{
	char *text = arena_printf(
	    &x->arena, "HTTP/%d.%d", x->request.major, x->request.minor);

	(void)rule;
	return text == NULL ? span_of(NULL, 0) : span_str(text);
}

static struct span
request_uri(struct exchange *x, const struct env_rule *rule)
{
	return rule->in_section ? x->request.uri.path : x->request.uri.raw_path;
}

/* Writes them one behind the other; to NULL: only says how long that is. */
static size_t
join(const struct request *r, struct span name, char *to)
{
	static const struct span comma = SPAN(", ");
	size_t len = 0;

	for (unsigned i = 0; i < r->field_count; i++) {
		struct span value = r->fields[i].value;

		if (!span_equal_nocase(r->fields[i].name, name))
			continue;
		if (to != NULL && len > 0)
			memcpy(to + len - comma.len, comma.ptr, comma.len);
		if (to != NULL && value.len > 0)
			memcpy(to + len, value.ptr, value.len);
		len += value.len + comma.len;
	}
	return len == 0 ? 0 : len - comma.len;
}

/* Several lines of one name are one list (RFC 9110, 5.3). */
struct span
env_rule_header(struct exchange *x, const struct env_rule *rule)
{
	const struct field *first =
	    request_field_named(&x->request, rule->name);
	size_t len;
	char *text;

	if (first == NULL)
		return exchange_env_get(x, rule->name);
	len = join(&x->request, rule->name, NULL);
	if (len == first->value.len)
		return first->value;
	text = arena_alloc(&x->arena, len);
	if (text == NULL)
		return first->value;
	return span_of(text, join(&x->request, rule->name, text));
}

struct span
env_rule_header_by_pattern(struct exchange *x, const struct env_rule *rule)
{
	const struct request *r = &x->request;
	struct span groups[REGEX_GROUPS], value = { NULL, 0 };

	for (unsigned i = 0; i < r->field_count; i++)
		if (regex_match(rule->names, r->fields[i].name, groups) ==
		    REGEX_YES)
			value = r->fields[i].value;
	return value;
}

static const struct {
	const char *name;
	env_subject *subject;
} attributes[] = {
	/* No name is ever looked up. */
	{ "Remote_Host", remote_addr },
	{ "Remote_Addr", remote_addr },
	{ "Server_Addr", server_addr },
	{ "Request_Method", request_method },
	{ "Request_Protocol", request_protocol },
	{ "Request_URI", request_uri },
};

env_subject *
env_rule_attribute(const char *name)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
		if (strcasecmp(name, attributes[i].name) == 0)
			return attributes[i].subject;
	return NULL;
}

/* ---- what follows ---- */

static void
apply(struct exchange *x, const struct env_rule *rule,
    const struct span groups[REGEX_GROUPS])
{
	for (size_t i = 0; i < rule->effect_count; i++) {
		const struct env_effect *effect = &rule->effects[i];
		struct span value = effect->value;

		if (effect->unset) {
			exchange_env_unset(x, effect->name);
			continue;
		}
		if (effect->has_groups)
			value = template_expand(&x->arena, value, groups);
		if (value.ptr != NULL)
			(void)exchange_env_set(x, effect->name, value);
	}
}

void
env_rule_run(struct exchange *x, const struct env_rule *rule)
{
	struct span groups[REGEX_GROUPS];

	switch (regex_match(rule->regex, rule->subject(x, rule), groups)) {
	case REGEX_YES:
		apply(x, rule, groups);
		break;
	case REGEX_GAVE_UP:
		exchange_report(x, REPORT_INFO, "setenvif",
		    "a pattern took too long and counts as not matched");
		break;
	case REGEX_NO:
		break;
	}
}
