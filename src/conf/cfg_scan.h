/* SPDX-License-Identifier: BSD-2-Clause */
/* What libconfig lets pass and Drover does not. */
#ifndef DROVER_CONF_CFG_SCAN_H
#define DROVER_CONF_CFG_SCAN_H

#include "base/span.h"

struct cfg_fault {
	const char *at;		/* in the text */
	const char *what;
};

/*
 * Whether a text may be given to libconfig.  False: the first fault that it
 * would not report - a number that does not fit (1.5 cuts it silently), a
 * comment without end, a NUL in a string, @include - or brackets so deep that
 * its parser should not be asked.
 */
bool cfg_scan(struct span text, struct cfg_fault *fault_r);

#endif
