/* SPDX-License-Identifier: BSD-2-Clause */
/* Expires and max-age of an answer as old as the request says, of its type. */
#include "config.h"

#include "base/clock.h"
#include "base/number.h"
#include "fuzz.h"
#include "handler_input.h"
#include "http/date.h"

extern const struct module expires_module;
const struct module *const modules[] = { &expires_module, NULL };

static struct span
get(const struct exchange *x, const char *name)
{
	const struct field_list *list = &x->response.fields;

	for (size_t i = 0; i < list->count; i++)
		if (span_is_nocase(list->fields[i].name, name))
			return list->fields[i].value;
	return span_of(NULL, 0);
}

static void
use(struct exchange *x)
{
	static const struct span max_age = SPAN("max-age=");
	struct span expires, age;
	uint64_t seconds = 0;
	time_t date;

	x->response.status = 200;
	x->response.content_type = x->request.uri.query;
	if (number_parse(span_skip(x->request.uri.path, 1), INT64_MAX,
		&seconds) == NUMBER_OK)
		x->response.validators.last_modified = (time_t)seconds;
	expires_module.decorate(x);
	expires = get(x, "Expires");
	age = get(x, "Cache-Control");
	CHECK((expires.ptr == NULL) == (age.ptr == NULL));
	if (age.ptr == NULL)
		return;
	CHECK(span_equal(span_of(age.ptr, max_age.len), max_age));
	CHECK(number_parse(span_skip(age, max_age.len), INT64_MAX, &seconds) ==
	      NUMBER_OK);
	CHECK(date_parse(expires, clock_real(), &date));
	CHECK(date < clock_real() ? seconds == 0
				  : (uint64_t)(date - clock_real()) <= seconds);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	handler_input(data, size, use);
	return 0;
}
