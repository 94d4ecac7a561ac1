/* SPDX-License-Identifier: BSD-2-Clause */
/* The way from a configuration's text to answers, for fuzz targets. */
#ifndef FUZZ_SITE_INPUT_H
#define FUZZ_SITE_INPUT_H

#include "base/span.h"

/*
 * Serves what a client sends by a configuration with the rows and hooks of all
 * modules, as a worker would, if the text is one (conf_input.h).  Answers are
 * well-formed, and come out alike whether merged settings are kept or not;
 * lines of logs hold no control characters.  Without requests the configuration
 * is dumped and explained.
 */
void site_input(struct span conf_text, struct span requests);

#endif
