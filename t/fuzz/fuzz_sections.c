/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration, a line "%%", and paths: the sections that match each. */
#include "config.h"

#include "conf_input.h"
#include "fuzz.h"
#include "sections_reference.h"

static struct span paths;

static void
use(const struct server_conf *conf)
{
	struct span rest = paths;

	while (rest.len > 0)
		sections_check(conf, span_cut(&rest, '\n'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const before[] = { "Listen 127.0.0.1:8080", NULL };
	struct span text = { (const char *)data, size };
	const struct conf_use uses = { conf_input_schema(), "/srv", before, use,
		.read_back = false };

	paths = conf_input_cut(&text);
	conf_input_use(&uses, "httpd.conf", text);
	return 0;
}
