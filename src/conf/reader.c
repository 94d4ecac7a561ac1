/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader carries out what concerns the reading itself - Define, Include,
 * conditions, ServerRoot, LoadModule - and puts all else into the tree.  It
 * does not know what the other directives are; that is the build's.
 */
#include "config.h"

#include "conf/arguments.h"
#include "conf/include.h"
#include "conf/macro.h"
#include "conf/module_name.h"
#include "conf/origin.h"
#include "conf/path.h"
#include "conf/reader_private.h"

/* Each is looked for among all; nobody has as many. */
#define MAX_MODULES 1000

const struct conf_help reader_help[] = {
	{ "Define", "name [value]",
	    "defines a name for <IfDefine>, and ${name} if it has a value",
	    IN_ANY, false, NULL },
	{ "Error", "message",
	    "stops with this message, for conditions that must not hold",
	    IN_ANY, false, NULL },
	{ "Include", "path|directory|pattern",
	    "reads further files here, in the order of their names; one that "
	    "is not there is an error",
	    IN_ANY, false, NULL },
	{ "IncludeOptional", "path|directory|pattern",
	    "as Include, but there may be none", IN_ANY, false, NULL },
	{ "UnDefine", "name", "undoes Define and -D", IN_ANY, false, NULL },
	{ "UndefMacro", "name", "undoes <Macro>", IN_ANY, false, NULL },
	{ "Use", "name [value ...]",
	    "reads the text of a macro here, each parameter replaced by the "
	    "value in its place",
	    IN_ANY, false, NULL },
	{ "IfDefine", "[!]name", "holds if Define or -D gave the name", IN_ANY,
	    true, NULL },
	{ "IfDirective", "[!]name", "holds if there is such a directive",
	    IN_ANY, true, NULL },
	{ "IfFile", "[!]path", "holds if there is such a file", IN_ANY, true,
	    NULL },
	{ "IfModule", "[!]module",
	    "holds if LoadModule names it; of those whose work Drover does, "
	    "also if Apache always has it, or if LoadModule has not named "
	    "mod_authz_core: what names that one names all that it wants",
	    IN_ANY, true,
	    "a module that Drover has need not be loaded where no LoadModule "
	    "names mod_authz_core" },
	{ "IfSection", "[!]section", "holds if there is such a section", IN_ANY,
	    true, NULL },
	{ "IfVersion", "[[!]operator] version|/regex/",
	    "compares Apache's version, which is " CONF_APACHE_VERSION
	    " here; with ~ or between slashes a regular expression",
	    IN_ANY, true, NULL },
	{ "Macro", "name [$parameter ...]",
	    "a text for Use to read, in which the parameters stand for what "
	    "Use gives",
	    IN_ANY, true, NULL },
	{ .name = NULL },
};

/* list has room for as many as there may be. */
static void
add_module(struct reader *r, const char **list, size_t *count, const char *name)
{
	name = arena_strdup(r->in->arena, name);
	if (!name)
		r->no_memory = true;
	else
		list[(*count)++] = name;
}

bool
reader_has_module(struct reader *r, const char *name)
{
	if (module_is_loaded(r->assumed, name))
		return true;
	if (!module_is_there(r->in->schema, r->modules, name))
		return false;
	if (!module_is_loaded(r->modules, name) &&
	    r->assumed_count < MAX_MODULES)
		add_module(r, r->assumed, &r->assumed_count, name);
	return true;
}

static void
do_define(struct reader *r, const struct statement *st)
{
	char *name = arena_strdup(&r->memory, st->args[0].text);
	char *value = NULL;

	if (st->arg_count == 2)
		value = arena_strdup(&r->memory, st->args[1].text);
	if (!name || (st->arg_count == 2 && !value) ||
	    variable_define(&r->variables, name, value) == -1)
		r->no_memory = true;
}

static void
do_undefine(struct reader *r, const struct statement *st)
{
	variable_undefine(&r->variables, st->args[0].text);
}

static void
do_error(struct reader *r, const struct statement *st)
{
	diag_error(r->in->diag, &st->place, "%s", st->args[0].text);
}

static void
include(struct reader *r, const struct statement *st, bool optional)
{
	const struct word *arg = &st->args[0];
	struct path_list found;
	struct err err;
	char *pattern;

	pattern = path_pattern(&r->memory, r->tree->server_root, arg->text);
	path_list_init(&found, &r->memory);
	if (!pattern)
		r->no_memory = true;
	else if (include_find(
		     &found, pattern, path_is_pattern(arg->text), &err) == -1)
		diag_error(r->in->diag, &arg->place, "%s", err.text);
	else if (found.count == 0 && !optional)
		diag_error(r->in->diag, &arg->place,
		    path_is_pattern(arg->text) ? "no file matches %s"
					       : "there is no file %s",
		    pattern);
	for (size_t i = 0; i < found.count && reader_goes_on(r); i++)
		reader_file(r, found.paths[i], &arg->place);
	path_list_release(&found);
}

static void
do_include(struct reader *r, const struct statement *st)
{
	include(r, st, false);
}

static void
do_include_optional(struct reader *r, const struct statement *st)
{
	include(r, st, true);
}

static void
add_statement(struct reader *r, const struct statement *st)
{
	if (!tree_add(r->scope, st))
		r->no_memory = true;
}

/* What is wrong with such a statement, its row says. */
static void
do_server_root(struct reader *r, const struct statement *st)
{
	char *path;

	add_statement(r, st);
	if (st->arg_count != 1)
		return;
	path =
	    path_absolute(r->in->arena, r->tree->server_root, st->args[0].text);
	if (!path)
		r->no_memory = true;
	else
		r->tree->server_root = path;
}

static void
do_load_module(struct reader *r, const struct statement *st)
{
	const struct word *name = &st->args[0];

	add_statement(r, st);
	if (st->arg_count != 2 || module_is_loaded(r->modules, name->text))
		return;
	if (r->module_count == MAX_MODULES) {
		diag_error(r->in->diag, &name->place, "more than %d modules",
		    MAX_MODULES);
		return;
	}
	if (!module_is_known(r->in->schema, name->text) &&
	    !module_is_mpm(name->text))
		diag_warn(r->in->diag, &name->place,
		    "Drover has no %s: directives of it that decide what is "
		    "served are refused, the others have no effect",
		    name->text);
	add_module(r, r->modules, &r->module_count, name->text);
}

static const struct {
	const char *name;
	int min_args, max_args;
	void (*act)(struct reader *, const struct statement *);
} actions[] = {
	{ "Define", 1, 2, do_define },
	{ "Error", 1, 1, do_error },
	{ "Include", 1, 1, do_include },
	{ "IncludeOptional", 1, 1, do_include_optional },
	{ "LoadModule", 0, -1, do_load_module },
	{ "ServerRoot", 0, -1, do_server_root },
	{ "UnDefine", 1, 1, do_undefine },
	{ "UndefMacro", 1, 1, macro_undefine },
	{ "Use", 1, -1, macro_use },
};

bool
reader_takes(struct reader *r, const struct statement *st, int min, int max)
{
	const struct conf_help *h = reader_help;

	while (h->name && !span_is_nocase(span_str(st->name), h->name))
		h++;
	return arguments_check(r->in->diag, st,
	    &(struct argument_rule){ h->name ? h->name : st->name,
		h->name ? h->syntax : "", h->name && h->section, min, max });
}

/* What a statement costs: its texts, and what the tree needs besides. */
static bool
charge_statement(struct reader *r, const struct statement *st)
{
	size_t bytes = 256 + strlen(st->name);

	for (int i = 0; i < st->arg_count; i++)
		bytes += strlen(st->args[i].text);
	return reader_charge(r, &st->place, bytes);
}

void
reader_directive(struct reader *r, const struct statement *st)
{
	size_t i = 0, count = sizeof(actions) / sizeof(*actions);

	if (reader_skips(r) || !charge_statement(r, st))
		return;
	while (
	    i < count && !span_is_nocase(span_str(st->name), actions[i].name))
		i++;
	if (i == count)
		add_statement(r, st);
	else if (reader_takes(r, st, actions[i].min_args, actions[i].max_args))
		actions[i].act(r, st);
}

/* Decides what the section's frame means; its scope becomes the current. */
static enum frame_kind
enter(struct reader *r, const struct statement *st)
{
	config_setting_t *group;
	bool holds;

	if (r->frame && r->frame->depth >= READER_MAX_DEPTH) {
		diag_error(r->in->diag, &st->place,
		    "more than %d sections inside each other",
		    READER_MAX_DEPTH);
		r->ended = true;
		return FRAME_SKIPPED;
	}
	if (reader_skips(r))
		return FRAME_SKIPPED;
	if (span_is_nocase(span_str(st->name), "Macro")) {
		diag_error(r->in->diag, &st->place,
		    "<Macro> stands in a file of Apache's syntax");
		return FRAME_SKIPPED;
	}
	if (condition_test(r, st, &holds))
		return holds ? FRAME_TRUE : FRAME_SKIPPED;
	group = tree_add(r->scope, st);
	if (group)
		r->scope = tree_add_body(group);
	if (!group || !r->scope)
		r->no_memory = true;
	return FRAME_SCOPE;
}

void
reader_open(struct reader *r, const struct statement *st)
{
	struct frame *f = arena_alloc(&r->memory, sizeof(*f));
	char *name = arena_strdup(&r->memory, st->name);

	if (!f || !name) {
		r->no_memory = true;
		return;
	}
	*f = (struct frame){
		.outer = r->frame,
		.name = name,
		.place = st->place,
		.outer_scope = r->scope,
		.depth = r->frame ? r->frame->depth + 1 : 1,
		.has_arguments = st->arg_count > 0,
	};
	charge_statement(r, st);
	f->kind = enter(r, st);
	r->frame = f;
}

void
reader_close(struct reader *r)
{
	r->scope = r->frame->outer_scope;
	r->frame = r->frame->outer;
}

/* The arguments of -C or -c: one line each. */
static void
read_arguments(struct reader *r, const char *name, const char *const *lines)
{
	const struct source *s;
	struct buf text;
	struct err err;

	if (!lines || !*lines)
		return;
	buf_init(&text, SOURCE_MAX_BYTES);
	for (; *lines; lines++)
		buf_printf(&text, "%s\n", *lines);
	s = source_add(r->in->sources, name, buf_span(&text), &err);
	if (s && !buf_failed(&text))
		syntax_read(r, s);
	else
		r->no_memory = true;
	buf_release(&text);
}

static bool
make_module_lists(struct reader *r)
{
	r->modules =
	    arena_calloc(&r->memory, MAX_MODULES + 1, sizeof(*r->modules));
	r->assumed =
	    arena_calloc(&r->memory, MAX_MODULES + 1, sizeof(*r->assumed));
	return r->modules && r->assumed;
}

/* The folder that relative paths start from, and the main file. */
static bool
start(struct reader *r)
{
	const struct conf_options *o = r->in->options;
	struct arena *arena = r->in->arena;
	struct conf_tree *t = r->tree;

	if (o->server_root)
		t->server_root = path_from_cwd(arena, o->server_root);
	if (o->server_root && !t->server_root)
		return false;
	t->file = o->server_root ? path_absolute(arena, t->server_root, o->file)
				 : path_from_cwd(arena, o->file);
	if (t->file && !t->server_root)
		t->server_root = path_folder(arena, t->file);
	for (const char *const *d = o->defines; d && *d; d++) {
		if (variable_define(&r->variables, *d, NULL) == -1)
			return false;
	}
	return t->file && t->server_root;
}

int
reader_read(const struct reader_input *in, struct conf_tree *tree)
{
	struct reader r = { .in = in, .tree = tree };

	*tree = (struct conf_tree){ .file = NULL };
	r.last_include = &tree->includes;
	arena_init(&r.memory, NULL, 0, 0);
	variables_init(&r.variables);
	table_init(&r.macros, true);
	r.scope = tree_init(&tree->config);
	r.no_memory = !r.scope || !make_module_lists(&r) || !start(&r);
	if (!r.no_memory) {
		read_arguments(&r, "-C", in->options->before);
		reader_file(&r, tree->file, NULL);
		read_arguments(&r, "-c", in->options->after);
		tree->modules = arena_append(in->arena, NULL, 0, r.modules,
		    r.module_count + 1, sizeof(*r.modules));
		tree->defines = variables_list(&r.variables, in->arena);
		tree->cut = r.ended;
	}
	table_release(&r.macros);
	variables_release(&r.variables);
	arena_release(&r.memory);
	if (!r.no_memory && tree->modules && tree->defines)
		return 0;
	conf_tree_release(tree);
	return -1;
}

void
conf_tree_release(struct conf_tree *tree)
{
	config_destroy(&tree->config);
}
