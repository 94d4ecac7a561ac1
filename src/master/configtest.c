/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What drover -t says.  In JSON, for editors, all of it is one object, be the
 * configuration right or not.
 */
#include "config.h"

#include "master/configtest.h"

#include "base/text.h"
#include "master/check.h"

static void
print_json(const struct conf_messages *messages, bool right, struct buf *out)
{
	buf_printf(out, "{\"ok\":%s,\"errors\":%u,\"warnings\":%u,",
	    right ? "true" : "false", messages->errors, messages->warnings);
	/* Without memory to read anything there is none. */
	if (messages->report.len > 0)
		buf_add_span(out, buf_span(&messages->report));
	else
		buf_add_str(out, "\"messages\":[],\"directives\":null");
	buf_add_str(out, "}\n");
}

bool
configtest(const struct conf_schema *schema, const struct conf_options *options,
    struct buf *out, struct buf *said)
{
	struct conf_options how = *options;
	struct conf_messages messages;
	struct server_conf *conf;
	bool right;

	how.check = check_start;
	conf = conf_load(schema, &how, &messages);
	right = conf != NULL;
	if (options->report == CONF_REPORT_JSON) {
		print_json(&messages, right, out);
	} else {
		buf_add_span(out, buf_span(&messages.report));
		buf_add_span(said, buf_span(&messages.text));
		if (right)
			buf_add_str(said, "Syntax OK\n");
	}
	conf_destroy(&conf);
	buf_release(&messages.text);
	buf_release(&messages.report);
	return right;
}
