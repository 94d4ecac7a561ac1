/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names to content: a look-up for each extension in the maps of the scopes,
 * the innermost first, then in the table of the types file.  What is found is
 * borrowed from the configuration; only what has to be put together (a type
 * and a charset, several languages) is made for the request.
 */
#include "config.h"

#include "http/mime.h"

#include "http/mime_private.h"
#include "http/parameter.h"

/* Two texts as one; ptr NULL without memory. */
static struct span
join(struct arena *arena, struct span a, const char *between, struct span b)
{
	const char *text = arena_printf(
	    arena, "%.*s%s%.*s", SPAN_ARG(a), between, SPAN_ARG(b));

	return text == NULL ? span_of(NULL, 0) : span_str(text);
}

static struct span
without_parameters(struct span type)
{
	type.len = span_find(type, ';');
	return span_trim(type);
}

/* ---- extensions ---- */

/* What is said of an extension, each attribute by the innermost scope that
 * says it. */
static void
find_extension(const struct mime_conf *conf, const struct extension *extension,
    struct span value_r[MIME_ATTRS])
{
	const struct extension_map *map =
	    extension_map_first(&conf->extensions);
	unsigned said = 0;

	for (; map != NULL; map = map->outer) {
		const struct mime_extension *e = extension_find(map, extension);
		unsigned more = e == NULL ? 0 : e->set & ~said;

		for (unsigned i = 0; more >> i != 0; i++)
			if (more >> i & 1)
				value_r[i] = e->value[i];
		said |= more;
	}
	if (!(said & 1U << MIME_TYPE) && conf->table != NULL)
		value_r[MIME_TYPE] = mime_table_find(conf->table, extension);
}

/* False without memory. */
static bool
add(struct arena *arena, struct span *list, const char *between,
    struct span value)
{
	if (value.len == 0)
		return true;
	*list = list->len == 0 ? value : join(arena, *list, between, value);
	return list->ptr != NULL;
}

/* Apart, so that those who have no such rows do not pay for its memory. */
__attribute__((noinline)) static int
describe_extensions(const struct mime_conf *conf, struct span path,
    struct arena *arena, struct mime_info *info, struct span *charset_r)
{
	struct span list = extension_list(path);
	struct extension extension;

	while (extension_next(&list, &extension)) {
		struct span value[MIME_ATTRS] = { { NULL, 0 } };

		find_extension(conf, &extension, value);
		if (value[MIME_TYPE].len > 0)
			info->type = value[MIME_TYPE];
		if (value[MIME_CHARSET].len > 0)
			*charset_r = value[MIME_CHARSET];
		if (!add(arena, &info->encoding, ", ", value[MIME_ENCODING]) ||
		    !add(arena, &info->language, ",", value[MIME_LANGUAGE]))
			return -1;
	}
	return 0;
}

/* The same where only the types file has something to say: the last one that
 * is known, which nearly always is the last one. */
static struct span
type_of_table(const struct mime_table *table, struct span path)
{
	struct span name = extension_name(path), type = { NULL, 0 };

	while (table != NULL && type.len == 0) {
		size_t dot = span_find_last(name, '.');
		struct extension extension;

		if (dot == name.len)
			break;
		extension = extension_of(
		    span_of(name.ptr + dot + 1, name.len - dot - 1));
		type = mime_table_find(table, &extension);
		name.len = dot;
	}
	return type;
}

/* ---- charsets ---- */

/* Where the parameter of the charset is, from its semicolon on; false: the
 * type has none. */
static bool
find_charset(struct span type, struct span *parameter_r)
{
	struct span rest = span_skip(type, span_find(type, ';'));
	struct parameter p;

	for (;;) {
		const char *start = rest.ptr;

		if (parameter_next(&rest, &p) != 1)
			return false;
		if (!span_is_nocase(p.name, "charset"))
			continue;
		*parameter_r = span_of(start, (size_t)(rest.ptr - start));
		return true;
	}
}

/* Gives the type this charset, be there another one; false without memory. */
__attribute__((noinline)) static bool
set_charset(struct arena *arena, struct span *type, struct span charset)
{
	struct span old, front = *type, behind = { "", 0 };
	const char *text;

	if (find_charset(*type, &old)) {
		front.len = (size_t)(old.ptr - type->ptr);
		behind = span_skip(*type, front.len + old.len);
	}
	text = arena_printf(arena, "%.*s; charset=%.*s%.*s", SPAN_ARG(front),
	    SPAN_ARG(charset), SPAN_ARG(behind));
	if (text != NULL)
		*type = span_str(text);
	return text != NULL;
}

/* Gives one to text that says none itself; false without memory. */
__attribute__((noinline)) static bool
set_default_charset(struct arena *arena, struct span *type,
    const struct default_charset *charset)
{
	struct span media, old;

	media = without_parameters(*type);
	if (span_is_nocase(media, "text/html"))
		media = charset->html;
	else if (span_is_nocase(media, "text/plain"))
		media = charset->plain;
	else
		return true;
	if (span_find(*type, ';') == type->len) {
		*type = media;
		return true;
	}
	return find_charset(*type, &old) ||
	       set_charset(arena, type, charset->name);
}

/* ---- all together ---- */

/* What takes the place of the type that the name tells. */
static bool
replace_type(const struct mime_conf *conf, struct span *type)
{
	if (conf->forced.len > 0)
		*type = conf->forced;
	else if (type->len == 0)
		*type = conf->fallback;
	else
		return false;
	return true;
}

int
mime_describe(const struct settings *settings, struct span path,
    struct arena *arena, struct mime_info *info)
{
	const struct mime_conf *conf = settings_get(settings, &mime_section);
	struct span charset = { NULL, 0 };

	*info = (struct mime_info){ .language = { NULL, 0 } };
	if (extension_map_first(&conf->extensions) == NULL)
		info->type = type_of_table(conf->table, path);
	else if (describe_extensions(conf, path, arena, info, &charset) != 0)
		return -1;
	if (info->language.len == 0)
		info->language = conf->language;
	if (!replace_type(conf, &info->type) && charset.len > 0 &&
	    !set_charset(arena, &info->type, charset))
		return -1;
	if (conf->charset.name.len > 0 &&
	    !set_default_charset(arena, &info->type, &conf->charset))
		return -1;
	return 0;
}

struct span
mime_type(const struct settings *settings, struct span path)
{
	const struct mime_conf *conf = settings_get(settings, &mime_section);
	struct span list = extension_list(path), type = { NULL, 0 };
	struct extension extension;

	while (extension_next(&list, &extension)) {
		struct span value[MIME_ATTRS] = { { NULL, 0 } };

		find_extension(conf, &extension, value);
		if (value[MIME_TYPE].len > 0)
			type = value[MIME_TYPE];
	}
	replace_type(conf, &type);
	return type;
}

bool
mime_names_handler(struct span type)
{
	struct span media;

	/* Asked for each file, and most types are short. */
	if (type.len < strlen("httpd/send-as-is"))
		return false;
	if (span_starts_nocase(type, "application/x-httpd-") ||
	    span_starts_nocase(type, "text/x-server-parsed-html"))
		return true;
	if (span_starts_nocase(type, "text/"))
		return false;
	media = without_parameters(type);
	return span_is_nocase(media, "application/x-type-map") ||
	       span_is_nocase(media, "httpd/send-as-is");
}

bool
mime_is_same(struct span type, struct span pattern)
{
	type = without_parameters(type);
	pattern = without_parameters(pattern);
	if (pattern.len >= 2 && span_ends_nocase(pattern, "/*")) {
		pattern.len--;
		if (type.len > pattern.len)
			type.len = pattern.len;
	}
	return span_equal_nocase(type, pattern);
}
