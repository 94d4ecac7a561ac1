/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Edit distance: how many letters are to be inserted, left out, replaced, or
 * swapped with their neighbour.  Case does not count.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "conf/suggest.h"

#define MAX_LEN 40 /* longer words are not compared */

void
suggestion_init(struct suggestion *s, const char *wrong)
{
	size_t len = strlen(wrong);

	/* A third of the letters may be wrong, but not all of a short word. */
	*s = (struct suggestion){
		.wrong = wrong,
		.distance = len / 3 + 1 < 4 ? len / 3 + 1 : 4,
	};
}

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static size_t
min(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][MAX_LEN + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *now = rows[i % 3], *last = rows[(i + 2) % 3];
		const size_t *before = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			now[j] = min(
			    last[j - 1] + !same, min(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 &&
			    lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				now[j] = min(now[j], before[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

void
suggestion_offer(struct suggestion *s, const char *word)
{
	size_t wrong_len = strlen(s->wrong), len = strlen(word), d;

	if (wrong_len > MAX_LEN || len > MAX_LEN)
		return;
	d = distance(s->wrong, wrong_len, word, len);
	if (d < s->distance) {
		s->distance = d;
		s->best = word;
	}
}
