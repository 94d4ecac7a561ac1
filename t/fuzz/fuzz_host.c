/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts: what is accepted is accepted again, without its port as well. */
#include "config.h"

#include "fuzz.h"
#include "http/uri.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span value = span_of((const char *)data, size), host, again;
	uint16_t port, no_port;

	if (!uri_parse_host(value, &host, &port))
		return 0;
	CHECK(host.ptr == value.ptr && host.len <= size);
	CHECK(uri_parse_host(host, &again, &no_port) && no_port == 0);
	CHECK(span_equal(host, again));
	for (size_t i = 0; i < size; i++)
		CHECK(data[i] > ' ' && data[i] < 0x7f && data[i] != '/' &&
		      data[i] != '@' && data[i] != '\\');
	return 0;
}
