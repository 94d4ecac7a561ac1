/* SPDX-License-Identifier: BSD-2-Clause */
/* What Apache's directives belong to, for those that Drover lacks. */
#ifndef DROVER_CONF_APACHE_DIRECTIVES_H
#define DROVER_CONF_APACHE_DIRECTIVES_H

#include <stdbool.h>

#include "conf/suggest.h"
#include "conf/tree.h"

/*
 * The module of Apache that has such a directive or section ("mod_rewrite",
 * or "core"); NULL: none.  *decides_r: whether leaving the statement out could
 * open what was closed or send something else.
 */
const char *apache_directive_module(const struct statement *, bool section,
    bool *decides_r);
/*
 * Whether leaving it out may open what it, or a rule of access that asks for
 * its variable, was to close, or show what was to be run: nothing allows that.
 */
bool apache_directive_closes(const struct statement *);

/* Whether Apache has a directive, or a section, of that name. */
bool apache_has_directive(const char *name, bool section);

/* Whether Apache has a module of that stem ("ssl", "mpm_event"), any case.
 * All that it has are offered to the suggestion. */
bool apache_has_module(struct span stem, struct suggestion *);

#endif
