/* SPDX-License-Identifier: BSD-2-Clause */
/* In which order sections merge. */
#ifndef DROVER_CONF_SECTION_ORDER_H
#define DROVER_CONF_SECTION_ORDER_H

#include "conf/conf.h"

/* Sorts sections of the main server and of one host, those that come first in
 * merging first; no two are equal. */
void section_order_sort(const struct section **, size_t count);

#endif
