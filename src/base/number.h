/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers in text: whole, in range, or refused.  No locale, no leniency. */
#ifndef DROVER_BASE_NUMBER_H
#define DROVER_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum number_status {
	NUMBER_OK,
	NUMBER_BAD,	/* empty, a sign, a space, not all digits */
	NUMBER_RANGE,	/* digits, but beyond the range */
};

/* 1*DIGIT, no sign (RFC 9110, 8.6), at most max. */
enum number_status number_parse(struct span, uint64_t max, uint64_t *value_r);
/* Optional "-" and 1*DIGIT within min..max. */
enum number_status number_parse_signed(struct span, int64_t min, int64_t max,
    int64_t *value_r);
/* 1*HEXDIG without "0x", at most max. */
enum number_status number_parse_hex(struct span, uint64_t max,
    uint64_t *value_r);

/* Room for any 64-bit number in decimal with its sign and a NUL. */
#define NUMBER_TEXT_SIZE 21

/*
 * Writes value in decimal without a NUL and returns the bytes written; to
 * has room for NUMBER_TEXT_SIZE.
 */
size_t number_print(char *to, uint64_t value);
/* The value of a hexadecimal digit, or -1. */
int number_hex_digit(char c);

#endif
