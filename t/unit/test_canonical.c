/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http/canonical where nobody has a name: the address stands for it.  What is
 * chosen among names and ports t/11-hosts.t has in tables.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "conf_text.h"
#include "http/canonical.h"
#include "http/exchange.h"
#include "http/http_conf.h"

static const struct conf_section *const sections[] = { &http_section, NULL };

static const struct {
	const char *conf, *ip;
	uint16_t port;
	const char *host; /* the client's */
	uint16_t host_port;
	const char *location;
} rows[] = {
	{ "", "10.0.0.1", 81, "", 0, "/x" },
	{ "", "10.0.0.1", 81, "a.b", 82, "/x" },
	{ "UseCanonicalName On", "10.0.0.1", 81, "a", 82, "http://10.0.0.1/x" },
	{ "UseCanonicalName On\nUseCanonicalPhysicalPort On", "10.0.0.1", 81,
	    "a", 82, "http://10.0.0.1:81/x" },
	{ "UseCanonicalPhysicalPort On", "10.0.0.1", 80, "", 0,
	    "http://10.0.0.1/x" },
	{ "UseCanonicalPhysicalPort On", "::1", 81, "", 0,
	    "http://[::1]:81/x" },
	{ "UseCanonicalPhysicalPort On", "::1", 81, "b.", 0, "http://b:81/x" },
	{ "UseCanonicalPhysicalPort On\nUseCanonicalName Off", "::1", 81, "b",
	    9, "http://b:9/x" },
};

static void
test_locations(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct exchange_peer peer = { .scheme = "http" };
		struct server_conf *conf;
		struct exchange x;
		struct span location;
		char text[200];

		snprintf(text, sizeof(text), "Listen 80\n%s\n", rows[i].conf);
		conf = conf_text_load(sections, text, NULL);
		assert_non_null(conf);
		assert_true(addr_parse(
		    span_str(rows[i].ip), rows[i].port, &peer.local));
		exchange_init(&x, &peer, conf, NULL, 0);
		x.route.host = &conf->hosts[0];
		x.request.uri.host = span_str(rows[i].host);
		x.request.uri.port = rows[i].host_port;
		location = canonical_location(&x, span_str("/x"));
		if (!span_is(location, rows[i].location))
			fail_msg("%s: %.*s", rows[i].conf, SPAN_ARG(location));
		assert_int_equal(canonical_name(&x).len, 0);
		assert_int_equal(canonical_port(&x), 80);
		exchange_release(&x);
		conf_destroy(&conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
