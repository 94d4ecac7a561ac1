/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the tree to a configuration; see build.c.  The parts of the build
 * share the builder.
 */
#ifndef DROVER_CONF_BUILD_H
#define DROVER_CONF_BUILD_H

#include "base/table.h"
#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/fidelity.h"
#include "conf/help.h"
#include "conf/reader.h"
#include "conf/scope.h"
#include "conf/tree.h"

/* A row and its number. */
struct row_ref {
	const struct directive *directive;
	unsigned section, row;
};

/* A virtual host, or the main server, while it is built. */
struct host_draft {
	struct host_draft *next;
	struct host host;
	struct scope *scope;		/* what it sets itself */
	struct section_draft *sections;	/* newest first */
	size_t section_count;
};

struct section_draft {
	struct section_draft *next;
	struct section section;
};

struct conf_builder {
	struct server_conf *conf;
	struct arena *arena;		/* the conf's */
	struct arena scratch;		/* until the build ends */
	struct diag *diag;
	struct fidelity *fidelity;
	const struct layout *layout;
	struct table rows;		/* name -> struct row_ref */
	struct row_ref *row_refs;
	bool refuse_unsupported;
	void (*check)(const struct conf_check *);	/* of the options */
	struct host_draft *main;
	struct host_draft **last;	/* where the next host is linked */
	size_t host_count;
	struct host *hosts;		/* the conf's, once all are known */
	unsigned section_count;
	bool no_memory;			/* ends everything */
};

/* Where a statement stands. */
struct build_context {
	unsigned in;			/* one IN_ bit */
	const char *inside;		/* "<Directory>", or NULL: outermost */
	struct host_draft *host;
	const struct section *section;	/* or NULL */
	const struct conf_limit *limit;	/* or NULL */
	const struct row_ref *container; /* innermost, or NULL */
	struct scope *scope;
};

/* Fills conf; false after errors (in diag) or without memory. */
bool conf_build(struct server_conf *, const struct conf_tree *,
    const struct conf_options *, struct diag *, struct fidelity *);

/* build.c: a further host; NULL without memory. */
struct host_draft *build_host(struct conf_builder *,
    const struct conf_place *);
/* build.c: all statements of a scope. */
void build_scope(struct conf_builder *, const config_setting_t *scope,
    const struct build_context *);

/* build_row.c: one use of a row. */
void build_row(struct conf_builder *, const struct row_ref *,
    const struct statement *, const struct build_context *);
/* A row that is a container, with what it contains. */
void build_container(struct conf_builder *, const struct row_ref *,
    const struct statement *, const config_setting_t *body,
    const struct build_context *);
/* The rows' defaults, parsed as if somebody had written them. */
struct scope *build_presets(struct conf_builder *);

/* build_section.c: <VirtualHost>, <Directory> and the like. */
extern const struct conf_help section_help[];
void build_section(struct conf_builder *, const struct statement *,
    const config_setting_t *body, const struct build_context *);

/* build_if.c: whether a section that is not known may be left out; false after
 * an error, since it is an <If> with more in it than may be lost. */
bool build_if(struct conf_builder *, const struct statement *,
    const config_setting_t *body);

/* build_unknown.c: a name that is no row and no section. */
void build_unknown(struct conf_builder *, const struct statement *,
    bool section);

/* build_row.c: "in <VirtualHost>", for messages. */
const char *build_context_words(unsigned contexts);
/* "<name>", for messages; NULL without memory. */
const char *build_shown(struct conf_builder *, const char *name);
/* A text in the conf's arena; sets no_memory. */
const char *build_text(struct conf_builder *, const char *);

#endif
