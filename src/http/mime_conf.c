/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of types, charsets, encodings and languages.  They are settings
 * like any other: read by the master, shared by every worker.  As in Apache
 * values are kept in small letters.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "http/mime.h"
#include "http/mime_private.h"
#include "http/parameter.h"
#include "wire/h1_scan.h"

/* ---- values ---- */

/* In small letters; ptr NULL without memory. */
static struct span
lower(struct arena *arena, struct span text)
{
	char *copy = arena_strndup(arena, text.ptr, text.len);

	for (size_t i = 0; copy != NULL && i < text.len; i++)
		copy[i] = (char)span_fold(copy[i]);
	return span_of(copy, copy == NULL ? 0 : text.len);
}

static int
parse_token(
    const struct directive_use *use, const char *what, struct span *value_r)
{
	struct span text = span_str(use->args[0]);

	if (text.len == 0 || h1_scan_token(text.ptr, 0, text.len) != text.len)
		return directive_error(
		    use, 0, "\"%s\" is no %s", use->args[0], what);
	*value_r = lower(use->arena, text);
	return value_r->ptr == NULL ? -1 : 0;
}

/* The parameters as one usually writes them; false: they are none. */
static bool
print_parameters(struct buf *to, struct span rest)
{
	struct parameter p;
	int result;

	while ((result = parameter_next(&rest, &p)) == 1) {
		const char *quote = p.quoted ? "\"" : "";

		buf_printf(to, "; %.*s=%s%.*s%s", SPAN_ARG(p.name), quote,
		    SPAN_ARG(p.value), quote);
	}
	return result == 0;
}

/* -1 and told: it is none. */
static int
parse_type(const struct directive_use *use, struct span *type_r)
{
	struct span text = span_str(use->args[0]);
	size_t semicolon = span_find(text, ';');
	struct span media = span_trim(span_of(text.ptr, semicolon));
	struct buf printed;
	bool good;

	buf_init(&printed, 2 * text.len + 64);
	buf_add_span(&printed, media);
	good = mime_is_type(media) && span_find(media, ' ') == media.len &&
	       print_parameters(&printed, span_skip(text, semicolon));
	if (good)
		*type_r = lower(use->arena, buf_span(&printed));
	buf_release(&printed);
	if (good)
		return type_r->ptr == NULL ? -1 : 0;
	return directive_error(
	    use, 0, "\"%s\" is no media type (type/subtype)", use->args[0]);
}

static int
parse_type_or_none(const struct directive_use *use, void *field)
{
	struct span *type = field;

	if (strcasecmp(use->args[0], "none") != 0)
		return parse_type(use, type);
	*type = (struct span){ NULL, 0 };
	return 0;
}

/* A language tag (RFC 5646), as far as its letters go. */
static int
parse_language(const struct directive_use *use, struct span *value_r)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	const char *text = use->args[0];

	if (text[0] == '\0' || text[strspn(text, letters)] != '\0')
		return directive_error(
		    use, 0, "\"%s\" is no language, such as de-AT", text);
	*value_r = span_str(text);
	return 0;
}

static int
parse_default_language(const struct directive_use *use, void *field)
{
	return parse_language(use, field);
}

static int
parse_default_charset(const struct directive_use *use, void *field)
{
	struct default_charset *charset = field;
	const char *name = use->args[0], *html, *plain;
	struct span ignored;

	*charset = (struct default_charset){ .name = { NULL, 0 } };
	if (strcasecmp(name, "off") == 0)
		return 0;
	if (strcasecmp(name, "on") == 0)
		name = "iso-8859-1";
	else if (parse_token(use, "charset", &ignored) != 0)
		return -1;
	html = arena_printf(use->arena, "text/html; charset=%s", name);
	plain = arena_printf(use->arena, "text/plain; charset=%s", name);
	if (html == NULL || plain == NULL)
		return -1;
	*charset = (struct default_charset){ span_str(name), span_str(html),
		span_str(plain) };
	return 0;
}

/* ---- values of extensions ---- */

/*
 * What Remove says holds in its scope whatever the order, as in Apache; of
 * types, as there, the later one does.
 */
static int
add_all(const struct directive_use *use, void *field, enum mime_attr attr,
    struct span value)
{
	for (int i = 1; i < use->arg_count; i++) {
		struct mime_extension *e =
		    extension_argument(use, i, field, sizeof(*e));

		if (e == NULL)
			return -1;
		e->set |= 1U << attr;
		if (attr == MIME_TYPE || !(e->removed & 1U << attr))
			e->value[attr] = value;
	}
	return 0;
}

static int
remove_all(const struct directive_use *use, void *field, enum mime_attr attr)
{
	for (int i = 0; i < use->arg_count; i++) {
		struct mime_extension *e =
		    extension_argument(use, i, field, sizeof(*e));

		if (e == NULL)
			return -1;
		e->set |= 1U << attr;
		e->removed |= 1U << attr;
		e->value[attr] = (struct span){ NULL, 0 };
	}
	return 0;
}

static int
parse_add_type(const struct directive_use *use, void *field)
{
	struct span type;

	return parse_type(use, &type) != 0
		   ? -1
		   : add_all(use, field, MIME_TYPE, type);
}

static int
parse_add_charset(const struct directive_use *use, void *field)
{
	struct span charset;

	return parse_token(use, "charset", &charset) != 0
		   ? -1
		   : add_all(use, field, MIME_CHARSET, charset);
}

static int
parse_add_encoding(const struct directive_use *use, void *field)
{
	struct span encoding;

	return parse_token(use, "content coding", &encoding) != 0
		   ? -1
		   : add_all(use, field, MIME_ENCODING, encoding);
}

static int
parse_add_language(const struct directive_use *use, void *field)
{
	struct span language;

	if (parse_language(use, &language) != 0)
		return -1;
	language = lower(use->arena, language);
	return language.ptr == NULL
		   ? -1
		   : add_all(use, field, MIME_LANGUAGE, language);
}

static int
parse_remove_type(const struct directive_use *use, void *field)
{
	return remove_all(use, field, MIME_TYPE);
}

static int
parse_remove_charset(const struct directive_use *use, void *field)
{
	return remove_all(use, field, MIME_CHARSET);
}

static int
parse_remove_encoding(const struct directive_use *use, void *field)
{
	return remove_all(use, field, MIME_ENCODING);
}

static int
parse_remove_language(const struct directive_use *use, void *field)
{
	return remove_all(use, field, MIME_LANGUAGE);
}

/* ---- rows ---- */

#define ROW_ADD(name_, parse_, syntax_, ...)                                   \
	DIRECTIVE_CUSTOM(name_, IN_ANY, mime_conf, extensions,                 \
	    struct extension_map, NULL, syntax_, __VA_ARGS__, .parse = parse_, \
	    .merge = extension_merge, .min_args = 2, .max_args = -1,           \
	    .repeats = true)
#define ROW_REMOVE(name_, parse_, ...)                                \
	DIRECTIVE_CUSTOM(name_, IN_ANY, mime_conf, extensions,        \
	    struct extension_map, NULL, "extension ...", __VA_ARGS__, \
	    .parse = parse_, .merge = extension_merge, .min_args = 1, \
	    .max_args = -1, .repeats = true)

static const struct directive rows[] = {
	DIRECTIVE_PATH("TypesConfig", IN_SERVER, mime_conf, types_file,
	    "conf/mime.types",
	    "the file that says which ending of a name means which type"),
	ROW_ADD("AddType", parse_add_type, "type extension ...",
	    "the type of files whose names have such an extension, beside "
	    "those of TypesConfig. Of several in a name the last one that "
	    "means a type decides",
	    .differs = "where the type stands for a program "
		       "(application/x-httpd-php) the file is answered by 501"),
	ROW_ADD("AddCharset", parse_add_charset, "charset extension ...",
	    "the charset of files whose names have such an extension, "
	    "a.html.utf8: it becomes a parameter of the type"),
	ROW_ADD("AddEncoding", parse_add_encoding, "coding extension ...",
	    "the Content-Encoding of files whose names have such an "
	    "extension; several add up in their order. Such a file is sent as "
	    "it is to all, whatever PrecompressedFiles is"),
	ROW_ADD("AddLanguage", parse_add_language, "language extension ...",
	    "the Content-Language of files whose names have such an "
	    "extension; several add up in their order"),
	ROW_REMOVE("RemoveType", parse_remove_type,
	    "such an extension means no type here, be it AddType or "
	    "TypesConfig that gave it one; an AddType behind it does again",
	    .differs = "it holds below as well, where Apache forgets it as "
		       "soon as other directives for extensions follow there"),
	ROW_REMOVE("RemoveCharset", parse_remove_charset,
	    "such an extension means no charset here and below, though an "
	    "AddCharset stands beside it",
	    .differs = "it holds below as well, where Apache forgets it as "
		       "soon as other directives for extensions follow there"),
	ROW_REMOVE("RemoveEncoding", parse_remove_encoding,
	    "such an extension means no Content-Encoding here and below, "
	    "though an AddEncoding stands beside it",
	    .differs = "it holds below as well, where Apache forgets it as "
		       "soon as other directives for extensions follow there"),
	ROW_REMOVE("RemoveLanguage", parse_remove_language,
	    "such an extension means no language here and below, though an "
	    "AddLanguage stands beside it",
	    .differs = "it holds below as well, where Apache forgets it as "
		       "soon as other directives for extensions follow there"),
	DIRECTIVE_CUSTOM("ForceType", IN_ANY, mime_conf, forced, struct span,
	    NULL, "type|none",
	    "the type of all files here, whatever their names say of type and "
	    "charset; none: what holds outside does not hold here",
	    .parse = parse_type_or_none, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("DefaultType", IN_ANY, mime_conf, fallback,
	    struct span, "application/octet-stream", "type|none",
	    "the type of files whose names tell none; none: they are sent "
	    "without a Content-Type, and clients guess",
	    .differs = "it has an effect, where Apache knows none alone",
	    .parse = parse_type_or_none, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("DefaultLanguage", IN_ANY, mime_conf, language,
	    struct span, NULL, "language",
	    "the Content-Language of files whose names tell none",
	    .parse = parse_default_language, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("AddDefaultCharset", IN_ANY, mime_conf, charset,
	    struct default_charset, NULL, "On|Off|charset",
	    "the charset of files that are text/html or text/plain and tell "
	    "none; On: iso-8859-1. The server's own pages are UTF-8 and say so",
	    .parse = parse_default_charset, .min_args = 1, .max_args = 1),
	{ .name = NULL },
};

/* ---- section ---- */

static int
mime_finish(void *settings, const struct conf_check *check)
{
	struct mime_conf *conf = settings;

	if (check->host->index == 0)
		return mime_load_types(conf, check);
	/* The main server is finished first; its types are everybody's. */
	conf->table =
	    ((const struct mime_conf *)conf_get(check->conf, &mime_section))
		->table;
	return 0;
}

static unsigned section_id;
static const char *const apache_modules[] = { "mod_mime.c", NULL };

const struct conf_section mime_section = {
	.name = "mime",
	.rows = rows,
	.size = sizeof(struct mime_conf),
	.id = &section_id,
	.finish = mime_finish,
	.apache_modules = apache_modules,
};
