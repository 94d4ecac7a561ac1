/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Range (RFC 9110, 14.1.2).  A server may ignore any Range (14.2), so whatever
 * is wrong, or looks like an attempt to make much of a little (17.15), leads
 * to the whole representation, once.
 */
#include "config.h"

#include "base/number.h"
#include "http/range.h"

size_t
range_count_max(struct span value)
{
	size_t count = 1;

	for (size_t i = 0; i < value.len; i++)
		count += value.ptr[i] == ',';
	return count;
}

/* A number of any length: what does not fit is beyond any length anyway. */
static bool
take_number(struct span digits, uint64_t *value_r)
{
	switch (number_parse(digits, UINT64_MAX, value_r)) {
	case NUMBER_OK:
		return true;
	case NUMBER_RANGE:
		*value_r = UINT64_MAX;
		return true;
	case NUMBER_BAD:
		break;
	}
	return false;
}

enum spec_result {
	SPEC_INVALID,
	SPEC_SATISFIABLE,
	SPEC_UNSATISFIABLE,
};

/* "-5" is the last five bytes, or all if there are fewer. */
static enum spec_result
parse_suffix(struct span digits, uint64_t length, struct range *range)
{
	uint64_t count;

	if (!take_number(digits, &count))
		return SPEC_INVALID;
	range->first = count < length ? length - count : 0;
	range->last = length - 1;
	return count > 0 ? SPEC_SATISFIABLE : SPEC_UNSATISFIABLE;
}

/* "0-4", "5-".  length is not 0, or the range has no meaning. */
static enum spec_result
parse_spec(struct span spec, uint64_t length, struct range *range)
{
	size_t dash = span_find(spec, '-');
	struct span end = span_skip(spec, dash + 1);

	if (dash == spec.len)
		return SPEC_INVALID;
	if (dash == 0)
		return parse_suffix(end, length, range);
	range->last = UINT64_MAX;
	if (!take_number(span_of(spec.ptr, dash), &range->first) ||
	    (end.len > 0 && !take_number(end, &range->last)) ||
	    range->last < range->first)
		return SPEC_INVALID;
	if (range->first >= length)
		return SPEC_UNSATISFIABLE;
	if (range->last >= length)
		range->last = length - 1;
	return SPEC_SATISFIABLE;
}

/* False: one more than the limit. */
static bool
count_one(int *left, bool happened)
{
	if (!happened || *left == RANGE_UNLIMITED)
		return true;
	return (*left)-- > 0;
}

/* False: this range is one too many. */
static bool
add_range(struct range_list *list, struct range range, uint64_t *bytes_left,
    struct range_limits *left)
{
	uint64_t bytes = range.last - range.first + 1;

	if (bytes > *bytes_left)
		return false;
	*bytes_left -= bytes;
	if (list->count > 0) {
		const struct range *before = &list->ranges[list->count - 1];

		if (!count_one(&left->reversals, range.first < before->first) ||
		    !count_one(
			&left->overlaps, range.first <= before->last &&
					     range.last >= before->first))
			return false;
	}
	list->ranges[list->count++] = range;
	return true;
}

/* 14.1: names of units know no case. */
static bool
take_unit(struct span *value)
{
	static const struct span bytes = SPAN("bytes=");

	if (!span_starts_nocase(*value, bytes.ptr))
		return false;
	*value = span_skip(*value, bytes.len);
	return true;
}

enum range_result
range_parse(struct span value, uint64_t length,
    const struct range_limits *limits, struct range_list *list)
{
	struct range_limits left = *limits;
	uint64_t bytes_left = length;
	struct span element;
	size_t specs = 0;

	list->count = 0;
	if (!take_unit(&value))
		return RANGE_NONE;
	while (span_next_element(&value, &element)) {
		struct range range;

		if (specs++ == list->room)
			return RANGE_NONE;
		/* Of an empty one, what would have its first byte has all. */
		switch (parse_spec(element, length > 0 ? length : 1, &range)) {
		case SPEC_INVALID:
			return RANGE_NONE;
		case SPEC_UNSATISFIABLE:
			break;
		case SPEC_SATISFIABLE:
			if (length == 0 ||
			    !add_range(list, range, &bytes_left, &left))
				return RANGE_NONE;
		}
	}
	if (specs == 0)
		return RANGE_NONE;
	return list->count > 0 ? RANGE_SATISFIABLE : RANGE_UNSATISFIABLE;
}
