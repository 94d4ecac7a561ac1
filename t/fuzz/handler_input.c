/* SPDX-License-Identifier: BSD-2-Clause */
/* A loopback's exchange, with the settings of its host. */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/report.h"
#include "conf_input.h"
#include "files/files.h"
#include "framing/framing.h"
#include "framing/loopback.h"
#include "fuzz.h"
#include "handler_input.h"
#include "http/filter.h"
#include "http/http_conf.h"
#include "http/mime.h"
#include "wire/h1_scan.h"

enum {
	MEMORY_LEAST = 1 << 17,
	MEMORY_FACTOR = 64
};

static struct span request;
static size_t input_size;
static void (*use_exchange)(struct exchange *);

static bool
is_token(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (strchr("()<>@,;:\\\"/[]?={} \t", name.ptr[i]) != NULL ||
		    name.ptr[i] <= ' ' || name.ptr[i] == 127)
			return false;
	return name.len > 0;
}

static void
check_fields(const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct span value = fields[i].value;

		CHECK(is_token(fields[i].name));
		CHECK(h1_scan_value(value.ptr, 0, value.len) == value.len);
	}
}

static void
use(const struct server_conf *conf)
{
	static struct loopback l;
	struct exchange *x = &l.exchange;
	struct err err;

	clock_refresh();
	CHECK(files_start(conf, &err) == 0);
	for (const struct module *const *m = modules; *m != NULL; m++)
		CHECK((*m)->start == NULL || (*m)->start(conf, &err) == 0);
	if (loopback_request(&l, conf, request)) {
		x->route.host = exchange_find_host(x);
		x->settings = x->route.host->settings;
		use_exchange(x);
		check_fields(x->request.fields, x->request.field_count);
		check_fields(
		    x->response.fields.fields, x->response.fields.count);
		CHECK(
		    x->arena.used <= MEMORY_LEAST + MEMORY_FACTOR * input_size);
	}
	loopback_release(&l);
	files_stop();
}

static void
fill(struct conf_schema *schema)
{
	conf_schema_add(schema, &http_section);
	conf_schema_add(schema, &mime_section);
	conf_schema_add(schema, &filter_section);
	conf_schema_add(schema, &files_section);
	conf_schema_add(schema, &framing_section);
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->conf != NULL)
			conf_schema_add(schema, (*m)->conf);
}

void
handler_input(const uint8_t *data, size_t size, void (*hook)(struct exchange *))
{
	static const char *const before[] = { "Listen 192.0.2.1:80",
		"DocumentRoot /srv", NULL };
	static struct conf_schema schema;
	static const struct conf_use conf_use = { &schema, "/srv", before, use,
		.read_back = false };
	struct span text = { (const char *)data, size };

	if (schema.count == 0) {
		fill(&schema);
		/* Of folders that are not there. */
		report_set_level(REPORT_EMERG);
	}
	request = conf_input_cut(&text);
	input_size = size;
	use_exchange = hook;
	conf_input_use(&conf_use, "httpd.conf", text);
}
