/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of options, the path of a directory, and the names in it. */
#include "config.h"

#include "fuzz.h"
#include "http/module.h"
#include "listing_input.h"

const struct module *const modules[] = { NULL };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct span options = span_cut(&text, '\n');

	listing_input(options, text);
	return 0;
}
