/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads all that makes a configuration - the main file, what it includes, the
 * directives of -C and -c - into one tree.  Conditions, includes and variables
 * are done with then; what remains is for the rows.
 */
#ifndef DROVER_CONF_READER_H
#define DROVER_CONF_READER_H

#include <libconfig.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/help.h"
#include "conf/source.h"

struct conf_tree {
	config_t config;		/* see tree.h */
	const char *file;		/* of the main file, absolute */
	const char *server_root;	/* absolute */
	const char *const *modules;	/* of LoadModule, NULL-terminated */
	const char *const *defines;	/* see conf.h */
	const struct conf_include *includes;
	bool cut;			/* a bound was passed: the rest was
					 * not read, an error says so */
};

/* What outlives the tree comes from arena. */
struct reader_input {
	const struct conf_schema *schema;
	const struct conf_options *options;
	struct arena *arena;
	struct diag *diag;
	struct source_list *sources;
};

/*
 * 0 with a tree, to be released, even after errors (which are in diag); -1
 * without memory.
 */
int reader_read(const struct reader_input *, struct conf_tree *tree_r);
void conf_tree_release(struct conf_tree *);

/* What the reader itself does, for -L and for "did you mean". */
extern const struct conf_help reader_help[];

#endif
