/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration, a line "%%", and what a client sends. */
#include "config.h"

#include "conf_input.h"
#include "fuzz.h"
#include "site_input.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct span requests = conf_input_cut(&text);

	site_input(text, requests);
	return 0;
}
