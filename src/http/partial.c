/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a 200 to a 206 or 416, if the request has a Range.  Where memory is
 * short the whole is sent: Range may always be ignored.
 */
#include "config.h"

#include <assert.h>
#include <inttypes.h>

#include "base/clock.h"
#include "http/byteranges.h"
#include "http/exchange.h"
#include "http/http_conf.h"
#include "http/partial.h"

/* MaxRanges none: nothing is promised either. */
static void
make_unranged(struct response *response)
{
	response->ranges = false;
	response->block = (struct span){ NULL, 0 };
}

/* The content or its length differ from what the block says. */
static void
make_partial(struct response *response)
{
	response->status = 206;
	response->block = (struct span){ NULL, 0 };
}

static void
send_range(struct exchange *x, const struct range *range)
{
	struct body *body = &x->response.body;
	const char *text =
	    arena_printf(&x->arena, "bytes %" PRIu64 "-%" PRIu64 "/%" PRId64,
		range->first, range->last, body->length);

	if (text == NULL || field_add(&x->response.fields, &x->arena,
				FIELD_CONTENT_RANGE, span_str(text)) != 0)
		return;
	body_narrow(body, range->first, range->last - range->first + 1);
	make_partial(&x->response);
}

static void
send_ranges(struct exchange *x, const struct range_list *list)
{
	struct response *response = &x->response;
	const struct byteranges what = { response->content_type, list->ranges,
		list->count };

	response->selected.type = response->content_type;
	if (byteranges_body(
		&response->body, &x->arena, &what, &response->content_type))
		make_partial(response);
}

/* 15.5.17: the length tells the client what it may ask for. */
static void
refuse(struct exchange *x)
{
	const char *text = arena_printf(
	    &x->arena, "bytes */%" PRId64, x->response.body.length);

	if (text == NULL)
		return;
	response_error(x, 416);
	if (field_add(&x->response.fields, &x->arena, FIELD_CONTENT_RANGE,
		span_str(text)) != 0)
		response_error(x, 500);
}

static void
apply_range(struct exchange *x, const struct http_conf *conf)
{
	const struct range_limits limits = { conf->max_range_overlaps,
		conf->max_range_reversals };
	struct span value = request_value(&x->request, FIELD_RANGE);
	struct range_list list = { .room = range_count_max(value) };

	assert(body_in_place(&x->response.body));
	if (conf->max_ranges != RANGE_UNLIMITED &&
	    list.room > (size_t)conf->max_ranges)
		list.room = (size_t)conf->max_ranges;
	list.ranges = arena_calloc(&x->arena, list.room, sizeof(struct range));
	if (list.ranges == NULL)
		return;
	switch (range_parse(
	    value, (uint64_t)x->response.body.length, &limits, &list)) {
	case RANGE_NONE:
		break;
	case RANGE_UNSATISFIABLE:
		refuse(x);
		break;
	case RANGE_SATISFIABLE:
		if (list.count == 1)
			send_range(x, &list.ranges[0]);
		else
			send_ranges(x, &list);
	}
}

void
partial_apply(struct exchange *x)
{
	const struct request *request = &x->request;
	const struct http_conf *conf = settings_get(x->settings, &http_section);

	if (conf->max_ranges == 0)
		make_unranged(&x->response);
	else if (request->known[FIELD_RANGE] != 0 &&
		 request->method == METHOD_GET && x->response.status == 200 &&
		 request_count(request, FIELD_RANGE) == 1 &&
		 conditional_range(
		     request, &x->response.validators, clock_real()))
		apply_range(x, conf);
}
