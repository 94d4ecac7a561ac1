/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conditional requests (RFC 9110, 13).  What cannot be understood never makes
 * a client believe that its copy is fresh: a bad date is as if it were not
 * there, and behind a bad entity tag no other is looked for.
 */
#include "config.h"

#include "http/conditional.h"
#include "http/date.h"

/*
 * Takes the next entity tag off the list (8.8.3); a tag may hold commas and
 * backslashes, so it is no quoted string.  False at the end or a bad tag.
 */
static bool
take_etag(struct span *rest, struct span *etag_r)
{
	size_t start = 0, end;

	while (rest->len > 0 && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t' ||
				    rest->ptr[0] == ','))
		*rest = span_skip(*rest, 1);
	if (span_starts(*rest, "W/"))
		start = 2;
	if (rest->len <= start || rest->ptr[start] != '"')
		return false;
	end = start + 1 + span_find(span_skip(*rest, start + 1), '"') + 1;
	if (end > rest->len)
		return false;
	*etag_r = span_of(rest->ptr, end);
	*rest = span_trim(span_skip(*rest, end));
	return rest->len == 0 || rest->ptr[0] == ',';
}

static bool
is_weak(struct span etag)
{
	return span_starts(etag, "W/");
}

/* 8.8.3.2: the weak comparison does not see W/, the strong one refuses it. */
static bool
etag_equal(struct span a, struct span b, bool weak_allowed)
{
	if (!weak_allowed)
		return !is_weak(a) && span_equal(a, b);
	return span_equal(
	    span_skip(a, is_weak(a) ? 2 : 0), span_skip(b, is_weak(b) ? 2 : 0));
}

static bool
line_lists(struct span line, struct span etag, bool weak_allowed)
{
	struct span listed;

	if (span_is(span_trim(line), "*"))
		return true;
	while (etag.len > 0 && take_etag(&line, &listed))
		if (etag_equal(listed, etag, weak_allowed))
			return true;
	return false;
}

bool
conditional_etag_listed(const struct request *request, enum field_id id,
    struct span etag, bool weak_allowed)
{
	if (request->known[id] == 0)
		return false;
	for (unsigned i = request->known[id] - 1u; i < request->field_count;
	     i++)
		if (request->fields[i].id == id &&
		    line_lists(request->fields[i].value, etag, weak_allowed))
			return true;
	return false;
}

/* The date of a field; false if it is to be ignored (13.1.3, 13.1.4). */
static bool
field_date(const struct request *request, enum field_id id,
    const struct validators *validators, time_t now, time_t *date_r)
{
	return validators->last_modified != -1 &&
	       request_count(request, id) == 1 &&
	       date_parse(request_value(request, id), now, date_r);
}

/* Steps 1 and 2 of 13.2.2. */
static bool
unchanged_as_wanted(const struct request *request,
    const struct validators *validators, time_t now)
{
	time_t date;

	if (request_field(request, FIELD_IF_MATCH) != NULL)
		return conditional_etag_listed(
		    request, FIELD_IF_MATCH, validators->etag, false);
	if (field_date(
		request, FIELD_IF_UNMODIFIED_SINCE, validators, now, &date))
		return validators->last_modified <= date;
	return true;
}

/* Steps 3 and 4: the client has it already. */
static bool
known_to_client(const struct request *request,
    const struct validators *validators, bool reads, time_t now)
{
	time_t date;

	if (request_field(request, FIELD_IF_NONE_MATCH) != NULL)
		return conditional_etag_listed(
		    request, FIELD_IF_NONE_MATCH, validators->etag, true);
	/* One in the future is of a clock that is wrong: it says nothing. */
	if (reads && field_date(request, FIELD_IF_MODIFIED_SINCE, validators,
			 now, &date))
		return validators->last_modified <= date && date <= now;
	return false;
}

enum conditional_result
conditional_check(const struct request *request,
    const struct validators *validators, time_t now)
{
	bool reads =
	    request->method == METHOD_GET || request->method == METHOD_HEAD;

	/* 13.2.1: these select no representation. */
	if (request->method == METHOD_OPTIONS ||
	    request->method == METHOD_TRACE ||
	    request->method == METHOD_CONNECT)
		return CONDITIONAL_PASS;
	if (!unchanged_as_wanted(request, validators, now))
		return CONDITIONAL_FAILED;
	if (!known_to_client(request, validators, reads, now))
		return CONDITIONAL_PASS;
	return reads ? CONDITIONAL_NOT_MODIFIED : CONDITIONAL_FAILED;
}

/*
 * A date is a strong validator only where what it stands for cannot have
 * changed again within its second (8.8.2.2): that second is over, and the tag
 * knows of no such change either.
 */
static bool
is_date_of(struct span text, const struct validators *validators, time_t now)
{
	time_t date;

	return validators->last_modified != -1 &&
	       validators->last_modified < now && !is_weak(validators->etag) &&
	       date_parse(text, now, &date) &&
	       date == validators->last_modified;
}

bool
conditional_range(const struct request *request,
    const struct validators *validators, time_t now)
{
	struct span value = request_value(request, FIELD_IF_RANGE);

	if (request->known[FIELD_IF_RANGE] == 0)
		return true;
	if (request_count(request, FIELD_IF_RANGE) > 1)
		return false;
	if (span_starts(value, "\"") || is_weak(value))
		return validators->etag.len > 0 &&
		       etag_equal(value, validators->etag, false);
	return is_date_of(value, validators, now);
}
