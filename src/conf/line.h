/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Apache's lexical rules: a text falls into lines, which a backslash at the
 * end continues, and a line into words, which may be quoted.
 */
#ifndef DROVER_CONF_LINE_H
#define DROVER_CONF_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"
#include "conf/diag.h"
#include "conf/directive.h"
#include "conf/source.h"

/* Bytes of a line with all its continuations. */
#define LINE_MAX_BYTES 65536

/* A line of the file that is part of a continued one. */
struct line_part {
	size_t offset;		/* where it begins in line.text */
	int number;
};

/* A line as the syntax sees it, and the way back to where it stands. */
struct line {
	const struct source *source;	/* borrowed */
	size_t next;		/* offset of what was not read yet */
	int next_number;
	struct span text;	/* joined, trimmed at the end; valid until
				 * the next line_next() */
	struct line_part *parts;
	size_t part_count, part_size;
	struct buf joined;
	unsigned order;		/* of this line, for its places */
};

void line_init(struct line *, const struct source *);
void line_release(struct line *);
/*
 * Moves on to the next line that is neither empty nor a comment; false at the
 * end.  Lines that are too long are errors and passed over.  order counts the
 * lines of all files in the order in which they are read.
 */
bool line_next(struct line *, unsigned *order, struct diag *);
/* Where the byte at that offset of line->text stands in the file. */
struct conf_place line_place(const struct line *, size_t offset);

struct word {
	const char *text;	/* without its quotes */
	struct conf_place place;
};

enum word_status {
	WORD_OK,
	WORD_NONE,		/* the end of the line */
	WORD_UNTERMINATED,	/* a quote without its end; an error is added,
				 * the word is the rest of the line */
	WORD_NO_MEMORY,
};

/*
 * The word at *offset or behind it, which moves on; only bytes before end
 * count.  A word begins and ends with the same quote, ' or ", or goes on to a
 * space; \ stands for itself but before another \ and, in quotes, before the
 * quote.  What stands behind a closing quote without a space is the next
 * word, with a warning.
 */
enum word_status line_word(const struct line *, size_t *offset, size_t end,
    struct arena *, struct diag *, struct word *word_r);
/*
 * Where in the line of a file the given byte of a word stands that begins at
 * start; start where that cannot be told: behind a variable, in another line.
 */
size_t line_inside_word(struct span line, size_t start, size_t inside);

#endif
