/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What drover -t says.  In JSON, for editors, all of it is one object, be the
 * configuration right or not.
 */
#include "config.h"

#include "master/configtest.h"

#include "base/text.h"
#include "master/check.h"

/* What keeps the server from starting though its settings are right: a line
 * each. */
static void
print_faults(struct span faults, struct buf *out)
{
	const char *comma = "";

	buf_add_str(out, ",\"faults\":[");
	while (faults.len > 0) {
		struct span line = span_cut(&faults, '\n');

		buf_add_str(out, comma);
		text_add_json(out, line);
		comma = ",";
	}
	buf_add_char(out, ']');
}

static void
print_json(const struct conf_messages *messages, struct span faults, bool right,
    struct buf *out)
{
	buf_printf(out, "{\"ok\":%s,\"errors\":%u,\"warnings\":%u,",
	    right ? "true" : "false", messages->errors, messages->warnings);
	/* Without memory to read anything there is none. */
	if (messages->report.len > 0)
		buf_add_span(out, buf_span(&messages->report));
	else
		buf_add_str(out, "\"messages\":[],\"directives\":null");
	print_faults(faults, out);
	buf_add_str(out, "}\n");
}

bool
configtest(const struct conf_schema *schema, const struct conf_options *options,
    struct buf *out, struct buf *said)
{
	struct conf_messages messages;
	struct server_conf *conf = conf_load(schema, options, &messages);
	struct buf faults;
	bool right;

	buf_init(&faults, 1024 * 1024);
	right = conf != NULL && check_start(conf, &faults) == 0;
	if (options->report == CONF_REPORT_JSON) {
		print_json(&messages, buf_span(&faults), right, out);
	} else {
		buf_add_span(out, buf_span(&messages.report));
		buf_add_span(said, buf_span(&messages.text));
		buf_add_span(said, buf_span(&faults));
		if (right)
			buf_add_str(said, "Syntax OK\n");
	}
	conf_destroy(&conf);
	buf_release(&faults);
	buf_release(&messages.text);
	buf_release(&messages.report);
	return right;
}
