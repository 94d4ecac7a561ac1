/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * application/x-www-form-urlencoded, of a query or a body: names and values in
 * their order, "+" and %XX decoded, as browsers do it (WHATWG URL, 5.1).  It
 * may come in pieces of any size.  Nothing is malformed: a "%" that no two
 * digits follow stands for itself.  Pure: all memory is the caller's.
 *
 *	form_init(&form, pairs, 100, text, sizeof(text), 4096);
 *	form_add(&form, piece);
 *	form_end(&form);
 *	for (size_t i = 0; i < form.count; i++) ... form.pairs[i].name ...
 */
#ifndef DROVER_HTTP_FORM_H
#define DROVER_HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct form_pair {
	struct span name, value; /* decoded, in the caller's text: any byte */
	bool cut;		 /* some of it found no room */
};

struct form {
	struct form_pair *pairs; /* the caller's */
	size_t count, count_max;
	uint64_t seen; /* pairs in all, with those beyond count_max */
	/* The rest is private. */
	char *text;
	size_t text_len, text_max, part_max;
	bool in_pair, in_value;
	unsigned escape_len; /* of "%" and a digit that were not used yet */
	char escape_digit;
};

/*
 * At most count_max pairs, whose names and values together take at most
 * text_max bytes, each at most part_max.  What is beyond is passed over and
 * marked, and so are further pairs, of which form.seen tells.
 */
void form_init(struct form *, struct form_pair *pairs, size_t count_max,
    char *text, size_t text_max, size_t part_max);
void form_add(struct form *, struct span piece);
/* Nothing follows: the last pair is whole. */
void form_end(struct form *);

#endif
