/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that are neither a row nor a section of Drover: those of Apache's
 * modules that it lacks, and those that nobody knows.
 */
#include "config.h"

#include "conf/build.h"
#include "conf/suggest.h"

static const char *const section_names[] = {
	"VirtualHost",
	"Directory",
	"Files",
	"Location",
};

static void
offer_all(struct conf_builder *b, bool section, struct suggestion *s)
{
	const struct conf_schema *schema = b->layout->schema;
	const struct reader_directive_help *h;

	for (h = reader_directives; h->name; h++) {
		if (h->section == section)
			suggestion_offer(s, h->name);
	}
	for (size_t i = 0;
	     section && i < sizeof(section_names) / sizeof(*section_names); i++)
		suggestion_offer(s, section_names[i]);
	for (unsigned i = 0; !section && i < schema->count; i++) {
		const struct directive *row = schema->sections[i]->rows;

		for (; row->name; row++)
			suggestion_offer(s, row->name);
	}
}

void
build_unknown(struct conf_builder *b, const struct statement *st, bool section)
{
	struct suggestion s;

	suggestion_init(&s, st->name);
	offer_all(b, section, &s);
	diag_error(b->diag, &st->place,
	    section ? "unknown section <%s>%s%s%s"
		    : "unknown directive %s%s%s%s",
	    st->name,
	    s.best ? section ? "; did you mean <" : "; did you mean " : "",
	    s.best ? s.best : "", s.best ? section ? ">?" : "?" : "");
}
