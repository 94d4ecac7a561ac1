/* SPDX-License-Identifier: BSD-2-Clause */
/* From a URI to a file below a root, or to a reference that can be sent. */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "handler_input.h"

extern const struct module redirect_module, alias_module, userdir_module,
    vhost_alias_module, static_module;
const struct module *const modules[] = { &redirect_module, &alias_module,
	&userdir_module, &vhost_alias_module, &static_module, NULL };

/* No segment of what was put together leads upwards. */
static bool
leads_up(struct span path)
{
	while (path.len > 0)
		if (span_is(span_cut(&path, '/'), ".."))
			return true;
	return false;
}

static void
use(struct exchange *x)
{
	const struct field *location;
	struct span root;
	enum hook_result result = HOOK_PASS;

	for (const struct module *const *m = modules;
	     *m != NULL && result == HOOK_PASS && x->file_path.len == 0; m++)
		if ((*m)->map != NULL)
			result = (*m)->map(x);
	root = x->root_path;
	CHECK((result == HOOK_DONE) == (x->response.status != 0));
	location = field_get(&x->response.fields, FIELD_LOCATION);
	CHECK(location == NULL ||
	      span_find(location->value, ' ') == location->value.len);
	if (result == HOOK_DONE || x->file_path.len == 0)
		return;
	CHECK(span_equal(span_of(x->file_path.ptr, root.len), root));
	CHECK(!leads_up(span_skip(x->file_path, root.len)));
	CHECK(x->file_path.ptr[x->file_path.len] == '\0' &&
	      strlen(x->file_path.ptr) == x->file_path.len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	handler_input(data, size, use);
	return 0;
}
