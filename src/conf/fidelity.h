/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much of a configuration is done: each directive is applied, accepted
 * without effect, or unsupported.  Of the latter two it is kept which, how
 * often, where first and why; so a name is warned of once, and -t can end with
 * a report.
 */
#ifndef DROVER_CONF_FIDELITY_H
#define DROVER_CONF_FIDELITY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/table.h"
#include "conf/diag.h"
#include "conf/directive.h"

enum fidelity_kind {
	FIDELITY_NO_EFFECT,
	FIDELITY_UNSUPPORTED,
	FIDELITY_KINDS,
};

struct fidelity_entry;

struct fidelity {
	struct arena arena;
	struct table names[FIDELITY_KINDS];	/* -> struct fidelity_entry */
	struct fidelity_entry *first, **last;	/* in the order of the text */
	unsigned applied;
	unsigned counts[FIDELITY_KINDS];	/* of uses */
	unsigned words;		/* of these: of words in what is applied */
};

void fidelity_init(struct fidelity *);
void fidelity_release(struct fidelity *);

/*
 * One use of what is not applied.  Texts are copied; the place's file is
 * borrowed.  warning: what fidelity_warn is to say of the name, NULL: nothing.
 * Without memory it is not kept.
 */
struct fidelity_note {
	enum fidelity_kind kind;
	const char *name;	/* "AddIcon", "<Proxy>" */
	const char *why;
	const char *warning;
	const struct conf_place *place;
	bool word;		/* of a directive that is applied otherwise */
};
void fidelity_note(struct fidelity *, const struct fidelity_note *);

/* How many uses were noted as a whole. */
unsigned fidelity_noted(const struct fidelity *);

/* One warning for each name, at its first place; once, at the end. */
void fidelity_warn(const struct fidelity *, struct diag *);

/* For people: one line if all is applied. */
void fidelity_print(const struct fidelity *, struct buf *);
/* As an object of JSON. */
void fidelity_print_json(const struct fidelity *, struct buf *);

#endif
