/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sections: <VirtualHost> makes a host, <Directory>, <Files> and <Location>
 * make a scope that holds for some requests.
 */
#include "config.h"

#include <string.h>

#include "base/regex.h"
#include "conf/address.h"
#include "conf/arguments.h"
#include "conf/build.h"
#include "conf/path.h"

/*
 * The first ones are in the order of enum section_kind, and the same with
 * regular expressions behind them: SECTION_KINDS further.
 *
 * A regular expression that takes too long on a request's path answers 500,
 * for nobody knows whether its section was to close what was asked for.
 */
#define SECTION_KINDS 3

const struct conf_help section_help[] = {
	{ "Directory", "path",
	    "holds for the files in a folder and in all below it; * ? [ ] "
	    "stand for parts of a name",
	    IN_SERVER_HOST, true,
	    "a backslash takes its meaning from a wildcard also where no "
	    "other wildcard follows" },
	{ "Files", "name",
	    "holds for files of that name wherever they are, or below the "
	    "<Directory> around it; * ? [ ] stand for parts of the name",
	    IN_SERVER_HOST | IN_DIRECTORY, true,
	    "in another <Files> it is an error, not without effect" },
	{ "Location", "path",
	    "holds for a URL's path and all below it; * ? [ ] stand for parts "
	    "of a name. It is the last to decide, so files are better closed "
	    "by <Directory>",
	    IN_SERVER_HOST, true,
	    "a path that does not begin with / is an error, not without "
	    "effect" },
	{ "DirectoryMatch", "regex",
	    "as <Directory>, for files of whose path a part matches; the same "
	    "as <Directory ~ regex>. They come after all that have no regular "
	    "expression, those with fewer / in it first, as in Apache in "
	    "truth, whatever its manual says. Links and AllowOverride are up "
	    "to sections without one",
	    IN_SERVER_HOST, true,
	    "if a pattern takes too long for a request the answer is 500; in "
	    "Apache the section does not match" },
	{ "FilesMatch", "regex",
	    "as <Files>, for names of which a part matches; the same as <Files "
	    "~ regex>",
	    IN_SERVER_HOST | IN_DIRECTORY, true,
	    "if a pattern takes too long for a request the answer is 500; in "
	    "Apache the section does not match" },
	{ "LocationMatch", "regex",
	    "as <Location>, for paths of which a part matches; the same as "
	    "<Location ~ regex>. With MergeSlashes Off it sees each / of the "
	    "path",
	    IN_SERVER_HOST, true,
	    "if a pattern takes too long for a request the answer is 500; in "
	    "Apache the section does not match" },
	{ "Limit", "method ...",
	    "each Require in it holds for these methods alone; GET stands for "
	    "HEAD as well. Other methods remain open: <LimitExcept> is safer",
	    IN_DIRECTORY, true,
	    "what is no rule of access is an error in it; in Apache it holds "
	    "for all methods" },
	{ "LimitExcept", "method ...",
	    "each Require in it holds for all methods but these; GET stands "
	    "for HEAD as well",
	    IN_DIRECTORY, true,
	    "what is no rule of access is an error in it; in Apache it holds "
	    "for all methods" },
	{ "VirtualHost", "address[:port] ...",
	    "a host of its own at these addresses; the first one of an address "
	    "answers for names that nobody has",
	    IN_SERVER, true,
	    "names of hosts are not looked up: addresses stand there" },
	{ .name = NULL },
};

/* where: it may stand; NULL: it may stand there, but not so. */
static void
misplaced(struct conf_builder *b, const struct statement *st,
    const struct build_context *at, const char *where)
{
	diag_error(b->diag, &st->place, "<%s> may not stand %s%s%s%s", st->name,
	    at->inside ? "inside " : "outside of all sections",
	    at->inside ? at->inside : "", where ? ", only " : "",
	    where ? where : "");
}

static struct host_addr *
parse_addresses(struct conf_builder *b, const struct statement *st)
{
	struct host_addr *addrs =
	    arena_calloc(b->arena, (size_t)st->arg_count, sizeof(*addrs));
	struct err err;

	if (!addrs) {
		b->no_memory = true;
		return NULL;
	}
	for (int i = 0; i < st->arg_count; i++) {
		const struct word *w = &st->args[i];

		addrs[i].text = build_text(b, w->text);
		if (address_parse_host(w->text, &addrs[i].addr, &err) == -1)
			diag_error(b->diag, &w->place, "%s", err.text);
	}
	return addrs;
}

static void
build_virtual_host(struct conf_builder *b, const struct statement *st,
    const config_setting_t *body, const struct build_context *at)
{
	struct build_context inside = {
		.in = IN_HOST,
		.inside = "<VirtualHost>",
	};

	if (at->in != IN_SERVER) {
		misplaced(b, st, at, build_context_words(IN_SERVER));
		return;
	}
	if (!arguments_check(b->diag, st,
		&(struct argument_rule){
		    st->name, "address[:port] ...", true, 1, -1 }))
		return;
	inside.host = build_host(b, &st->place);
	if (!inside.host)
		return;
	inside.host->host.addrs = parse_addresses(b, st);
	inside.host->host.addr_count = (size_t)st->arg_count;
	inside.scope = inside.host->scope;
	if (!b->no_memory)
		build_scope(b, body, &inside);
}

static size_t
count_components(const char *path)
{
	size_t n = 0;

	for (; *path; path++) {
		if (*path == '/' && path[1] != '\0')
			n++;
	}
	return n;
}

static void *
or_no_memory(struct conf_builder *b, void *memory)
{
	if (!memory)
		b->no_memory = true;
	return memory;
}

/* A path, or the name of a file, perhaps with wildcards; NULL after an error.
 */
static const char *
parse_plain(
    struct conf_builder *b, const struct word *w, enum section_kind kind)
{
	if (kind == SECTION_LOCATION && *w->text != '/') {
		diag_error(b->diag, &w->place, "a location begins with /");
		return NULL;
	}
	if (*w->text == '\0' ||
	    (kind == SECTION_FILES && strchr(w->text, '/'))) {
		diag_error(b->diag, &w->place,
		    kind == SECTION_FILES
			? "<Files> takes the name of a file, without /"
			: "a path is missing");
		return NULL;
	}
	if (kind == SECTION_DIRECTORY)
		return or_no_memory(
		    b, path_pattern(b->arena, b->conf->server_root, w->text));
	return or_no_memory(b, arena_strdup(b->arena, w->text));
}

/* (?<name>...) sets MATCH_NAME. */
static bool
take_groups(struct conf_builder *b, struct section *section)
{
	const struct regex_name *names;
	size_t count = regex_names(section->regex, &names);
	struct section_group *groups =
	    arena_calloc(b->arena, count + 1, sizeof(*groups));

	for (size_t i = 0; groups && i < count; i++) {
		char *text = arena_printf(b->arena, "MATCH_%s", names[i].name);

		if (!text)
			return false;
		groups[i] =
		    (struct section_group){ span_str(text), names[i].group };
		for (; *text; text++) {
			if (*text >= 'a' && *text <= 'z')
				*text &= ~0x20;
		}
	}
	section->groups = groups;
	section->group_count = count;
	return groups != NULL;
}

static bool
parse_regex(
    struct conf_builder *b, const struct word *w, struct section *section)
{
	struct conf_place place = w->place;
	struct err err;

	section->pattern = build_text(b, w->text);
	if (!section->pattern)
		return false;
	section->regex = regex_compile(
	    b->arena, section->pattern, false, &err, &place.inside);
	if (!section->regex) {
		diag_error(
		    b->diag, &place, "no regular expression: %s", err.text);
		return false;
	}
	for (const char *p = section->pattern; *p; p++)
		section->components += *p == '/';
	if (!take_groups(b, section))
		b->no_memory = true;
	return !b->no_memory;
}

/* What the section's argument means for its kind; false after an error. */
static bool
parse_pattern(
    struct conf_builder *b, const struct statement *st, struct section *section)
{
	const struct conf_help *info = &section_help[section->kind];
	bool tilde = st->arg_count > 0 && strcmp(st->args[0].text, "~") == 0;
	bool match = !span_is_nocase(span_str(st->name), info->name);
	/* Apache takes a ~ in either. */
	const struct word *w = &st->args[tilde];

	const char *syntax = tilde ? "~ regex" : match ? "regex" : info->syntax;

	if (!arguments_check(b->diag, st,
		&(struct argument_rule){
		    st->name, syntax, true, 1 + tilde, 1 + tilde }))
		return false;
	if (match || tilde)
		return parse_regex(b, w, section);
	section->pattern = parse_plain(b, w, section->kind);
	if (!section->pattern)
		return false;
	section->wildcard = path_is_pattern(w->text);
	section->components = count_components(section->pattern);
	return true;
}

static struct section *
make_section(struct conf_builder *b, const struct statement *st,
    enum section_kind kind, const struct build_context *at)
{
	struct section_draft *d = arena_calloc(b->arena, 1, sizeof(*d));

	if (!d) {
		b->no_memory = true;
		return NULL;
	}
	d->section = (struct section){
		.kind = kind,
		.place = st->place,
		.parent = at->section,
		.of_host = at->host != b->main,
	};
	if (!parse_pattern(b, st, &d->section))
		return NULL;
	d->section.index = b->section_count++;
	d->next = at->host->sections;
	at->host->sections = d;
	at->host->section_count++;
	return &d->section;
}

static void
build_scoped(struct conf_builder *b, enum section_kind kind,
    const struct statement *st, const config_setting_t *body,
    const struct build_context *at)
{
	struct build_context inside = *at;
	struct section *section;
	struct scope *scope;

	/* Of the kinds only <Files> stands in another, in a <Directory>.  Where
	 * Apache takes it in another <Files> it has no effect. */
	if (!(section_help[kind].contexts & at->in) || at->limit ||
	    at->container ||
	    (at->section && at->section->kind != SECTION_DIRECTORY)) {
		misplaced(b, st, at,
		    kind == SECTION_FILES
			? "outside of all sections, in <VirtualHost> or in "
			  "<Directory>"
			: build_context_words(section_help[kind].contexts));
		return;
	}
	section = make_section(b, st, kind, at);
	scope = scope_create(b->layout, b->arena);
	inside.inside = build_shown(b, st->name);
	if (!scope)
		b->no_memory = true;
	if (b->no_memory)
		return;
	/* After a bad argument the body is still looked through. */
	if (section) {
		section->scope = scope;
		inside.section = section;
	}
	inside.in = IN_DIRECTORY;
	inside.scope = scope;
	build_scope(b, body, &inside);
}

static void
check_method(struct conf_builder *b, const struct word *w, bool except)
{
	for (const char *c = w->text; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			continue;
		if (c > w->text && (*c == '-' || *c == '_'))
			continue;
		diag_error(b->diag, &w->place,
		    "\"%s\" is no method: they are written in capitals",
		    w->text);
		return;
	}
	if (!except && strcmp(w->text, "TRACE") == 0)
		diag_error(
		    b->diag, &w->place, "TRACE is TraceEnable's to allow");
}

/* What stands in it goes into the scope around it. */
static void
build_limit(struct conf_builder *b, bool except, const struct statement *st,
    const config_setting_t *body, const struct build_context *at)
{
	struct conf_limit *limit = arena_alloc(b->arena, sizeof(*limit));
	const char **methods =
	    arena_calloc(b->arena, (size_t)st->arg_count + 1, sizeof(*methods));
	struct build_context inside = *at;

	if (at->in != IN_DIRECTORY || at->limit) {
		misplaced(b, st, at,
		    at->limit ? NULL : build_context_words(IN_DIRECTORY));
		return;
	}
	inside.inside = build_shown(b, except ? "LimitExcept" : "Limit");
	if (!limit || !methods)
		b->no_memory = true;
	if (b->no_memory)
		return;
	arguments_check(b->diag, st,
	    &(struct argument_rule){ st->name, "method ...", true, 1, -1 });
	for (int i = 0; i < st->arg_count; i++) {
		check_method(b, &st->args[i], except);
		methods[i] = build_text(b, st->args[i].text);
	}
	*limit = (struct conf_limit){ methods, st->arg_count, except };
	inside.limit = limit;
	build_scope(b, body, &inside);
}

void
build_section(struct conf_builder *b, const struct statement *st,
    const config_setting_t *body, const struct build_context *at)
{
	struct span name = span_str(st->name);
	const struct row_ref *row;

	if (span_is_nocase(name, "VirtualHost")) {
		build_virtual_host(b, st, body, at);
		return;
	}
	if (span_is_nocase(name, "Limit") ||
	    span_is_nocase(name, "LimitExcept")) {
		build_limit(
		    b, span_is_nocase(name, "LimitExcept"), st, body, at);
		return;
	}
	for (int i = 0; i < 2 * SECTION_KINDS; i++) {
		if (span_is_nocase(name, section_help[i].name)) {
			build_scoped(b, (enum section_kind)(i % SECTION_KINDS),
			    st, body, at);
			return;
		}
	}
	row = table_get(&b->rows, name);
	if (row && row->directive->container)
		build_container(b, row, st, body, at);
	else if (build_if(b, st, body))
		build_unknown(b, st, true);
}
