/* SPDX-License-Identifier: BSD-2-Clause */
/* Who a request is from: the peer, or somebody whom its fields name. */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "handler_input.h"

extern const struct module remoteip_module;
const struct module *const modules[] = { &remoteip_module, NULL };

static bool
names(const struct request *request, const struct addr *addr)
{
	char text[ADDR_TEXT_SIZE];
	struct addr other;

	addr_print_ip(addr, text);
	for (unsigned i = 0; i < request->field_count; i++) {
		struct span rest = request->fields[i].value;

		while (rest.len > 0)
			if (addr_parse(
				span_trim(span_cut(&rest, ',')), 0, &other)) {
				char again[ADDR_TEXT_SIZE];

				addr_print_ip(&other, again);
				if (strcmp(text, again) == 0)
					return true;
			}
	}
	return false;
}

static void
use(struct exchange *x)
{
	struct request asked = x->request;

	remoteip_module.begin(x);
	CHECK(x->client == NULL || names(&asked, x->client));
	CHECK(exchange_remote_text(x)[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	handler_input(data, size, use);
	return 0;
}
