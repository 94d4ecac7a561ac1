/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -D DUMP_CONFIG: the tree after includes, conditions and variables are done.
 * Not libconfig's own writer: of 1.5 it breaks bytes above 127, and it could
 * not say where a statement comes from.
 */
#include "config.h"

#include <strings.h>

#include "conf/dump.h"
#include "conf/origin.h"
#include "conf/tree.h"

static void
indent(struct buf *to, unsigned depth)
{
	while (depth-- > 0)
		buf_add_char(to, '\t');
}

static void
dump_string(struct buf *to, const char *text)
{
	buf_add_char(to, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			buf_printf(to, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			buf_printf(to, "\\x%02X", c);
		else
			buf_add_char(to, (char)c);
	}
	buf_add_char(to, '"');
}

static void
dump_args(struct buf *to, const config_setting_t *args)
{
	int count = config_setting_length(args);

	if (count == 0) {
		buf_add_str(to, "()");
		return;
	}
	for (int i = 0; i < count; i++) {
		buf_add_str(to, i == 0 ? "( " : ", ");
		dump_string(to, config_setting_get_string_elem(args, i));
	}
	buf_add_str(to, " )");
}

/* A name with a line feed must not end the comment. */
static void
dump_origin(struct buf *to, const config_setting_t *group)
{
	struct conf_place place = origin_get(group);

	if (!place.file)
		return;
	buf_add_str(to, "\t# ");
	buf_add_escaped(to, span_str(place.file));
	buf_printf(to, ":%d", place.line);
}

static const char *
group_name(const config_setting_t *group)
{
	const char *name = "";

	config_setting_lookup_string(group, TREE_NAME, &name);
	return name;
}

static void dump_scope(
    struct buf *to, const config_setting_t *scope, unsigned depth);

static void
dump_group(
    struct buf *to, const config_setting_t *group, unsigned depth, bool comma)
{
	const config_setting_t *body = tree_body(group);

	indent(to, depth);
	buf_add_str(to, "{ " TREE_NAME " = ");
	dump_string(to, group_name(group));
	buf_add_str(to, "; " TREE_ARGS " = ");
	dump_args(to, config_setting_get_member(group, TREE_ARGS));
	buf_add_str(to, body ? "; " TREE_BODY " = (" : "; }");
	if (!body && comma)
		buf_add_char(to, ',');
	dump_origin(to, group);
	buf_add_char(to, '\n');
	if (!body)
		return;
	dump_scope(to, body, depth + 1);
	indent(to, depth);
	buf_printf(to, "); }%s\n", comma ? "," : "");
}

/* What became of all ServerRoots stands before the outermost scope. */
static bool
is_left_out(const config_setting_t *group, unsigned depth)
{
	return depth == 1 && strcasecmp(group_name(group), "ServerRoot") == 0;
}

static void
dump_scope(struct buf *to, const config_setting_t *scope, unsigned depth)
{
	int count = config_setting_length(scope), last = count - 1;

	while (
	    last >= 0 &&
	    is_left_out(config_setting_get_elem(scope, (unsigned)last), depth))
		last--;
	for (int i = 0; i <= last; i++) {
		const config_setting_t *group =
		    config_setting_get_elem(scope, (unsigned)i);

		if (!is_left_out(group, depth))
			dump_group(to, group, depth, i < last);
	}
}

void
dump_tree(const struct conf_tree *tree, struct buf *to)
{
	buf_add_str(to,
	    "# The configuration as Drover understands it, in "
	    "libconfig's syntax.\n# In a file whose name ends in .cfg it "
	    "means the same.\n");
	buf_add_str(to, TREE_EXPANDED " = true;\nServerRoot = ");
	dump_string(to, tree->server_root);
	buf_add_str(to, ";\n" TREE_BODY " = (\n");
	dump_scope(to, tree_root(&tree->config), 1);
	buf_add_str(to, ");\n");
}
