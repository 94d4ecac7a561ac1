/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the tree to a configuration: every statement finds its row or section,
 * values go into scopes, scopes merge into the settings of the server and of
 * each host.  All errors are found in one run; nothing half-built comes out.
 */
#include "config.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "conf/build.h"
#include "conf/core.h"
#include "conf/lookup_private.h"
#include "conf/origin.h"
#include "conf/section_order.h"

void
conf_schema_add(struct conf_schema *schema, const struct conf_section *section)
{
	const struct directive *a, *b;

	if (schema->count == 0 && section != &core_section) {
		conf_schema_add(schema, &core_section);
		conf_schema_add(schema, &accepted_section);
	}
	assert(schema->count <
	       sizeof(schema->sections) / sizeof(*schema->sections));
	for (a = section->rows; a->name; a++) {
		assert(a->type != DIRECTIVE_TYPE_CUSTOM || a->parse);
		assert(a->parse != directive_without_effect || a->no_effect);
		assert(!a->container || (a->parse && a->repeats));
		assert(a->offset + a->size <= section->size);
		for (b = section->rows; b < a; b++) {
			assert(strcasecmp(a->name, b->name) != 0);
			assert(a->offset != b->offset ||
			       (a->merge == b->merge && a->size == b->size));
		}
		for (unsigned i = 0; i < schema->count; i++) {
			for (b = schema->sections[i]->rows; b->name; b++)
				assert(strcasecmp(a->name, b->name) != 0);
		}
	}
	*section->id = schema->count;
	schema->sections[schema->count++] = section;
}

static bool
collect_rows(struct conf_builder *b)
{
	const struct conf_schema *schema = b->layout->schema;
	unsigned count = 0, n = 0;

	for (unsigned i = 0; i < schema->count; i++)
		count += b->layout->sections[i].row_count;
	b->row_refs =
	    arena_calloc(&b->scratch, count + 1, sizeof(*b->row_refs));
	if (!b->row_refs)
		return false;
	for (unsigned i = 0; i < schema->count; i++) {
		const struct directive *row = schema->sections[i]->rows;

		for (unsigned j = 0; row->name; j++, row++) {
			b->row_refs[n] = (struct row_ref){ row, i, j };
			if (table_put(&b->rows, span_str(row->name),
				&b->row_refs[n++]) == -1)
				return false;
		}
	}
	return true;
}

static void
build_statement(struct conf_builder *b, const config_setting_t *group,
    const struct build_context *at)
{
	const config_setting_t *body = tree_body(group);
	const struct row_ref *row;
	struct statement st;

	if (tree_get(group, &b->scratch, &st) == -1) {
		b->no_memory = true;
		return;
	}
	row = table_get(&b->rows, span_str(st.name));
	if (body)
		build_section(b, &st, body, at);
	else if (row && !row->directive->container)
		build_row(b, row, &st, at);
	else
		build_unknown(b, &st, false);
}

void
build_scope(struct conf_builder *b, const config_setting_t *scope,
    const struct build_context *at)
{
	int count = config_setting_length(scope);

	for (int i = 0; i < count && !b->no_memory && !diag_is_full(b->diag);
	     i++)
		build_statement(
		    b, config_setting_get_elem(scope, (unsigned)i), at);
}

struct host_draft *
build_host(struct conf_builder *b, const struct conf_place *place)
{
	struct host_draft *h = arena_calloc(b->arena, 1, sizeof(*h));

	if (h) {
		h->scope = scope_create(b->layout, b->arena);
		h->host.place = *place;
		h->host.index = (unsigned)b->host_count++;
		*b->last = h;
		b->last = &h->next;
	}
	if (!h || !h->scope)
		b->no_memory = true;
	return b->no_memory ? NULL : h;
}

/*
 * Whether the whole configuration says UnsupportedModules warn; asked before
 * anything is built, so that the order of lines makes no difference.
 */
static bool
refuses_unsupported(const config_setting_t *root)
{
	int count = config_setting_length(root);
	bool refuse = true;

	for (int i = 0; i < count; i++) {
		const config_setting_t *group =
		    config_setting_get_elem(root, (unsigned)i);
		const config_setting_t *args =
		    config_setting_get_member(group, TREE_ARGS);
		const char *name = NULL, *value;

		config_setting_lookup_string(group, TREE_NAME, &name);
		value = config_setting_get_string_elem(args, 0);
		if (strcasecmp(name, "UnsupportedModules") == 0 && value)
			refuse = strcasecmp(value, "warn") != 0;
	}
	return refuse;
}

/* Merges presets into the server, the server into each host. */
static bool
merge_hosts(struct conf_builder *b, const struct scope *presets)
{
	const struct scope *main =
	    scope_merge(presets, b->main->scope, true, b->arena);

	if (!main)
		return false;
	b->main->host.settings = scope_settings(main, b->arena);
	if (!b->main->host.settings)
		return false;
	for (struct host_draft *h = b->main->next; h; h = h->next) {
		const struct scope *merged =
		    scope_merge(main, h->scope, true, b->arena);

		if (!merged)
			return false;
		h->host.settings = scope_settings(merged, b->arena);
		if (!h->host.settings)
			return false;
	}
	return true;
}

/* What a host has of its own; false without memory. */
static bool
place_sections(struct conf_builder *b, struct host_draft *h)
{
	const struct section **sections =
	    arena_calloc(b->arena, h->section_count + 1, sizeof(*sections));
	size_t n = 0;

	if (!sections)
		return false;
	for (const struct section_draft *d = h->sections; d; d = d->next)
		sections[n++] = &d->section;
	section_order_sort(sections, n);
	h->host.sections = sections;
	h->host.section_count = n;
	return true;
}

/* Makes the array of hosts; what sections they have is in order then. */
static bool
place_hosts(struct conf_builder *b)
{
	struct host *hosts =
	    arena_calloc(b->arena, b->host_count, sizeof(*hosts));
	size_t n = 0;

	if (!hosts)
		return false;
	for (struct host_draft *h = b->main; h; h = h->next) {
		if (!place_sections(b, h))
			return false;
		core_fill_host(&h->host, h->scope);
		hosts[n++] = h->host;
	}
	b->conf->hosts = b->hosts = hosts;
	b->conf->host_count = n;
	return true;
}

/* Every section's last word, for the server and for each host. */
static void
finish_hosts(struct conf_builder *b)
{
	const struct conf_schema *schema = b->layout->schema;
	struct conf_check check = {
		.conf = b->conf,
		.builder = b,
		.arena = b->arena,
	};

	for (size_t i = 0; i < b->conf->host_count; i++) {
		check.host = &b->conf->hosts[i];
		for (unsigned j = 0; j < schema->count; j++) {
			const struct scope *s = check.host->settings->scope;
			unsigned errors = b->diag->errors;

			if (schema->sections[j]->finish &&
			    schema->sections[j]->finish(
				s->parts[j]->values, &check) == -1 &&
			    b->diag->errors == errors)
				b->no_memory = true;
		}
	}
}

int
conf_check_error_at(const struct conf_check *check,
    const struct conf_place *place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_vadd(check->builder->diag, true, place, format, args);
	va_end(args);
	return -1;
}

int
conf_check_error(const struct conf_check *check, const char *directive,
    const char *format, ...)
{
	const struct conf_builder *b = check->builder;
	const struct row_ref *row = table_get(&b->rows, span_str(directive));
	struct conf_place place = check->host->place;
	char text[1024];
	va_list args;

	if (row)
		settings_place(check->host->settings,
		    b->layout->schema->sections[row->section], directive,
		    &place);
	place.argument = place.column > 0;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	diag_error(b->diag, &place, "%s: %s", directive, text);
	return -1;
}

static void
build_all(struct conf_builder *b, const struct conf_tree *tree)
{
	const config_setting_t *root = tree_root(&tree->config);
	const struct conf_place nowhere = { .file = b->conf->file };
	struct build_context at = { .in = IN_SERVER };
	const struct scope *presets;

	b->refuse_unsupported = refuses_unsupported(root);
	presets = build_presets(b);
	at.host = b->main = build_host(b, &nowhere);
	if (!presets || !at.host) {
		b->no_memory = true;
		return;
	}
	at.scope = at.host->scope;
	build_scope(b, root, &at);
	if (b->no_memory)
		return;
	if (!merge_hosts(b, presets) || !place_hosts(b) ||
	    !core_fill_conf(b->conf, b->arena)) {
		b->no_memory = true;
		return;
	}
	core_check(b->conf, b->diag);
	if (b->diag->errors == 0)
		finish_hosts(b);
	if (b->diag->errors == 0 && !lookup_prepare(b->conf, b->hosts, b->diag))
		b->no_memory = true;
	if (b->diag->errors == 0 && !b->no_memory && b->check)
		b->check(&(struct conf_check){ b->conf, b->conf->hosts, b,
		    b->arena });
}

bool
conf_build(struct server_conf *conf, const struct conf_tree *tree,
    const struct conf_options *options, struct diag *diag,
    struct fidelity *fidelity)
{
	struct conf_builder b = {
		.conf = conf,
		.arena = &conf->arena,
		.diag = diag,
		.fidelity = fidelity,
		.check = options->check,
	};

	arena_init(&b.scratch, NULL, 0, 0);
	table_init(&b.rows, true);
	b.last = &b.main;
	b.layout = layout_create(conf->schema, b.arena);
	if (b.layout && collect_rows(&b))
		build_all(&b, tree);
	else
		b.no_memory = true;
	if (b.no_memory)
		diag_error(diag, NULL, "out of memory");
	fidelity_warn(fidelity, diag);
	table_release(&b.rows);
	arena_release(&b.scratch);
	return diag->errors == 0;
}
