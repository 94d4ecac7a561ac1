/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sections: <VirtualHost> makes a host, <Directory>, <Files> and <Location>
 * make a scope that holds for some requests.  In which order such scopes
 * merge is decided here, once for each host.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "conf/address.h"
#include "conf/build.h"
#include "conf/path.h"

/* The first ones are in the order of enum section_kind. */
const struct conf_help section_help[] = {
	{ "Directory", "path",
	    "holds for the files in a folder and in all below it; * ? [ ] "
	    "stand for parts of a name",
	    IN_SERVER_HOST, true },
	{ "Files", "name",
	    "holds for files of that name wherever they are, or below the "
	    "<Directory> around it; * ? [ ] stand for parts of the name",
	    IN_SERVER_HOST | IN_DIRECTORY, true },
	{ "Location", "path",
	    "holds for a URL's path and all below it; * ? [ ] stand for parts "
	    "of a name. It is the last to decide, so files are better closed "
	    "by <Directory>",
	    IN_SERVER_HOST, true },
	{ "Limit", "method ...",
	    "each Require in it holds for these methods alone; GET stands for "
	    "HEAD as well. Other methods remain open: <LimitExcept> is safer",
	    IN_DIRECTORY, true },
	{ "LimitExcept", "method ...",
	    "each Require in it holds for all methods but these; GET stands "
	    "for HEAD as well",
	    IN_DIRECTORY, true },
	{ "VirtualHost", "address[:port] ...",
	    "a host of its own at these addresses; the first one of an address "
	    "answers for names that nobody has",
	    IN_SERVER, true },
	{ .name = NULL },
};

static const char *
inside_of(struct conf_builder *b, const char *name)
{
	char *text = arena_printf(&b->scratch, "<%s>", name);

	if (!text)
		b->no_memory = true;
	return text;
}

static bool
misplaced(struct conf_builder *b, const struct statement *st,
    const struct build_context *at)
{
	diag_error(b->diag, &st->place, "<%s> may not stand inside %s",
	    st->name, at->inside);
	return false;
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
		misplaced(b, st, at);
		return;
	}
	if (st->arg_count == 0) {
		diag_error(b->diag, &st->place,
		    "an argument is missing: "
		    "<VirtualHost address[:port] ...>");
		return;
	}
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

/* What the section's argument means for its kind; NULL after an error. */
static const char *
parse_pattern(
    struct conf_builder *b, const struct statement *st, enum section_kind kind)
{
	const struct word *w = &st->args[0];
	const char *pattern;

	if (st->arg_count == 2 && strcmp(w->text, "~") == 0) {
		diag_error(b->diag, &w->place,
		    "<%s ~> with a regular "
		    "expression is not yet supported",
		    st->name);
		return NULL;
	}
	if (st->arg_count != 1) {
		diag_error(b->diag, &st->place,
		    "<%s> takes one argument: "
		    "<%s %s>",
		    st->name, st->name,
		    kind == SECTION_FILES ? "name" : "path");
		return NULL;
	}
	if (kind == SECTION_LOCATION && *w->text != '/') {
		diag_error(b->diag, &w->place, "a location begins with /");
		return NULL;
	}
	if (*w->text == '\0' ||
	    (kind == SECTION_FILES && strchr(w->text, '/'))) {
		diag_error(b->diag, &w->place,
		    kind == SECTION_FILES
			? "<Files> takes the name of a file, without /"
			: "an empty path");
		return NULL;
	}
	pattern = kind == SECTION_DIRECTORY
		      ? path_pattern(b->arena, b->conf->server_root, w->text)
		      : arena_strdup(b->arena, w->text);
	if (!pattern)
		b->no_memory = true;
	return pattern;
}

static struct section *
make_section(struct conf_builder *b, const struct statement *st,
    enum section_kind kind, const struct build_context *at)
{
	struct section_draft *d = arena_calloc(b->arena, 1, sizeof(*d));
	const char *pattern = parse_pattern(b, st, kind);

	if (!d)
		b->no_memory = true;
	if (!d || !pattern)
		return NULL;
	d->section = (struct section){
		.kind = kind,
		.pattern = pattern,
		.index = b->section_count++,
		.place = st->place,
		.parent = at->section,
		.wildcard = path_is_pattern(st->args[0].text),
		.components = count_components(pattern),
	};
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
	const struct conf_help *info = &section_help[kind];
	struct build_context inside = *at;
	struct section *section;
	struct scope *scope;

	/* Of the kinds only <Files> stands in another, in a <Directory>. */
	if (!(info->contexts & at->in) || at->limit ||
	    (at->section && at->section->kind != SECTION_DIRECTORY)) {
		misplaced(b, st, at);
		return;
	}
	section = make_section(b, st, kind, at);
	scope = scope_create(b->layout, b->arena);
	inside.inside = inside_of(b, info->name);
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
		if (at->inside)
			misplaced(b, st, at);
		else
			diag_error(b->diag, &st->place,
			    "<%s> may not stand outside of all sections",
			    st->name);
		return;
	}
	inside.inside = inside_of(b, except ? "LimitExcept" : "Limit");
	if (!limit || !methods)
		b->no_memory = true;
	if (b->no_memory)
		return;
	if (st->arg_count == 0)
		diag_error(b->diag, &st->place,
		    "an argument is missing: <%s method ...>", st->name);
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
	for (int i = SECTION_DIRECTORY; i <= SECTION_LOCATION; i++) {
		if (span_is_nocase(name, section_help[i].name)) {
			build_scoped(b, (enum section_kind)i, st, body, at);
			return;
		}
	}
	build_unknown(b, st, true);
}

/* The place of a <Directory> among others: shortest first, then as read. */
static int
compare_directories(const struct section *a, const struct section *b)
{
	if (a->components != b->components)
		return a->components < b->components ? -1 : 1;
	return 0;
}

/*
 * Directory, then Files outside of a Directory, then Files inside (in the
 * order of their Directories), then Location.
 */
static int
rank(const struct section *s)
{
	if (s->kind == SECTION_DIRECTORY)
		return 0;
	if (s->kind == SECTION_FILES)
		return s->parent ? 2 : 1;
	return 3;
}

/* Main server's before the host's: a section's host is known by its list. */
struct ordered {
	const struct section *section;
	bool of_host;
};

static int
compare_sections(const void *x, const void *y)
{
	const struct ordered *a = x, *b = y;
	int order = rank(a->section) - rank(b->section);

	if (order == 0 && rank(a->section) == 0)
		order = compare_directories(a->section, b->section);
	if (order == 0 && rank(a->section) == 2)
		order =
		    compare_directories(a->section->parent, b->section->parent);
	if (order == 0)
		order = a->of_host - b->of_host;
	if (order == 0 && rank(a->section) == 2 &&
	    a->section->parent != b->section->parent)
		return a->section->parent->index < b->section->parent->index
			   ? -1
			   : 1;
	if (order == 0)
		order = a->section->index < b->section->index ? -1 : 1;
	return order;
}

static size_t
list_sections(const struct host_draft *h, bool of_host, struct ordered *to)
{
	size_t n = 0;

	for (const struct section_draft *d = h->sections; d; d = d->next)
		to[n++] = (struct ordered){ &d->section, of_host };
	return n;
}

int
build_order(struct conf_builder *b, struct host_draft *h)
{
	size_t max = b->main->section_count + h->section_count, n;
	const struct section **sections;
	struct ordered *all;

	/* Most hosts have none of their own: they share the main server's. */
	if (h != b->main && h->section_count == 0) {
		h->host.sections = b->main->host.sections;
		h->host.section_count = b->main->host.section_count;
		return 0;
	}
	all = calloc(max + 1, sizeof(*all));
	sections = arena_calloc(b->arena, max + 1, sizeof(*sections));
	if (!all || !sections) {
		free(all);
		return -1;
	}
	n = list_sections(b->main, false, all);
	if (h != b->main)
		n += list_sections(h, true, all + n);
	qsort(all, n, sizeof(*all), compare_sections);
	for (size_t i = 0; i < n; i++)
		sections[i] = all[i].section;
	free(all);
	h->host.sections = sections;
	h->host.section_count = n;
	return 0;
}
