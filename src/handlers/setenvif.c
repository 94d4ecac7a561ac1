/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SetEnvIf and its kin: variables of a request that follow from what it is.
 * As in Apache those of the server and of a host are looked at first of all,
 * with the path as it was sent, those of a section where it holds, with the
 * path decoded.  All that match have their effect, in the order of the file,
 * the outer scope's first.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/regex.h"
#include "http/exchange_env.h"
#include "http/module.h"

/* A variable that is set, or unset. */
struct effect {
	struct span name;
	struct span value;
	bool unset;
	bool has_groups; /* $1 ... are to be put in, and \$ is $ */
};

struct rule;
/* What is matched; ptr NULL: the request has no such thing. */
typedef struct span subject_of(struct exchange *, const struct rule *);

struct rule {
	subject_of *subject;
	struct span name;	   /* of a header */
	const struct regex *names; /* of headers, or NULL */
	const struct regex *regex;
	const struct effect *effects;
	size_t effect_count;
	bool in_section;
};

/* Of one scope; outer outlives it. */
struct rule_list {
	const struct rule *rules;
	size_t count;
	const struct rule_list *outer;
};

struct setenvif_conf {
	struct rule_list list;
};

/* ---- what is matched ---- */

static struct span
remote_addr(struct exchange *x, const struct rule *rule)
{
	(void)rule;
	return span_str(exchange_remote_text(x));
}

static struct span
server_addr(struct exchange *x, const struct rule *rule)
{
	char *text = arena_alloc(&x->arena, ADDR_TEXT_SIZE);

	(void)rule;
	if (text == NULL)
		return span_of(NULL, 0);
	return span_of(text, addr_print_ip(&x->peer->local, text));
}

static struct span
request_method(struct exchange *x, const struct rule *rule)
{
	(void)rule;
	return x->request.method_text;
}

static struct span
request_protocol(struct exchange *x, const struct rule *rule)
{
	char *text = arena_printf(
	    &x->arena, "HTTP/%d.%d", x->request.major, x->request.minor);

	(void)rule;
	return text == NULL ? span_of(NULL, 0) : span_str(text);
}

static struct span
request_uri(struct exchange *x, const struct rule *rule)
{
	return rule->in_section ? x->request.uri.path : x->request.uri.raw_path;
}

/* Several lines of one name are one list (RFC 9110, 5.3). */
static struct span
joined(struct exchange *x, struct span before, struct span value)
{
	char *text;

	if (before.ptr == NULL)
		return value;
	text = arena_printf(
	    &x->arena, "%.*s, %.*s", SPAN_ARG(before), SPAN_ARG(value));
	return text == NULL ? before : span_str(text);
}

/* A header; where there is none, a variable that was set before. */
static struct span
header(struct exchange *x, const struct rule *rule)
{
	const struct request *r = &x->request;
	struct span value = { NULL, 0 };

	for (unsigned i = 0; i < r->field_count; i++)
		if (span_equal_nocase(r->fields[i].name, rule->name))
			value = joined(x, value, r->fields[i].value);
	return value.ptr != NULL ? value : exchange_env_get(x, rule->name);
}

/* As in Apache the last header whose name matches. */
static struct span
header_by_pattern(struct exchange *x, const struct rule *rule)
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
	subject_of *subject;
} attributes[] = {
	/* No name is ever looked up. */
	{ "Remote_Host", remote_addr },
	{ "Remote_Addr", remote_addr },
	{ "Server_Addr", server_addr },
	{ "Request_Method", request_method },
	{ "Request_Protocol", request_protocol },
	{ "Request_URI", request_uri },
};

/* ---- rows ---- */

static int
compile(const struct directive_use *use, int arg, bool nocase,
    const struct regex **regex_r)
{
	size_t offset;
	struct err err;

	*regex_r =
	    regex_compile(use->arena, use->args[arg], nocase, &err, &offset);
	if (*regex_r == NULL)
		return directive_error_inside(
		    use, arg, offset, "no regular expression: %s", err.text);
	return 0;
}

static int
parse_attribute(const struct directive_use *use, struct rule *rule)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	const char *name = use->args[0];

	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		if (strcasecmp(name, attributes[i].name) == 0) {
			rule->subject = attributes[i].subject;
			return 0;
		}
	}
	if (strncasecmp(name, "OID(", 4) == 0)
		return directive_error(
		    use, 0, "parts of certificates are not supported");
	rule->name = span_str(name);
	rule->subject = header;
	if (name[strspn(name, plain)] == '\0')
		return 0;
	rule->subject = header_by_pattern;
	return compile(use, 0, true, &rule->names);
}

/* VAR, VAR=value or !VAR */
static int
parse_effect(const struct directive_use *use, int arg, struct effect *effect_r)
{
	struct span text = span_str(use->args[arg]);
	size_t equals = span_find(text, '=');

	*effect_r = (struct effect){ .value = SPAN("1") };
	effect_r->unset = span_starts(text, "!");
	if (effect_r->unset) {
		effect_r->name = span_skip(text, 1);
	} else {
		effect_r->name = span_of(text.ptr, equals);
		if (equals < text.len)
			effect_r->value = span_skip(text, equals + 1);
	}
	effect_r->has_groups = strpbrk(effect_r->value.ptr, "$\\") != NULL;
	if (effect_r->name.len == 0)
		return directive_error(
		    use, arg, "a variable's name is missing");
	return 0;
}

static int
parse_effects(const struct directive_use *use, int first, struct rule *rule)
{
	struct effect *effects;
	size_t count = (size_t)(use->arg_count - first);

	effects = arena_calloc(use->arena, count, sizeof(*effects));
	if (effects == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (parse_effect(use, first + (int)i, &effects[i]) == -1)
			return -1;
	rule->effects = effects;
	rule->effect_count = count;
	return 0;
}

static int
add_rule(const struct directive_use *use, int pattern, bool nocase,
    struct rule *rule, struct rule_list *list)
{
	void *all;

	rule->in_section = use->context == IN_DIRECTORY;
	if (compile(use, pattern, nocase, &rule->regex) == -1 ||
	    parse_effects(use, pattern + 1, rule) == -1)
		return -1;
	all = arena_append(
	    use->arena, list->rules, list->count, rule, 1, sizeof(*rule));
	if (all == NULL)
		return -1;
	list->rules = all;
	list->count++;
	return 0;
}

static int
parse_if(const struct directive_use *use, void *field)
{
	bool nocase = strcasecmp(use->row->name, "SetEnvIfNoCase") == 0;
	struct rule rule = { .subject = NULL };

	if (parse_attribute(use, &rule) == -1)
		return -1;
	return add_rule(use, 1, nocase, &rule, field);
}

static int
parse_browser(const struct directive_use *use, void *field)
{
	bool nocase = strcasecmp(use->row->name, "BrowserMatchNoCase") == 0;
	struct rule rule = { .subject = header, .name = SPAN("User-Agent") };

	return add_rule(use, 0, nocase, &rule, field);
}

static int
merge_rules(struct arena *arena, void *field, const void *outer)
{
	struct rule_list *list = field;

	(void)arena;
	list->outer = outer;
	return 0;
}

#define ROW(name_, syntax_, help_, parse_, min_)                               \
	DIRECTIVE_CUSTOM(name_, IN_ANY, setenvif_conf, list, struct rule_list, \
	    NULL, syntax_, help_, .parse = parse_, .merge = merge_rules,       \
	    .min_args = min_, .max_args = -1, .repeats = true)

static const struct directive rows[] = {
	ROW("SetEnvIf", "attribute regex [!]variable[=value] ...",
	    "set variables for requests of which a header field matches, or "
	    "Remote_Addr, Server_Addr, Request_Method, Request_Protocol or "
	    "Request_URI",
	    parse_if, 3),
	ROW("SetEnvIfNoCase", "attribute regex [!]variable[=value] ...",
	    "as SetEnvIf, whatever the case", parse_if, 3),
	ROW("BrowserMatch", "regex [!]variable[=value] ...",
	    "set variables for requests whose User-Agent matches",
	    parse_browser, 2),
	ROW("BrowserMatchNoCase", "regex [!]variable[=value] ...",
	    "as BrowserMatch, whatever the case", parse_browser, 2),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_setenvif.c", NULL };

static unsigned section_id;
static const struct conf_section setenvif_section = {
	.name = "setenvif",
	.rows = rows,
	.size = sizeof(struct setenvif_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* ---- requests ---- */

/* One piece of a value: a group, a quoted character, or what stands there. */
static struct span
next_piece(struct span *rest, const struct span groups[REGEX_GROUPS])
{
	struct span piece = { rest->ptr, 1 };
	char next = rest->len > 1 ? rest->ptr[1] : '\0';

	if (piece.ptr[0] == '$' && next >= '0' && next <= '9')
		piece = groups[next - '0'];
	else if (piece.ptr[0] == '\\' && next != '\0')
		piece.ptr++;
	else
		next = '\0';
	*rest = span_skip(*rest, next == '\0' ? 1 : 2);
	return piece;
}

/* The value with its groups; ptr NULL without memory. */
static struct span
expand(struct exchange *x, struct span value,
    const struct span groups[REGEX_GROUPS])
{
	struct span rest = value;
	size_t len = 0;
	char *text, *to;

	while (rest.len > 0)
		len += next_piece(&rest, groups).len;
	text = to = arena_alloc(&x->arena, len + 1);
	if (text == NULL)
		return span_of(NULL, 0);
	for (rest = value; rest.len > 0;) {
		struct span piece = next_piece(&rest, groups);

		if (piece.len > 0)
			memcpy(to, piece.ptr, piece.len);
		to += piece.len;
	}
	*to = '\0';
	return span_of(text, len);
}

static void
apply(struct exchange *x, const struct rule *rule,
    const struct span groups[REGEX_GROUPS])
{
	for (size_t i = 0; i < rule->effect_count; i++) {
		const struct effect *effect = &rule->effects[i];
		struct span value = effect->value;

		if (effect->unset) {
			exchange_env_unset(x, effect->name);
			continue;
		}
		if (effect->has_groups)
			value = expand(x, value, groups);
		if (value.ptr != NULL)
			(void)exchange_env_set(x, effect->name, value);
	}
}

/* What is not there is matched as if it was empty. */
static void
run_rule(struct exchange *x, const struct rule *rule)
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

/* A scope is either in a section or not, with all its rules. */
static void
run(struct exchange *x, const struct rule_list *list, bool in_section)
{
	if (list->outer != NULL)
		run(x, list->outer, in_section);
	if (list->count == 0 || list->rules[0].in_section != in_section)
		return;
	for (size_t i = 0; i < list->count; i++)
		run_rule(x, &list->rules[i]);
}

static void
setenvif_begin(struct exchange *x)
{
	const struct setenvif_conf *conf = exchange_conf(x, &setenvif_section);

	run(x, &conf->list, false);
}

static enum hook_result
setenvif_check(struct exchange *x)
{
	const struct setenvif_conf *conf = exchange_conf(x, &setenvif_section);

	run(x, &conf->list, true);
	return HOOK_PASS;
}

const struct module setenvif_module = {
	.conf = &setenvif_section,
	.begin = setenvif_begin,
	.check = setenvif_check,
};
