/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses under a mask. */
#include "config.h"

#include "base/subnet.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/number.h"

const struct subnet subnet_localhost[2] = {
	{ .v6 = false,
	    .address = { 127, 0, 0, 1 },
	    .mask = { 255, 255, 255, 255 } },
	{ .v6 = true,
	    .address = { [15] = 1 },
	    .mask = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
		255, 255, 255, 255, 255 } },
};

static void
set_bits(struct subnet *s, unsigned bits)
{
	memset(s->mask, 0, sizeof(s->mask));
	for (unsigned i = 0; i < bits; i++)
		s->mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

/* The first one to three octets; false: it is something else. */
static bool
parse_octets(struct span text, struct subnet *s)
{
	unsigned count = 0;

	if (text.len > 0 && text.ptr[text.len - 1] == '.')
		text.len--;
	while (text.len > 0) {
		size_t len = span_find(text, '.');
		uint64_t octet;

		/* Zeros in front mean octal numbers to some. */
		if (count == 3 || len + 1 == text.len ||
		    (len > 1 && *text.ptr == '0') ||
		    number_parse(span_of(text.ptr, len), 255, &octet) !=
			NUMBER_OK)
			return false;
		s->address[count++] = (uint8_t)octet;
		text = span_skip(text, len + 1);
	}
	set_bits(s, count * 8);
	return count > 0;
}

static bool
parse_whole(struct span text, struct subnet *s)
{
	char copy[INET6_ADDRSTRLEN];

	if (!span_copy(text, copy, sizeof(copy)))
		return false;
	s->v6 = inet_pton(AF_INET6, copy, s->address) == 1;
	set_bits(s, s->v6 ? 128 : 32);
	return s->v6 || inet_pton(AF_INET, copy, s->address) == 1;
}

static bool
parse_mask(struct span text, struct subnet *s)
{
	unsigned max = s->v6 ? 128 : 32;
	char copy[INET_ADDRSTRLEN];
	uint64_t bits;

	if (number_parse(text, max, &bits) == NUMBER_OK) {
		set_bits(s, (unsigned)bits);
		return true;
	}
	return !s->v6 && span_copy(text, copy, sizeof(copy)) &&
	       inet_pton(AF_INET, copy, s->mask) == 1;
}

/* "::ffff:10.0.0.0/104": clients are never called so (addr.h). */
static int
take_mapped(struct subnet *s, struct err *err)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t ones[12] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (!s->v6 || memcmp(s->address, mapped, sizeof(mapped)) != 0)
		return 0;
	if (memcmp(s->mask, ones, sizeof(ones)) != 0)
		return err_set(
		    err, "a mapped IPv4 address has a mask of 96 bits or more");
	s->v6 = false;
	memmove(s->address, s->address + 12, 4);
	memmove(s->mask, s->mask + 12, 4);
	return 0;
}

int
subnet_parse(struct span text, struct subnet *subnet_r, struct err *err)
{
	struct subnet s = { .v6 = false };
	size_t slash = span_find(text, '/');
	struct span address = span_of(text.ptr, slash);

	if (!parse_whole(address, &s) &&
	    !(slash == text.len && parse_octets(text, &s)))
		return err_set(err, "\"%.*s\" is no IP address%s",
		    SPAN_ARG(address),
		    slash < text.len ? "" : ", nor the beginning of one");
	if (slash < text.len && !parse_mask(span_skip(text, slash + 1), &s))
		return err_set(err,
		    s.v6 ? "\"%.*s\" is not 0 to 128 bits"
			 : "\"%.*s\" is neither 0 to 32 bits nor a mask",
		    SPAN_ARG(span_skip(text, slash + 1)));
	if (take_mapped(&s, err) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(s.address); i++)
		s.address[i] &= s.mask[i];
	*subnet_r = s;
	return 0;
}

bool
subnet_has(const struct subnet *s, const struct addr *addr)
{
	size_t len = s->v6 ? 16 : 4;
	const uint8_t *bytes;

	if (addr->any.sa_family == AF_INET && !s->v6)
		bytes = (const uint8_t *)&addr->v4.sin_addr;
	else if (addr->any.sa_family == AF_INET6 && s->v6)
		bytes = addr->v6.sin6_addr.s6_addr;
	else
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((bytes[i] & s->mask[i]) != s->address[i])
			return false;
	}
	return true;
}
