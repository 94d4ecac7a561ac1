/* SPDX-License-Identifier: BSD-2-Clause */
/* Configurations in Apache's syntax. */
#include "config.h"

#include "conf_input.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	conf_input("httpd.conf", data, size);
	return 0;
}
