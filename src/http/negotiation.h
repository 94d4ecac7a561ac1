/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of content negotiation, without effect. */
#ifndef DROVER_HTTP_NEGOTIATION_H
#define DROVER_HTTP_NEGOTIATION_H

#include "conf/directive.h"

extern const struct conf_section negotiation_section;

#endif
