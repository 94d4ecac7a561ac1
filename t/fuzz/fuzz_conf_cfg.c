/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations in libconfig's syntax. */
#include "config.h"

#include "conf_input.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	conf_input("httpd.cfg", data, size);
	return 0;
}
