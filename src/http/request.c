/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding fields in a request. */
#include "config.h"

#include "http/request.h"

void
request_index(struct request *request, struct field *fields, unsigned count)
{
	request->fields = fields;
	request->field_count = count;
	request->repeated = false;
	memset(request->known, 0, sizeof(request->known));
	for (unsigned i = 0; i < count; i++) {
		enum field_id id = field_find(fields[i].name);

		fields[i].id = id;
		if (id == FIELD_OTHER)
			continue;
		if (request->known[id] != 0)
			request->repeated = true;
		else if (i < UINT16_MAX)
			request->known[id] = (uint16_t)(i + 1);
	}
}

const struct field *
request_field_named(const struct request *request, struct span name)
{
	enum field_id id = field_find(name);

	if (id != FIELD_OTHER)
		return request_field(request, id);
	for (unsigned i = 0; i < request->field_count; i++)
		if (span_equal_nocase(request->fields[i].name, name))
			return &request->fields[i];
	return NULL;
}

unsigned
request_count(const struct request *request, enum field_id id)
{
	unsigned count = 0;

	if (request->known[id] == 0)
		return 0;
	for (unsigned i = request->known[id] - 1u; i < request->field_count;
	     i++)
		if (request->fields[i].id == id)
			count++;
	return count;
}

bool
request_has_token(
    const struct request *request, enum field_id id, const char *token)
{
	if (request->known[id] == 0)
		return false;
	for (unsigned i = request->known[id] - 1u; i < request->field_count;
	     i++) {
		struct span rest = request->fields[i].value, element;

		if (request->fields[i].id != id)
			continue;
		while (span_next_element(&rest, &element))
			if (span_is_nocase(element, token))
				return true;
	}
	return false;
}
