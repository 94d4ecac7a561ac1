/* SPDX-License-Identifier: BSD-2-Clause */
/* Apache's modules by their two names, "mod_dir.c" and "dir_module". */
#ifndef DROVER_CONF_MODULE_NAME_H
#define DROVER_CONF_MODULE_NAME_H

#include <stdbool.h>

#include "conf/conf.h"

/* Whether some section does the work of the module of that name. */
bool module_is_known(const struct conf_schema *, const char *name);
/* What all names of a module have in common: "dir", "mpm_event"; borrowed from
 * name, or static. */
struct span module_stem(const char *name);
/* Whether both name the same module. */
bool module_is_same(const char *a, const char *b);
/* Whether LoadModule named it; loaded is what it named, and a NULL. */
bool module_is_loaded(const char *const *loaded, const char *name);
/*
 * For <IfModule> and what asks like it.  All whose work Drover does are there,
 * until LoadModule names mod_authz_core: a configuration that loads that one
 * names all that it wants, and what it leaves out in Apache it leaves out here.
 * One that loads others only may count on what its Apache has compiled in.
 */
bool module_is_there(
    const struct conf_schema *, const char *const *loaded, const char *name);
/* A multi-processing module; which one was loaded makes no difference. */
bool module_is_mpm(const char *name);

#endif
