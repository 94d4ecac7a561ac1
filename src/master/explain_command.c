/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker may not read is not found here either: roots are opened, then
 * privileges are dropped, as in a worker.
 */
#include "config.h"

#include "master/explain_command.h"

#include "base/text.h"
#include "master/master_conf.h"

int
explain_command(const struct server_conf *conf,
    const struct explain_request *request, struct buf *out, struct err *err)
{
	struct privs privs;

	if (master_conf_privs(conf, &privs, err) != 0 ||
	    explain_prepare(conf, err) != 0 || privs_drop(&privs, err) != 0)
		return -1;
	return explain_request(conf, request, out, err);
}

/* A line that does not begin with a blank begins a step: its first column is
 * the name. */
void
explain_as_json(struct span text, struct buf *out)
{
	const char *end = "", *comma = "";

	buf_add_char(out, '[');
	while (text.len > 0) {
		struct span line = span_cut(&text, '\n');

		if (line.len > 0 && line.ptr[0] != ' ') {
			size_t column = EXPLAIN_LABEL;
			struct span name = line;

			if (column > line.len)
				column = line.len;
			name.len = column;
			line = span_skip(line, column);
			buf_printf(out, "%s{\"step\":", end);
			text_add_json(out, span_trim(name));
			buf_add_str(out, ",\"lines\":[");
			end = "]},";
			comma = "";
		}
		line = span_trim(line);
		if (line.len == 0)
			continue;
		buf_add_str(out, comma);
		text_add_json(out, line);
		comma = ",";
	}
	buf_add_str(out, *end == '\0' ? "]\n" : "]}]\n");
}
