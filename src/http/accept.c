/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accept: a list of media ranges with weights.  The most exact range that
 * matches a type gives its quality, wherever it stands.  A range with
 * parameters is for a variant that is not offered here, unless it is the
 * charset, which clients add without a need.
 * Accept-Encoding: a list of codings with weights; the first mention of each
 * counts.
 * What is malformed is passed over.
 */
#include "config.h"

#include "http/accept.h"

/* What Accept says of one type. */
struct accept_match {
	int exactness; /* 0: nothing, 1: anything, 2: its kind, 3: itself */
	int quality;   /* in thousandths */
};

/* The next part up to a ";" that stands in no quoted string, trimmed. */
static struct span
take_part(struct span *rest)
{
	bool quoted = false;
	size_t i = 0;
	struct span part;

	for (; i < rest->len && (quoted || rest->ptr[i] != ';'); i++) {
		if (quoted && rest->ptr[i] == '\\' && i + 1 < rest->len)
			i++;
		else if (rest->ptr[i] == '"')
			quoted = !quoted;
	}
	part = span_trim(span_of(rest->ptr, i));
	*rest = span_skip(*rest, i + 1);
	return part;
}

/* A weight: "0" or "1" with at most three decimals; -1: it is none. */
static int
parse_quality(struct span text)
{
	static const int worth[] = { 100, 10, 1 };
	int quality;

	if (text.len == 0 || text.len > 5 || text.ptr[0] < '0' ||
	    text.ptr[0] > '1' || (text.len > 1 && text.ptr[1] != '.'))
		return -1;
	quality = (text.ptr[0] - '0') * 1000;
	for (size_t i = 2; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		quality += (text.ptr[i] - '0') * worth[i - 2];
	}
	return quality <= 1000 ? quality : -1;
}

static int
range_exactness(struct span range, struct span type)
{
	size_t slash = span_find(type, '/');

	if (span_equal_nocase(range, type))
		return 3;
	if (span_is(range, "*/*"))
		return 1;
	if (range.len == slash + 2 && range.ptr[slash + 1] == '*' &&
	    span_equal_nocase(
		span_of(range.ptr, slash + 1), span_of(type.ptr, slash + 1)))
		return 2;
	return 0;
}

/* One element of the list. */
static void
match_range(struct span element, struct span type, struct accept_match *match)
{
	struct span rest = element;
	int exactness = range_exactness(take_part(&rest), type);
	int quality = 1000;

	if (exactness <= match->exactness)
		return;
	while (rest.len > 0) {
		struct span parameter = take_part(&rest);

		if (span_starts_nocase(parameter, "q=")) {
			/* What follows is about Accept, not about the type. */
			quality = parse_quality(span_skip(parameter, 2));
			break;
		}
		if (parameter.len > 0 &&
		    !span_starts_nocase(parameter, "charset="))
			return;
	}
	if (quality >= 0)
		*match = (struct accept_match){ exactness, quality };
}

static struct accept_match
match_type(const struct request *r, struct span type)
{
	struct accept_match match = { 0, 0 };

	for (unsigned i = 0; i < r->field_count; i++) {
		struct span rest = r->fields[i].value, element;

		if (r->fields[i].id != FIELD_ACCEPT)
			continue;
		while (span_next_element(&rest, &element))
			match_range(element, type, &match);
	}
	return match;
}

bool
accept_prefers(const struct request *r, const char *type, const char *other)
{
	struct accept_match a = match_type(r, span_str(type));
	struct accept_match b = match_type(r, span_str(other));

	if (a.quality != b.quality)
		return a.quality > b.quality;
	return a.quality > 0 && a.exactness > b.exactness;
}

bool
accept_takes(const struct request *r, const char *type)
{
	return request_field(r, FIELD_ACCEPT) == NULL ||
	       match_type(r, span_str(type)).quality > 0;
}

/* ---- codings ---- */

#define UNNAMED (-1)
/* Identity that is not named: accepted, but less than all that is. */
#define LAST_RESORT 0
#define REFUSED (-1)

/* Weights in thousandths, or UNNAMED; the one behind the codings is that of
 * "*". */
struct weights {
	int of[CODING_COUNT + 1];
};

static void
weigh_element(struct span element, struct weights *weights)
{
	struct span rest = element, name = take_part(&rest);
	unsigned which = span_is(name, "*") ? CODING_COUNT : coding_find(name);
	int weight = 1000;

	if (which == CODING_COUNT && !span_is(name, "*"))
		return;
	if (rest.len > 0) {
		struct span parameter = take_part(&rest);

		if (!span_starts_nocase(parameter, "q=") || rest.len > 0)
			return;
		weight = parse_quality(span_skip(parameter, 2));
	}
	if (weight >= 0 && weights->of[which] == UNNAMED)
		weights->of[which] = weight;
}

/* What the field means for one coding, with the weight 0 as REFUSED. */
static int
weight_of(const struct weights *weights, enum coding coding)
{
	int weight = weights->of[coding];

	if (weight == UNNAMED)
		weight = weights->of[CODING_COUNT];
	if (weight == UNNAMED)
		return coding == CODING_IDENTITY ? LAST_RESORT : REFUSED;
	return weight == 0 ? REFUSED : weight;
}

static void
weigh(const struct request *r, struct weights *weights)
{
	for (unsigned i = 0; i <= CODING_COUNT; i++)
		weights->of[i] = UNNAMED;
	if (r->known[FIELD_ACCEPT_ENCODING] == 0) {
		weights->of[CODING_IDENTITY] = 1000;
		weights->of[CODING_COUNT] = 1;
	}
	for (unsigned i = 0; i < r->field_count; i++) {
		struct span rest = r->fields[i].value, element;

		if (r->fields[i].id != FIELD_ACCEPT_ENCODING)
			continue;
		while (span_next_element(&rest, &element))
			weigh_element(element, weights);
	}
}

enum coding
accept_coding(const struct request *r, const struct coding_set *set)
{
	struct weights weights;
	enum coding best = CODING_COUNT;
	int best_weight = REFUSED;

	weigh(r, &weights);
	for (unsigned i = 0; i < CODING_COUNT; i++) {
		int weight = weight_of(&weights, (enum coding)i);

		if ((set->there & 1U << i) == 0 || weight == REFUSED ||
		    weight < best_weight ||
		    (weight == best_weight && set->size[i] >= set->size[best]))
			continue;
		best = (enum coding)i;
		best_weight = weight;
	}
	return best;
}
