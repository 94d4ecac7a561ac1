/* SPDX-License-Identifier: BSD-2-Clause */
/* The word that somebody may have meant. */
#ifndef DROVER_CONF_SUGGEST_H
#define DROVER_CONF_SUGGEST_H

#include <stddef.h>

/* Offered words one after the other, keeps the closest. */
struct suggestion {
	const char *wrong;
	const char *best;	/* NULL: none is close */
	size_t distance;
};

void suggestion_init(struct suggestion *, const char *wrong);
/* word is borrowed. */
void suggestion_offer(struct suggestion *, const char *word);

#endif
