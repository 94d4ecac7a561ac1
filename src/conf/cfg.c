/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second syntax: files whose name ends in ".cfg".
 *
 *	Listen = "8080";
 *	Timeout = 60;			# numbers and true, false are values
 *	AddType = [ "text/x-c", ".c", ".h" ];		# several arguments
 *	Alias = ( ("/a", "/srv/a"), ("/b", "/srv/b") );	# used twice
 *	VirtualHost = (
 *		{ args = "*:8080"; ServerName = "a.example"; },
 *		{ args = ["*:8080", "[::1]:81"]; ServerName = "b.example"; }
 *	);
 *
 * A group may also have the list `body', whose groups { name; args; body }
 * stand in any order and number, as in the dump.  Sections, conditions and
 * Include mean what they mean in Apache's syntax, and so does ${NAME}, unless
 * the file says `expanded = true;' outside of all groups, as the dump does.
 */
#include "config.h"

#include "conf/cfg_scan.h"
#include "conf/reader_private.h"

/* One file on its way. */
struct cfg {
	struct reader *reader;
	const struct source *source;
	struct arena words;
	bool expanded;
};

static void scope(struct cfg *, const config_setting_t *group, bool named);

static void
fault(struct cfg *c, const config_setting_t *at, const char *what)
{
	struct conf_place place = {
		.file = c->source->name,
		.line = (int)config_setting_source_line(at),
		.order = ++c->reader->order,
	};

	diag_error(c->reader->in->diag, &place, "%s", what);
}

/* A scalar as somebody would type it; NULL after an error. */
static const char *
scalar_text(struct cfg *c, const config_setting_t *s)
{
	const char *text = NULL;

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_STRING:
		return config_setting_get_string(s);
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(s) ? "On" : "Off";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		text = arena_printf(
		    &c->words, "%lld", config_setting_get_int64(s));
		if (!text)
			c->reader->no_memory = true;
		return text;
	case CONFIG_TYPE_FLOAT:
		fault(c, s, "a number with a fraction is written as a string");
		return NULL;
	default:
		fault(c, s, "an argument is a string, a number or a bool");
		return NULL;
	}
}

static bool
add_word(struct cfg *c, const config_setting_t *s, struct statement *st,
    struct word *word)
{
	struct reader *r = c->reader;

	word->text = scalar_text(c, s);
	word->place = st->place;
	word->place.line = (int)config_setting_source_line(s);
	if (word->text && !c->expanded)
		word->text = variables_expand(&r->variables, &c->words,
		    r->in->diag, &word->place, word->text);
	st->arg_count++;
	return word->text != NULL;
}

/* args: NULL for none, a scalar for one, an array or a list for several. */
static bool
make_statement(struct cfg *c, const char *name, const config_setting_t *at,
    const config_setting_t *args, struct statement *st)
{
	int count = 0;
	struct word *words;
	bool ok = true;

	if (args && config_setting_is_group(args)) {
		fault(c, args, "arguments are no group { }");
		return false;
	}
	if (args)
		count = config_setting_is_aggregate(args)
			    ? config_setting_length(args)
			    : 1;
	words = arena_calloc(&c->words, (size_t)count + 1, sizeof(*words));
	*st = (struct statement){
		.name = name,
		.place = {
			.file = c->source->name,
			.line = (int)config_setting_source_line(at),
			.order = ++c->reader->order,
		},
		.args = words,
	};
	if (!words) {
		c->reader->no_memory = true;
		return false;
	}
	if (args && !config_setting_is_aggregate(args))
		return add_word(c, args, st, words);
	for (int i = 0; i < count; i++)
		ok = add_word(c, config_setting_get_elem(args, (unsigned)i), st,
			 &words[i]) &&
		     ok;
	return ok;
}

static void
directive(struct cfg *c, const char *name, const config_setting_t *at,
    const config_setting_t *args)
{
	struct statement st;

	if (make_statement(c, name, at, args, &st))
		reader_directive(c->reader, &st);
}

/* named: it is a group of a body, with its name inside. */
static void
section(
    struct cfg *c, const char *name, const config_setting_t *group, bool named)
{
	const struct frame *outer = c->reader->frame;
	struct statement st;

	if (!make_statement(c, name, group,
		config_setting_get_member(group, TREE_ARGS), &st))
		return;
	reader_open(c->reader, &st);
	if (c->reader->frame == outer)
		return;
	if (!reader_skips(c->reader))
		scope(c, group, named);
	reader_close(c->reader);
}

static bool
is_reserved(const char *name)
{
	return span_is(span_str(name), TREE_NAME) ||
	       span_is(span_str(name), TREE_ARGS);
}

/* A group of a body: a section if it has more than a name and arguments. */
static void
named_group(struct cfg *c, const config_setting_t *group)
{
	const char *name = NULL;
	int count, i = 0;

	if (config_setting_is_group(group))
		config_setting_lookup_string(group, TREE_NAME, &name);
	if (!name) {
		fault(c, group,
		    "what stands in a body is a group "
		    "{ name; args; body }");
		return;
	}
	count = config_setting_length(group);
	while (i < count && is_reserved(config_setting_name(
				config_setting_get_elem(group, (unsigned)i))))
		i++;
	if (i < count)
		section(c, name, group, true);
	else
		directive(c, name, group,
		    config_setting_get_member(group, TREE_ARGS));
}

static void
body(struct cfg *c, const config_setting_t *list)
{
	int count = config_setting_length(list);

	if (!config_setting_is_list(list)) {
		fault(c, list, "a body is a list ( ... )");
		return;
	}
	for (int i = 0; i < count && reader_goes_on(c->reader); i++)
		named_group(c, config_setting_get_elem(list, (unsigned)i));
}

enum element {
	ELEMENT_NONE,
	ELEMENT_SCALAR,
	ELEMENT_LIST,
	ELEMENT_GROUP,
	ELEMENT_MIXED
};

static enum element
element_of(const config_setting_t *s)
{
	if (config_setting_is_group(s))
		return ELEMENT_GROUP;
	return config_setting_is_aggregate(s) ? ELEMENT_LIST : ELEMENT_SCALAR;
}

/* What a list consists of. */
static enum element
elements_of(const config_setting_t *list)
{
	int count = config_setting_length(list);
	enum element all = ELEMENT_NONE;

	for (int i = 0; i < count; i++) {
		enum element one =
		    element_of(config_setting_get_elem(list, (unsigned)i));

		if (all == ELEMENT_NONE)
			all = one;
		if (all != one)
			return ELEMENT_MIXED;
	}
	return all;
}

/* Several sections, several uses of a directive, or one of more arguments. */
static void
list_member(struct cfg *c, const char *name, const config_setting_t *list)
{
	int count = config_setting_length(list);

	switch (elements_of(list)) {
	case ELEMENT_NONE:
	case ELEMENT_SCALAR:
		directive(c, name, list, list);
		break;
	case ELEMENT_LIST:
		for (int i = 0; i < count; i++) {
			const config_setting_t *args =
			    config_setting_get_elem(list, (unsigned)i);

			directive(c, name, args, args);
		}
		break;
	case ELEMENT_GROUP:
		for (int i = 0; i < count && reader_goes_on(c->reader); i++)
			section(c, name,
			    config_setting_get_elem(list, (unsigned)i), false);
		break;
	case ELEMENT_MIXED:
		fault(c, list,
		    "a list has arguments, or lists of arguments, "
		    "or sections { }, and not several of these");
		break;
	}
}

static void
member(struct cfg *c, const char *name, const config_setting_t *s)
{
	if (config_setting_is_group(s))
		section(c, name, s, false);
	else if (config_setting_is_list(s))
		list_member(c, name, s);
	else
		directive(c, name, s, s);
}

/* Members that were looked at elsewhere. */
static bool
is_known(const config_setting_t *group, const char *member, bool named)
{
	if (config_setting_is_root(group))
		return span_is(span_str(member), TREE_EXPANDED);
	return span_is(span_str(member), TREE_ARGS) ||
	       (named && span_is(span_str(member), TREE_NAME));
}

static void
scope(struct cfg *c, const config_setting_t *group, bool named)
{
	int count = config_setting_length(group);

	for (int i = 0; i < count && reader_goes_on(c->reader); i++) {
		const config_setting_t *s =
		    config_setting_get_elem(group, (unsigned)i);
		const char *name = config_setting_name(s);

		if (is_known(group, name, named))
			continue;
		if (is_reserved(name))
			fault(c, s, "`name' and `args' have no meaning here");
		else if (span_is(span_str(name), TREE_BODY))
			body(c, s);
		else
			member(c, name, s);
	}
}

/* Whether variables are put in already. */
static void
read_expanded(struct cfg *c, const config_setting_t *root)
{
	const config_setting_t *s =
	    config_setting_get_member(root, TREE_EXPANDED);

	if (s && config_setting_type(s) != CONFIG_TYPE_BOOL)
		fault(c, s, "`expanded' is true or false");
	else if (s)
		c->expanded = config_setting_get_bool(s);
}

/* A fault's place, counted from the bytes before it. */
static void
report_fault(struct cfg *c, const struct cfg_fault *f)
{
	struct conf_place place = {
		.file = c->source->name,
		.line = 1,
		.column = 1,
		.order = ++c->reader->order,
	};

	for (const char *p = c->source->text.ptr; p < f->at; p++) {
		place.column++;
		if (*p == '\n') {
			place.line++;
			place.column = 1;
		}
	}
	diag_error(c->reader->in->diag, &place, "%s", f->what);
}

static void
report_libconfig(struct cfg *c, const config_t *config)
{
	const char *text = config_error_text(config)
			       ? config_error_text(config)
			       : "not in libconfig's syntax";
	struct conf_place place = {
		.file = c->source->name,
		.line = config_error_line(config),
		.order = ++c->reader->order,
	};

	diag_error(c->reader->in->diag, &place, "%s%s", text,
	    span_is(span_str(text), "syntax error")
		? ": a statement is written name = value; with texts in quotes"
	    : span_is(span_str(text), "duplicate setting name")
		? ": several uses stand in one list"
		: "");
}

void
cfg_read(struct reader *r, const struct source *source)
{
	struct cfg c = { .reader = r, .source = source };
	struct cfg_fault f;
	config_t config;

	if (!cfg_scan(source->text, &f)) {
		report_fault(&c, &f);
		return;
	}
	arena_init(&c.words, NULL, 0, 0);
	config_init(&config);
	if (config_read_string(&config, source->text.ptr) == CONFIG_TRUE) {
		read_expanded(&c, config_root_setting(&config));
		scope(&c, config_root_setting(&config), false);
	} else {
		report_libconfig(&c, &config);
	}
	config_destroy(&config);
	arena_release(&c.words);
}
