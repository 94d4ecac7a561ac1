/* SPDX-License-Identifier: BSD-2-Clause */
/* The arguments of RequestReadTimeout, and what they mean; see read_bound.h. */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "worker/read_bound.h"

#define SECONDS_MAX 86400
#define RATE_MAX UINT32_MAX

/* ---- meaning ---- */

int64_t
read_bound_ms(const struct read_bound *bound, uint64_t bytes)
{
	int64_t ms = bound->first_ms;

	if (ms == 0)
		return READ_BOUND_NEVER;
	if (bound->rate > 0) {
		/* Nobody is sent more than this in a time that matters. */
		if (bytes > UINT64_C(1) << 50)
			bytes = UINT64_C(1) << 50;
		ms += (int64_t)(bytes * 1000 / bound->rate);
	}
	return bound->most_ms > 0 && ms > bound->most_ms ? bound->most_ms : ms;
}

/* ---- reading ---- */

/* A part of an argument. */
struct part {
	const struct directive_use *use;
	int arg;
	struct span text;
};

static int
fail(const struct part *p, const char *what)
{
	return directive_error_inside(p->use, p->arg,
	    (size_t)(p->text.ptr - p->use->args[p->arg]), "\"%.*s\" %s",
	    SPAN_ARG(p->text), what);
}

static int
read_number(const struct part *p, uint64_t max, uint64_t *value_r)
{
	switch (number_parse(p->text, max, value_r)) {
	case NUMBER_OK:
		return 0;
	case NUMBER_RANGE:
		return fail(p, "is too much");
	case NUMBER_BAD:
		break;
	}
	return fail(p, "is not a whole number");
}

/* "20" or "20-40". */
static int
read_times(struct part p, struct read_bound *bound)
{
	struct span all = p.text;
	size_t dash = span_find(all, '-');
	uint64_t first, most;

	p.text.len = dash;
	if (read_number(&p, SECONDS_MAX, &first) != 0)
		return -1;
	bound->first_ms = (int64_t)first * 1000;
	if (dash == all.len)
		return 0;
	p.text = span_skip(all, dash + 1);
	if (read_number(&p, SECONDS_MAX, &most) != 0)
		return -1;
	bound->most_ms = (int64_t)most * 1000;
	if (most > 0 && most <= first)
		return fail(&p, "is not more than the time in front of it");
	return bound->rate > 0 ? 0 : fail(&p, "needs a MinRate behind it");
}

/* "MinRate=500"; nothing: none. */
static int
read_rate(struct part p, struct read_bound *bound)
{
	static const char name[] = "MinRate=";

	if (p.text.len == 0)
		return 0;
	if (!span_starts_nocase(p.text, name))
		return fail(&p, "is not MinRate=bytes");
	p.text = span_skip(p.text, sizeof(name) - 1);
	if (read_number(&p, RATE_MAX, &bound->rate) != 0)
		return -1;
	return bound->rate > 0 ? 0 : fail(&p, "must be more than 0");
}

static struct read_bound *
stage_of(struct read_bounds *bounds, struct span name)
{
	if (span_is_nocase(name, "handshake"))
		return &bounds->handshake;
	if (span_is_nocase(name, "header"))
		return &bounds->header;
	return span_is_nocase(name, "body") ? &bounds->body : NULL;
}

static int
read_stage(const struct directive_use *use, int arg, struct read_bounds *bounds)
{
	struct part p = { use, arg, span_str(use->args[arg]) };
	struct span all = p.text;
	size_t equals = span_find(all, '='), comma;
	struct read_bound *stage, bound = { .set = true };

	p.text.len = equals;
	stage = stage_of(bounds, p.text);
	if (stage == NULL || equals == all.len)
		return fail(&p, "is none of handshake=, header=, body=");
	all = span_skip(all, equals + 1);
	comma = span_find(all, ',');
	p.text = span_skip(all, comma == all.len ? comma : comma + 1);
	if (read_rate(p, &bound) != 0)
		return -1;
	p.text = span_of(all.ptr, comma);
	if (read_times(p, &bound) != 0)
		return -1;
	*stage = bound;
	return 0;
}

int
read_bounds_parse(const struct directive_use *use, void *field)
{
	int result = 0;

	for (int i = 0; i < use->arg_count; i++)
		if (read_stage(use, i, field) != 0)
			result = -1;
	return result;
}

static void
inherit(struct read_bound *bound, const struct read_bound *outer)
{
	if (!bound->set)
		*bound = *outer;
}

int
read_bounds_merge(struct arena *arena, void *field, const void *outer)
{
	struct read_bounds *bounds = field;
	const struct read_bounds *around = outer;

	(void)arena;
	inherit(&bounds->handshake, &around->handshake);
	inherit(&bounds->header, &around->header);
	inherit(&bounds->body, &around->body);
	return 0;
}
