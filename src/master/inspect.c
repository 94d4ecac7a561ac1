/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program says about itself and a configuration, in the form that
 * Apache's users know.  Everything comes from the schema and the
 * configuration; nothing is listed here.
 */
#include "config.h"

#include "master/inspect.h"

#include <grp.h>
#include <string.h>
#include <unistd.h>

#include "ipc/log_dest.h"
#include "ipc/status_view.h"
#include "log/log_conf.h"
#include "master/master_conf.h"
#include "worker/worker.h"

/* Clang says its name itself. */
#ifdef __clang__
#define COMPILER ""
#else
#define COMPILER "GCC "
#endif

void
inspect_version(struct buf *out)
{
	buf_printf(out,
	    "Server version: Drover/" PACKAGE_VERSION " (Linux)\n"
	    "Server built:   %s\n",
	    status_built());
}

/* The default of a directive; NULL. */
static const char *
preset_of(const struct conf_schema *schema, const char *name)
{
	const struct directive *row;
	unsigned i;

	for (i = 0; i < schema->count; i++)
		for (row = schema->sections[i]->rows; row->name != NULL; row++)
			if (strcmp(row->name, name) == 0)
				return row->preset;
	return NULL;
}

void
inspect_build(const struct conf_schema *schema, struct buf *out)
{
	/* By Apache's names for them, which scripts look for. */
	static const struct {
		const char *macro, *directive;
	} paths[] = {
		{ "DEFAULT_PIDLOG", "PidFile" },
		{ "DEFAULT_ERRORLOG", "ErrorLog" },
		{ "AP_TYPES_CONFIG_FILE", "TypesConfig" },
	};
	const char *path;
	size_t i;

	inspect_version(out);
	buf_printf(out,
	    "Directives:     as of Apache/" CONF_APACHE_VERSION
	    ", which is what <IfVersion> asks for\n"
	    "Compiled using: " COMPILER __VERSION__ "\n"
	    "Architecture:   %zu-bit\n"
	    "Server MPM:     event\n"
	    "  threaded:     no\n"
	    "    forked:     yes (fixed process count)\n"
	    "Server compiled with....\n"
	    " -D HTTPD_ROOT=\"" HTTPD_ROOT "\"\n"
	    " -D SERVER_CONFIG_FILE=\"" SERVER_CONFIG_FILE "\"\n",
	    8 * sizeof(void *));
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		path = preset_of(schema, paths[i].directive);
		if (path != NULL)
			buf_printf(
			    out, " -D %s=\"%s\"\n", paths[i].macro, path);
	}
}

/* "mod_dir.c" is dir_module. */
static void
print_name(struct buf *out, const char *name, bool loaded)
{
	struct span stem = span_str(name);

	if (span_starts(stem, "mod_"))
		stem = span_skip(stem, 4);
	stem.len = span_find_last(stem, '.');
	if (span_is(stem, "event"))
		stem = span_str("mpm_event");
	else if (span_is(stem, "http_core"))
		stem = span_str("http");
	buf_printf(out, " %.*s_module (%s)\n", SPAN_ARG(stem),
	    loaded ? "shared" : "static");
}

/* conf NULL: all that is built in. */
static void
each_module(const struct conf_schema *schema, const struct server_conf *conf,
    struct buf *out)
{
	const char *const *name;
	unsigned i;

	for (i = 0; i < schema->count; i++) {
		name = schema->sections[i]->apache_modules;
		for (; name != NULL && *name != NULL; name++) {
			if (conf == NULL)
				buf_printf(out, "  %s\n", *name);
			else if (conf_has_module(conf, *name))
				print_name(out, *name,
				    conf_module_loaded(conf, *name));
		}
	}
}

void
inspect_compiled(const struct conf_schema *schema, struct buf *out)
{
	buf_add_str(out, "Compiled in modules:\n");
	each_module(schema, NULL, out);
}

void
inspect_modules(const struct server_conf *conf, struct buf *out)
{
	buf_add_str(out, "Loaded Modules:\n");
	each_module(conf->schema, conf, out);
}

/* Each below the file that includes it, with the line that does. */
void
inspect_includes(const struct server_conf *conf, struct buf *out)
{
	const struct conf_include *file;

	buf_add_str(out, "Included configuration files:\n");
	for (file = conf->includes; file != NULL; file = file->next) {
		buf_printf(out, "%*s(", 2 * (int)file->depth, "");
		if (file->line == 0)
			buf_add_char(out, '*');
		else
			buf_add_number(out, file->line);
		buf_printf(out, ") %s\n", file->path);
	}
}

void
inspect_control(const struct server_conf *conf, struct buf *out)
{
	char path[MASTER_CONF_PATH_MAX];

	if (master_conf_control_path(conf, path, sizeof(path)))
		buf_printf(out, "ControlSocket: \"%s\"\n", path);
	else
		buf_add_str(out, "ControlSocket: none\n");
}

/* As Apache does, also whom it would be if root had started it. */
static void
print_identity(struct buf *out, const struct master_conf *c)
{
	const char *unused = geteuid() == 0 ? "" : " not_used";
	const struct group *group;
	struct privs privs;
	struct err err;

	if (privs_lookup(&privs, c->user, c->group, &err) != 0) {
		buf_printf(out, "User: name=\"%s\"%s\n", c->user, unused);
		if (c->group != NULL)
			buf_printf(
			    out, "Group: name=\"%s\"%s\n", c->group, unused);
		return;
	}
	group = c->group == NULL ? getgrgid(privs.gid) : NULL;
	buf_printf(out, "User: name=\"%s\" id=%lu%s\n", c->user,
	    (unsigned long)privs.uid, unused);
	buf_printf(out, "Group: name=\"%s\" id=%lu%s\n",
	    c->group != NULL ? c->group
	    : group != NULL  ? group->gr_name
			     : "",
	    (unsigned long)privs.gid, unused);
}

void
inspect_run(const struct server_conf *conf, struct buf *out)
{
	const struct master_conf *c = master_conf_get(conf);
	const struct log_dest *log = log_error_dest(conf);
	const char *root = worker_document_root(conf);
	const char *const *name;

	buf_printf(out, "ServerRoot: \"%s\"\n", conf->server_root);
	if (root != NULL)
		buf_printf(out, "Main DocumentRoot: \"%s\"\n", root);
	if (log != NULL && log->target != NULL)
		buf_printf(out, "Main ErrorLog: \"%s\"\n", log->target);
	if (c->pid_file == NULL)
		buf_add_str(out, "PidFile: none\n");
	else
		buf_printf(out, "PidFile: \"%s\"\n", c->pid_file);
	inspect_control(conf, out);
	for (name = conf->defines; *name != NULL; name++)
		buf_printf(out, "Define: %s\n", *name);
	print_identity(out, c);
	buf_printf(out, "Workers: %u\n", master_conf_workers(conf));
}
