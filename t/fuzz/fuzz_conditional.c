/* SPDX-License-Identifier: BSD-2-Clause */
/* Conditional fields: a list of entity tags, whatever it is, as any field. */
#include "config.h"

#include "fuzz.h"
#include "http/conditional.h"

enum {
	NOW = 784112777
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct validators validators = { SPAN("\"a\""),
		784111777 };
	static const enum field_id ids[] = { FIELD_IF_MATCH,
		FIELD_IF_NONE_MATCH, FIELD_IF_MODIFIED_SINCE,
		FIELD_IF_UNMODIFIED_SINCE, FIELD_IF_RANGE };
	struct field fields[2];
	struct request request = { .method = METHOD_GET };

	for (size_t i = 0; i < 5; i++) {
		for (size_t j = 0; j < 2; j++) {
			size_t cut = j * (size / 2);

			fields[j].name = field_name(ids[i]);
			fields[j].value =
			    span_of((const char *)data + cut, size - cut);
		}
		for (unsigned count = 1; count <= 2; count++) {
			request_index(&request, fields, count);
			CHECK(conditional_check(&request, &validators, NOW) !=
			      (i % 3 == 0 ? CONDITIONAL_NOT_MODIFIED
					  : CONDITIONAL_FAILED));
			/* Two fields are none, and only If-Range is asked. */
			CHECK(conditional_range(&request, &validators, NOW) <=
			      (i < 4 || count == 1));
		}
	}
	return 0;
}
