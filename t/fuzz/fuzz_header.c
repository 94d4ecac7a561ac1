/* SPDX-License-Identifier: BSD-2-Clause */
/* Header and RequestHeader, on an answer with fields of each kind. */
#include "config.h"

#include "fuzz.h"
#include "handler_input.h"

extern const struct module headers_early_module, headers_module,
    setenvif_module;
const struct module *const modules[] = { &headers_early_module,
	&setenvif_module, &headers_module, NULL };

static void
use(struct exchange *x)
{
	static const struct span vary = SPAN("Accept, Accept-Encoding");
	struct response *response = &x->response;

	headers_early_module.begin(x);
	setenvif_module.begin(x);
	headers_module.fixup(x);
	if (response->status != 0)
		return;
	response->status = 200;
	body_memory(&response->body, x->request.target);
	response->content_type = span_str("text/html");
	response->validators.etag = span_str("\"a\"");
	CHECK(field_add(&response->fields, &x->arena, FIELD_VARY, vary) == 0);
	headers_module.decorate(x);
	response_finish(x);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	handler_input(data, size, use);
	return 0;
}
