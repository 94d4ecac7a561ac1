/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration as the server uses it: typed, merged, immutable.  Built
 * by the master (conf_load), read by everyone, freed as a whole.
 */
#ifndef DROVER_CONF_CONF_H
#define DROVER_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "conf/directive.h"

/* What <IfVersion> compares with: the Apache whose behaviour was compared. */
#define CONF_APACHE_VERSION "2.4.71"

struct scope;
struct server_conf;

/*
 * All sections of the program; begins as zero, is filled once by main, then
 * constant.
 */
struct conf_schema {
	const struct conf_section *sections[64];
	unsigned count;
};

/*
 * Gives the section its id.  The first call also adds conf's own rows (Listen,
 * ServerName, ...).  Two rows of one name, or two rows of one field
 * that inherit differently, are a fault of ours.
 */
void conf_schema_add(struct conf_schema *, const struct conf_section *);

/* One struct for each section of the schema. */
struct settings {
	const void *const *section;
	const struct scope *scope;	/* private: where each was set */
};

static inline const void *
settings_get(const struct settings *s, const struct conf_section *section)
{
	return s->section[*section->id];
}

/* Where a setting came from, for diagnostics and explain; false: default. */
bool settings_place(const struct settings *, const struct conf_section *,
    const char *directive, struct conf_place *place_r);

struct section;
/* What a section says for itself, unmerged: its rows' fields, zero where it
 * does not; NULL: it says nothing. */
const void *section_get(const struct section *, const struct conf_section *);

/* Whether any of its directives is set anywhere: in the server, in a host or in
 * a section. */
bool conf_sets(const struct server_conf *, const struct conf_section *);

enum section_kind {
	SECTION_DIRECTORY,
	SECTION_FILES,
	SECTION_LOCATION,
};

struct regex;

/* A named group of a section's regular expression. */
struct section_group {
	struct span variable;		/* "MATCH_NAME", with a NUL behind */
	unsigned group;
};

struct section;

/* What a section itself says, not merged, members that it does not set zero;
 * NULL: nothing. */
const void *section_values(const struct section *,
    const struct conf_section *);

/* A <Directory>, <Files> or <Location>, or one that ends in Match (private to
 * conf/, but for explain). */
struct section {
	enum section_kind kind;
	const char *pattern;		/* as written, plain paths absolute */
	const struct regex *regex;	/* NULL: it is plain or has wildcards */
	const struct section_group *groups;
	size_t group_count;
	unsigned index;			/* counts all, in order of the files */
	struct conf_place place;
	const struct section *parent;	/* <Files> inside a <Directory> */
	bool of_host;			/* not the main server's */
	bool wildcard;			/* has * ? or [ */
	size_t components;		/* of a <Directory>: its sort key, by
					 * which those with a regular
					 * expression are sorted as well */
	const struct scope *scope;	/* unmerged values with set bits */
};

struct host_addr {
	struct addr addr;		/* any address: "*"; port 0: "*" */
	const char *text;
};

/* A <VirtualHost>, or the main server (index 0). */
struct host {
	unsigned index;
	const char *name;		/* ServerName without port, or NULL */
	uint16_t port;			/* of ServerName; 0: none */
	const char *scheme;		/* of ServerName; NULL: http */
	const char *const *aliases;	/* NULL-terminated, lower case;
					 * * and ? stand for anything */
	const char *path;		/* ServerPath, or NULL */
	const struct host_addr *addrs;	/* of <VirtualHost>; none for main */
	size_t addr_count;
	struct conf_place place;
	const struct settings *settings;	/* server and host merged */
	/* Its own, in merge order; those of the main server hold as well. */
	const struct section *const *sections;
	size_t section_count;
	const struct section_index *section_index;	/* private */
};

/* One address of a Listen directive; "Listen 80" makes two. */
struct listen_conf {
	struct addr addr;
	const char *name;		/* "0.0.0.0:80", "[::]:80": unique */
	const char *protocol;		/* "http" (later "https"), as given */
	bool optional;			/* the IPv6 half of "Listen 80" where
					 * the machine has no IPv6 */
	struct conf_place place;
};

/* A file that was read, in the order of the text. */
struct conf_include {
	const struct conf_include *next;
	const char *path;
	int line;			/* of the Include; 0: the main file */
	unsigned depth;			/* of the main file: 1 */
};

struct server_conf {
	struct arena arena;		/* owns everything below */
	const struct conf_schema *schema;
	const char *file;		/* absolute path of the main file */
	const char *server_root;	/* absolute */
	const char *const *modules;	/* of LoadModule ("dir_module"),
					 * NULL-terminated */
	const char *const *defines;	/* by Define and -D: "NAME" or
					 * "NAME=value", by name,
					 * NULL-terminated */
	const struct conf_include *includes;	/* first: the main file */
	const struct host *hosts;	/* [0] is the main server */
	size_t host_count;
	const struct listen_conf *listens;
	size_t listen_count;
	uint64_t generation;		/* set by the master */
	bool skip_roots;		/* from the options */
	struct conf_lookup *lookup;	/* private to lookup.c */
};

/* The settings of the main server. */
static inline const void *
conf_get(const struct server_conf *conf, const struct conf_section *section)
{
	return settings_get(conf->hosts[0].settings, section);
}

/* Whether a LoadModule names it, known to Drover or not. */
bool conf_module_loaded(const struct server_conf *, const char *name);
/* As <IfModule> answers when all is read. */
bool conf_has_module(const struct server_conf *, const char *name);

struct conf_check;

/* What the command line says about the configuration. */
struct conf_options {
	const char *file;		/* -f; relative to server_root.  One
					 * that ends in ".cfg" is in libconfig's
					 * syntax: see cfg.c */
	const char *server_root;	/* -d or what was compiled in; NULL:
					 * the folder of the file */
	const char *const *defines;	/* -D, NULL-terminated */
	const char *const *before;	/* -C directives */
	const char *const *after;	/* -c directives */
	bool skip_roots;		/* -T: a DocumentRoot need not be there */
	enum conf_report {
		CONF_REPORT_NONE,
		CONF_REPORT_TEXT,
		CONF_REPORT_JSON,
	} report;			/* by conf_load: messages.report */
	bool even_wrong;		/* conf_load gives what could be read:
					 * for questions about single settings,
					 * not to serve with */
	/* Asked last, of the main server, if there was no error. */
	void (*check)(const struct conf_check *);
};

/*
 * All that was found in one run, in the order of the files, each as
 * "file:line:column: error: text", the line, and a caret, ready to print; at
 * most 100, then "… and N more".
 */
struct conf_messages {
	struct buf text;
	/* What options.report asks for, else untouched: how much of the
	 * configuration is done, for people; or two members of a JSON object,
	 * "messages" and "directives", as drover(8) has them. */
	struct buf report;
	unsigned errors, warnings;
};

/*
 * Reads and builds.  NULL when there was any error (but for even_wrong, if it
 * was not the worst); warnings come with a configuration too.  messages is initialised here and released by the caller.
 */
struct server_conf *conf_load(const struct conf_schema *,
    const struct conf_options *, struct conf_messages *messages);
void conf_destroy(struct server_conf **);

/* -L: every directive with contexts, syntax, default, help. */
void conf_list_directives(const struct conf_schema *, struct buf *);
/* -D DUMP_CONFIG: libconfig text of the tree as understood; 0 or -1. */
int conf_dump(const struct conf_schema *, const struct conf_options *,
    struct buf *, struct conf_messages *);

/* For conf_section.finish. */
struct conf_check {
	const struct server_conf *conf;
	const struct host *host;	/* its settings are merged */
	struct conf_builder *builder;
	struct arena *arena;		/* lives as long as the conf */
};
/* Points at a place that a parser kept. */
int conf_check_error_at(const struct conf_check *, const struct conf_place *,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Points at where the directive was set, or at the host. */
int conf_check_error(const struct conf_check *, const char *directive,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
