/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The inner loops of h1_parse.c and h1_print.c: how far a run of bytes of one
 * class goes.  They stand alone so that faster ones can take their place
 * without a change to the grammar.
 */
#ifndef DROVER_WIRE_H1_SCAN_H
#define DROVER_WIRE_H1_SCAN_H

#include <stddef.h>

enum h1_class {
	H1_CLASS_TOKEN = 1,  /* tchar (RFC 9110, 5.6.2) */
	H1_CLASS_TARGET = 2, /* VCHAR (RFC 5234, B.1) */
	H1_CLASS_VALUE = 4,  /* field-vchar, SP, HTAB (RFC 9110, 5.5) */
};

/* For each byte the classes that it is in. */
extern const unsigned char h1_classes[256];

/* The first index from i on whose byte is not in the class, or end. */
static inline size_t
h1_scan(const char *data, size_t i, size_t end, enum h1_class class)
{
	while (i < end && (h1_classes[(unsigned char)data[i]] & class))
		i++;
	return i;
}

static inline size_t
h1_scan_token(const char *data, size_t i, size_t end)
{
	return h1_scan(data, i, end, H1_CLASS_TOKEN);
}

static inline size_t
h1_scan_target(const char *data, size_t i, size_t end)
{
	return h1_scan(data, i, end, H1_CLASS_TARGET);
}

static inline size_t
h1_scan_value(const char *data, size_t i, size_t end)
{
	return h1_scan(data, i, end, H1_CLASS_VALUE);
}

#endif
