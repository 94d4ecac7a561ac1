/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole way, from files to a configuration, and its end.
 */
#include "config.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "conf/build.h"
#include "conf/dump.h"
#include "conf/lookup_private.h"
#include "conf/module_name.h"

/* Where one run keeps what it needs until its messages are printed. */
struct load {
	struct server_conf *conf;
	struct conf_tree tree;
	struct diag diag;
	struct fidelity fidelity;
	struct source_list sources;
};

/* False, with nothing to release, if there is no tree to build from. */
static bool
load_tree(struct load *l, const struct conf_schema *schema,
    const struct conf_options *options)
{
	const struct reader_input in = {
		.schema = schema,
		.options = options,
		.arena = &l->conf->arena,
		.diag = &l->diag,
		.sources = &l->sources,
	};

	if (reader_read(&in, &l->tree) == -1) {
		diag_error(&l->diag, NULL, "out of memory");
		return false;
	}
	l->conf->file = l->tree.file;
	l->conf->server_root = l->tree.server_root;
	l->conf->modules = l->tree.modules;
	l->conf->defines = l->tree.defines;
	l->conf->includes = l->tree.includes;
	l->conf->skip_roots = options->skip_roots;
	if (!l->tree.cut)
		return true;
	conf_tree_release(&l->tree);
	return false;
}

/* More than any configuration takes that people write. */
#define MEMORY_NEEDED (8 * 1024 * 1024)

/*
 * libconfig does not look whether its allocations succeed, and a master that
 * serves must not die of a reload: whether there is enough is seen before.
 */
static bool
has_memory(void)
{
	void *room = mmap(NULL, MEMORY_NEEDED, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		return false;
	munmap(room, MEMORY_NEEDED);
	return true;
}

/* The beginning of a run; false: not even memory for that. */
static bool
load_init(struct load *l, const struct conf_schema *schema,
    struct conf_messages *messages)
{
	*messages = (struct conf_messages){ .errors = 0 };
	buf_init(&messages->text, 1024 * 1024);
	*l = (struct load){ 0 };
	if (has_memory())
		l->conf = calloc(1, sizeof(*l->conf));
	if (!l->conf) {
		messages->errors = 1;
		buf_add_str(&messages->text, "error: out of memory\n");
		return false;
	}
	arena_init(&l->conf->arena, NULL, 0, 0);
	l->conf->schema = schema;
	diag_init(&l->diag);
	fidelity_init(&l->fidelity);
	source_list_init(&l->sources, &l->conf->arena);
	return true;
}

static void
print_report(const struct load *l, enum conf_report report,
    struct conf_messages *messages)
{
	struct buf *to = &messages->report;

	buf_init(to, 64 * 1024 * 1024);
	if (report == CONF_REPORT_TEXT) {
		fidelity_print(&l->fidelity, to);
		return;
	}
	buf_add_str(to, "\"messages\":");
	diag_print_json(&l->diag, &l->sources, to);
	buf_add_str(to, ",\"directives\":");
	fidelity_print_json(&l->fidelity, to);
}

/* Prints what was found and frees all but conf. */
static void
load_end(struct load *l, enum conf_report report,
    struct conf_messages *messages)
{
	diag_print(&l->diag, &l->sources, &messages->text);
	if (report != CONF_REPORT_NONE)
		print_report(l, report, messages);
	messages->errors = l->diag.errors;
	messages->warnings = l->diag.warnings;
	source_list_release(&l->sources);
	diag_release(&l->diag);
	fidelity_release(&l->fidelity);
}

struct server_conf *
conf_load(const struct conf_schema *schema, const struct conf_options *options,
    struct conf_messages *messages)
{
	struct load l;
	bool ok;

	if (!load_init(&l, schema, messages))
		return NULL;
	ok = load_tree(&l, schema, options);
	if (ok) {
		ok = conf_build(
		    l.conf, &l.tree, options, &l.diag, &l.fidelity);
		conf_tree_release(&l.tree);
	}
	load_end(&l, options->report, messages);
	if (!ok && !(options->even_wrong && l.conf->hosts))
		conf_destroy(&l.conf);
	/* Tree and texts were many small pieces; workers need none. */
	malloc_trim(0);
	return l.conf;
}

int
conf_dump(const struct conf_schema *schema, const struct conf_options *options,
    struct buf *to, struct conf_messages *messages)
{
	struct load l;
	bool ok;

	if (!load_init(&l, schema, messages))
		return -1;
	ok = load_tree(&l, schema, options);
	if (ok) {
		ok = conf_build(
		    l.conf, &l.tree, options, &l.diag, &l.fidelity);
		if (ok)
			dump_tree(&l.tree, to);
		conf_tree_release(&l.tree);
	}
	if (ok && buf_failed(to)) {
		diag_error(&l.diag, NULL, "no room for the dump");
		ok = false;
	}
	load_end(&l, CONF_REPORT_NONE, messages);
	conf_destroy(&l.conf);
	return ok ? 0 : -1;
}

void
conf_destroy(struct server_conf **conf)
{
	if (!*conf)
		return;
	lookup_release(*conf);
	arena_release(&(*conf)->arena);
	free(*conf);
	*conf = NULL;
}

bool
conf_module_loaded(const struct server_conf *conf, const char *name)
{
	return module_is_loaded(conf->modules, name);
}

bool
conf_has_module(const struct server_conf *conf, const char *name)
{
	return module_is_there(conf->schema, conf->modules, name);
}
