/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why something failed, in words for a person.  Functions of start-up and
 * configuration return 0, or -1 with an err filled; only main.c prints it.
 */
#ifndef DROVER_BASE_ERR_H
#define DROVER_BASE_ERR_H

struct err {
	char text[1024];	/* one sentence, no newline, no full stop */
};

/* Writes the text and returns -1, so that callers can `return err_set(…)`. */
int err_set(struct err *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same with ": " and the words of errno behind. */
int err_set_errno(struct err *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Puts text and ": " before what is there; returns -1. */
int err_prefix(struct err *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
