/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <If>, <ElseIf> and <Else> hold for requests that an expression is true for,
 * which Drover cannot tell.  UnsupportedModules warn leaves them out if all
 * that is lost is how an answer looks; what may have closed something, or have
 * been run, is an error always.  So this is a list of what may be lost, not of
 * what may not.
 */
#include "config.h"

#include "conf/apache_directives.h"
#include "conf/build.h"

static const char *const names[] = { "AddCharset", "AddDefaultCharset",
	"AddEncoding", "AddLanguage", "DefaultLanguage", "ErrorDocument",
	"FileETag", "LogLevel", NULL };
static const char *const modules[] = { "mod_autoindex", "mod_brotli",
	"mod_cache", "mod_cache_disk", "mod_deflate", "mod_expires",
	"mod_headers", "mod_log_config", "mod_negotiation", NULL };
/* What is in these is looked at. */
static const char *const sections[] = { "If", "ElseIf", "Else", "Files",
	"FilesMatch", NULL };

static bool
is_one_of(const char *name, const char *const *list)
{
	while (*list && !span_is_nocase(span_str(name), *list))
		list++;
	return *list != NULL;
}

static bool
may_be_lost(const struct statement *st)
{
	const char *module;
	bool decides;

	if (is_one_of(st->name, names))
		return true;
	module = apache_directive_module(st, false, &decides);
	return module && is_one_of(module, modules);
}

static bool look_through(
    struct conf_builder *, const config_setting_t *body, const char *shown);

/* Memory for the arguments, which nobody reads, is the scratch's. */
static bool
look_at(
    struct conf_builder *b, const config_setting_t *group, const char *shown)
{
	const config_setting_t *body = tree_body(group);
	struct statement st;

	if (tree_get(group, &b->scratch, &st) == -1) {
		b->no_memory = true;
		return false;
	}
	if (body ? is_one_of(st.name, sections) : may_be_lost(&st))
		return !body || look_through(b, body, shown);
	diag_error(b->diag, &st.place,
	    "%s%s%s inside %s is not supported by Drover, and without it "
	    "something may be open or be shown as a source: not even "
	    "UnsupportedModules warn leaves it out",
	    body ? "<" : "", st.name, body ? ">" : "", shown);
	return false;
}

static bool
look_through(
    struct conf_builder *b, const config_setting_t *body, const char *shown)
{
	int count = config_setting_length(body);

	for (int i = 0; i < count; i++) {
		if (!look_at(
			b, config_setting_get_elem(body, (unsigned)i), shown))
			return false;
	}
	return true;
}

bool
build_if(struct conf_builder *b, const struct statement *st,
    const config_setting_t *body)
{
	if (b->refuse_unsupported ||
	    (!span_is_nocase(span_str(st->name), "If") &&
		!span_is_nocase(span_str(st->name), "ElseIf") &&
		!span_is_nocase(span_str(st->name), "Else")))
		return true;
	return look_through(b, body, build_shown(b, st->name));
}
