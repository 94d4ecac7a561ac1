/* SPDX-License-Identifier: BSD-2-Clause */
/* -H taken apart, and found again. */
#include "config.h"

#include "client/header.h"
#include "wire/h1_scan.h"

bool
header_parse(const char *text, struct span *name_r, struct span *value_r,
    bool *removes_r)
{
	struct span s = span_str(text), value;
	size_t name = h1_scan_token(s.ptr, 0, s.len);

	if (name == 0 || name == s.len)
		return false;
	value = span_trim(span_skip(s, name + 1));
	if (s.ptr[name] == ';' && value.len > 0)
		return false;
	if (s.ptr[name] != ';' && s.ptr[name] != ':')
		return false;
	if (h1_scan_value(value.ptr, 0, value.len) != value.len)
		return false;
	*name_r = span_of(s.ptr, name);
	*value_r = value;
	*removes_r = s.ptr[name] == ':' && value.len == 0;
	return true;
}

bool
header_find(const struct options *o, const char *name, struct span *value_r,
    bool *removes_r)
{
	for (size_t i = 0; i < o->headers.count; i++) {
		struct span given;

		if (header_parse(
			o->headers.items[i], &given, value_r, removes_r) &&
		    span_is_nocase(given, name))
			return true;
	}
	return false;
}
