/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VirtualDocumentRoot: a folder for each name that clients ask for.  Parts of
 * the name are put into a path; that is of a client's making, so it is held
 * below the last folder that stands there whoever asks, which is the root.  A
 * part that the name does not have is "_".
 */
#include "config.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "files/files.h"
#include "handlers/paths.h"
#include "handlers/script.h"
#include "http/canonical.h"
#include "http/module.h"

struct virtual_root {
	const char *root;  /* NULL: none */
	const char *below; /* with %-letters */
	bool by_address;
};

struct vhost_alias_conf {
	struct virtual_root documents, scripts;
};

/* One part of a name, or of a part: its number from the left, or if negative
 * from the right; 0: all.  more: and what is beyond it, on the other side. */
struct part {
	int number;
	bool more;
};

/* "%0", "%-1", "%2+.1"; chars: of the part that is taken. */
struct piece {
	struct part part, chars;
};

/* ---- formats ---- */

/* "-2+": true, and *text is behind it. */
static bool
parse_part(const char **text, struct part *part_r)
{
	bool negative = **text == '-';

	*text += negative;
	if (!isdigit((unsigned char)**text))
		return false;
	part_r->number = **text - '0';
	if (negative)
		part_r->number = -part_r->number;
	++*text;
	part_r->more = **text == '+';
	*text += part_r->more;
	return true;
}

/* Behind the "%" of a piece. */
static bool
parse_piece(const char **text, struct piece *piece_r)
{
	*piece_r = (struct piece){ .chars.number = 0 };
	if (!parse_part(text, &piece_r->part))
		return false;
	if (**text != '.')
		return true;
	++*text;
	return parse_part(text, &piece_r->chars);
}

static int
check_format(const struct directive_use *use, const char *format)
{
	const char *start = use->args[0], *at = format;
	struct piece piece;

	while ((at = strchr(at, '%')) != NULL) {
		size_t offset = (size_t)(at - start);

		at++;
		if (*at == '%' || *at == 'p')
			at++;
		else if (!parse_piece(&at, &piece))
			return directive_error_inside(use, 0, offset,
			    "behind %% stands a digit, perhaps with \"-\" "
			    "before and \"+\" or a point and a digit "
			    "behind it, %% or p");
	}
	return 0;
}

static int
parse_root(
    const struct directive_use *use, struct virtual_root *root, bool by_address)
{
	const char *text = use->args[0];
	size_t below = strlen(text);

	*root = (struct virtual_root){ .by_address = by_address };
	if (strcasecmp(text, "none") == 0)
		return 0;
	if (text[0] != '/')
		return directive_error(
		    use, 0, "\"%s\" is no absolute path, and not none", text);
	if (strchr(text, '%') == NULL)
		root->root = directive_path(use, text);
	else
		root->root =
		    paths_fixed_folder(use, 0, strcspn(text, "%"), &below);
	root->below = text + below;
	return root->root == NULL ? -1 : check_format(use, root->below);
}

static int
parse_documents(const struct directive_use *use, void *field)
{
	return parse_root(use, field, false);
}

static int
parse_documents_ip(const struct directive_use *use, void *field)
{
	return parse_root(use, field, true);
}

static int
parse_scripts(const struct directive_use *use, void *field)
{
	struct virtual_root *root = field;

	if (parse_root(use, root, false) != 0)
		return -1;
	return root->root == NULL ? 0 : script_refuse(use);
}

#define ROW(name_, field_, parse_, ...)                                   \
	DIRECTIVE_CUSTOM(name_, IN_SERVER_HOST, vhost_alias_conf, field_, \
	    struct virtual_root, NULL, "path|none", __VA_ARGS__,          \
	    .parse = parse_, .min_args = 1, .max_args = 1)

static const struct directive rows[] = {
	ROW("VirtualDocumentRoot", documents, parse_documents,
	    "a folder of files for each name that clients ask for: %0 is the "
	    "name in small letters, %1 its first part, %-1 its last, %2+ the "
	    "second and all behind it, %-2+ the last but one and all before "
	    "it, %1.2 the second letter of the first part, %p the port, %% a "
	    "percent sign; what there is not is _. With UseCanonicalName On "
	    "the name is that of ServerName",
	    .differs = "a part that is empty is _. Workers may read the "
		       "folder that stands before the first %, so that should "
		       "not be /"),
	ROW("VirtualDocumentRootIP", documents, parse_documents_ip,
	    "the same by the address that a client has connected to",
	    .differs = "as for VirtualDocumentRoot"),
	ROW("VirtualScriptAlias", scripts, parse_scripts,
	    "a folder of programs for each name, below /cgi-bin/",
	    .differs =
		"Drover runs no programs: these URLs are answered by "
		"501. Where a LoadModule asks for mod_cgi or mod_cgid it is an "
		"error, unless UnsupportedModules is warn"),
	ROW("VirtualScriptAliasIP", scripts, parse_scripts,
	    "the same by the address that a client has connected to",
	    .differs = "as for VirtualScriptAlias"),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_vhost_alias.c", NULL };

static unsigned section_id;
static const struct conf_section vhost_alias_section = {
	.name = "vhost_alias",
	.rows = rows,
	.size = sizeof(struct vhost_alias_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* ---- names ---- */

/* Where the number-th piece between separators begins and ends; "\0": each
 * character is one.  False: there are fewer. */
static bool
find_part(struct span text, char separator, int number, size_t *start_r,
    size_t *end_r)
{
	size_t count = separator == '\0' ? text.len : 1, at = 0, end;
	size_t wanted = (size_t)(number < 0 ? -number : number);

	for (size_t i = 0; separator != '\0' && i < text.len; i++)
		count += text.ptr[i] == separator;
	if (wanted > count)
		return false;
	if (number < 0)
		wanted = count - wanted + 1;
	if (separator == '\0') {
		*start_r = wanted - 1;
		*end_r = wanted;
		return true;
	}
	for (; wanted > 1; wanted--)
		at += span_find(span_skip(text, at), separator) + 1;
	end = at + span_find(span_skip(text, at), separator);
	*start_r = at;
	*end_r = end;
	return true;
}

static struct span
take_part(struct span text, char separator, struct part part)
{
	size_t start, end;

	if (part.number == 0)
		return text;
	if (!find_part(text, separator, part.number, &start, &end))
		return span_of("", 0);
	if (part.more && part.number > 0)
		end = text.len;
	else if (part.more)
		start = 0;
	return span_of(text.ptr + start, end - start);
}

static void
add_piece(struct buf *path, struct span name, const struct piece *piece)
{
	struct span text =
	    take_part(take_part(name, '.', piece->part), '\0', piece->chars);

	if (text.len == 0)
		buf_add_char(path, '_');
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(
		    path, text.ptr[i] == '/' ? '_' : span_fold(text.ptr[i]));
}

static void
add_format(
    struct buf *path, struct exchange *x, const char *format, struct span name)
{
	struct piece piece;

	while (*format != '\0') {
		if (*format != '%') {
			buf_add_char(path, *format++);
			continue;
		}
		format++;
		if (*format == '%')
			buf_add_char(path, *format++);
		else if (*format == 'p' && format++ != NULL)
			buf_add_number(path, canonical_url_port(x));
		else if (parse_piece(&format, &piece))
			add_piece(path, name, &piece);
	}
}

/* ---- map ---- */

static struct span
name_of(const struct exchange *x, bool by_address, char scratch[ADDR_TEXT_SIZE])
{
	struct span name = { NULL, 0 };

	if (!by_address)
		name = canonical_client_name(x);
	if (!by_address && name.len == 0)
		name = canonical_name(x);
	if (name.len > 0)
		return name;
	return span_of(scratch, addr_print_ip(&x->peer->local, scratch));
}

static enum hook_result
fail(struct exchange *x, int status)
{
	response_error(x, status);
	return HOOK_DONE;
}

static enum hook_result
map_documents(struct exchange *x, const struct virtual_root *root)
{
	char scratch[ADDR_TEXT_SIZE];
	struct span name = name_of(x, root->by_address, scratch);
	struct span below = { NULL, 0 };
	struct buf path;

	buf_init(&path, PATH_MAX);
	add_format(&path, x, root->below, name);
	if (buf_failed(&path)) {
		buf_release(&path);
		return fail(x, 404);
	}
	if (paths_lead_out(buf_span(&path))) {
		exchange_report(x, REPORT_INFO, "vhost_alias",
		    "the name %.*s leads out of %s", SPAN_ARG(name),
		    root->root);
		buf_release(&path);
		return fail(x, 404);
	}
	buf_add_span(&path, x->request.uri.path);
	if (!buf_failed(&path))
		below = arena_span(&x->arena, buf_span(&path));
	buf_release(&path);
	if (below.ptr == NULL ||
	    files_map_below(x, span_str(root->root), below, 0) != 0)
		return fail(x, below.ptr == NULL ? 404 : 500);
	return HOOK_PASS;
}

static enum hook_result
vhost_alias_map(struct exchange *x)
{
	const struct vhost_alias_conf *conf =
	    exchange_conf(x, &vhost_alias_section);

	if (conf->scripts.root != NULL &&
	    span_starts(x->request.uri.path, "/cgi-bin/"))
		x->mapped_handler = SCRIPT_HANDLER;
	if (conf->documents.root == NULL ||
	    !span_starts(x->request.uri.path, "/"))
		return HOOK_PASS;
	return map_documents(x, &conf->documents);
}

static void
vhost_alias_roots(
    const struct server_conf *server, root_visit *visit, void *data)
{
	for (size_t i = 0; i < server->host_count; i++) {
		const struct vhost_alias_conf *conf = settings_get(
		    server->hosts[i].settings, &vhost_alias_section);

		if (conf->documents.root != NULL)
			visit(conf->documents.root, data);
	}
}

const struct module vhost_alias_module = {
	.conf = &vhost_alias_section,
	.only_where_set = &vhost_alias_section,
	.map = vhost_alias_map,
	.roots = vhost_alias_roots,
};
