/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <Macro>, Use and UndefMacro: texts with parameters, as mod_macro has them.
 */
#ifndef DROVER_CONF_MACRO_H
#define DROVER_CONF_MACRO_H

#include "conf/reader_private.h"

/*
 * The section's opening and the text up to its end, borrowed from a source.
 * A macro of that name that was there before no longer holds (a warning).
 */
void macro_define(struct reader *, const struct statement *, struct span body);
/*
 * Use: reads the macro's text with the values put in for its parameters.  In
 * messages it is a file of its own, whose name says where it was used.
 */
void macro_use(struct reader *, const struct statement *);
/* UndefMacro */
void macro_undefine(struct reader *, const struct statement *);

#endif
