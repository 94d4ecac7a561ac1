/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * URLs: what was taken apart can stand in a request, and so can what a
 * Location makes of it.  The input is both: up to a newline the URL, behind it
 * the reference.
 */
#include "config.h"

#include "client/url.h"
#include "fuzz.h"
#include "wire/h1_scan.h"

static void
check(const struct url *url)
{
	CHECK(url->port != 0 && url->host.len > 0);
	CHECK(url->target.len > 0 && url->target.ptr[0] == '/');
	CHECK(h1_scan_target(url->target.ptr, 0, url->target.len) ==
	      url->target.len);
	CHECK(h1_scan_target(url->host.ptr, 0, url->host.len) == url->host.len);
	CHECK(span_find(url_file_name(url), '/') == url_file_name(url).len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of((const char *)data, size);
	size_t newline = span_find(text, '\n');
	struct span reference = span_skip(text, newline + 1);
	struct url base, url;
	struct err err;

	if (url_parse(&base, span_of(text.ptr, newline), &err) != OUTCOME_OK)
		return 0;
	check(&base);
	if (url_resolve(&url, &base, reference, &err) == OUTCOME_OK) {
		check(&url);
		url_release(&url);
	}
	url_release(&base);
	return 0;
}
