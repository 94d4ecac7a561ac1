/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of files/.  Options inherits as in Apache: with + and - it changes
 * what holds outside, without them it replaces that.
 */
#include "config.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "files/files.h"

static const struct directive_keyword option_words[] = {
	{ "None", 0 },
	{ "All", OPTION_INDEXES | OPTION_FOLLOW_SYM_LINKS | OPTION_EXEC_CGI |
		     OPTION_INCLUDES },
	{ "Indexes", OPTION_INDEXES },
	{ "FollowSymLinks", OPTION_FOLLOW_SYM_LINKS },
	{ "SymLinksIfOwnerMatch", OPTION_SYM_LINKS_IF_OWNER_MATCH },
	{ "MultiViews", OPTION_MULTI_VIEWS },
	{ "ExecCGI", OPTION_EXEC_CGI },
	{ "Includes", OPTION_INCLUDES },
	{ "IncludesNOEXEC", OPTION_INCLUDES },
	{ NULL, 0 },
};

/* The main server must have its pages; a host that has none yet is no reason
 * to refuse all others. */
static int
parse_document_root(const struct directive_use *use, void *field)
{
	const char *path = directive_path(use, use->args[0]);
	struct stat st;

	if (path == NULL)
		return -1;
	*(const char **)field = path;
	if (use->place.file == NULL || use->skip_roots ||
	    (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return 0;
	if (use->context != IN_HOST)
		return directive_error(use, 0,
		    "\"%s\" is not a directory, or not to be read", path);
	directive_warn(use, 0, "the directory \"%s\" does not exist", path);
	return 0;
}

static int
parse_option(const struct directive_use *use, int arg, int *bits_r)
{
	const char *word = use->args[arg];
	bool sign = *word == '+' || *word == '-';
	size_t i = 0;

	word += sign;
	while (option_words[i].word != NULL &&
	       strcasecmp(option_words[i].word, word) != 0)
		i++;
	if (option_words[i].word == NULL)
		return directive_error(use, arg, "\"%s\" is no option", word);
	if (sign && (i == 0 || i == 1))
		return directive_error(
		    use, arg, "\"%s\" cannot be added or taken away", word);
	*bits_r = option_words[i].value;
	if ((*bits_r & OPTION_MULTI_VIEWS) != 0 && use->args[arg][0] != '-')
		directive_warn(use, arg,
		    "content negotiation is not supported: MultiViews has no "
		    "effect");
	return 0;
}

static void
apply_option(struct options_value *value, char sign, unsigned bits)
{
	if (sign == '-') {
		value->remove |= bits;
		value->add &= ~bits;
		value->on &= ~bits;
		return;
	}
	value->on |= bits;
	if (sign == '+') {
		value->add |= bits;
		value->remove &= ~bits;
	}
}

static int
parse_options(const struct directive_use *use, void *field)
{
	struct options_value *value = field;
	bool relative = strchr("+-", use->args[0][0]) != NULL;

	if (!relative)
		*value = (struct options_value){ .absolute = true };
	for (int i = 0; i < use->arg_count; i++) {
		char sign = use->args[i][0];
		int bits = 0;

		if (relative != (sign == '+' || sign == '-'))
			return directive_error(use, i,
			    "either all options begin with + or -, or none");
		if (parse_option(use, i, &bits) != 0)
			return -1;
		apply_option(value, sign, (unsigned)bits);
	}
	return 0;
}

static int
merge_options(struct arena *arena, void *field, const void *outer_field)
{
	struct options_value *value = field;
	const struct options_value *outer = outer_field;

	(void)arena;
	if (value->absolute)
		return 0;
	value->on = (outer->on & ~value->remove) | value->add;
	value->absolute = outer->absolute;
	return 0;
}

static int
parse_override(const struct directive_use *use, void *field)
{
	static const char *const words[] = { "None", "All", "AuthConfig",
		"FileInfo", "Indexes", "Limit" };
	bool *allow = field;

	*allow = false;
	for (int i = 0; i < use->arg_count; i++) {
		const char *word = use->args[i];
		size_t j = 0;

		while (j < sizeof(words) / sizeof(words[0]) &&
		       strcasecmp(words[j], word) != 0)
			j++;
		if (j == sizeof(words) / sizeof(words[0]) &&
		    strncasecmp(word, "Options", strlen("Options")) != 0 &&
		    strncasecmp(word, "Nonfatal=", strlen("Nonfatal=")) != 0)
			return directive_error(use, i,
			    "\"%s\" is nothing that can be overridden", word);
		*allow = *allow || j != 0;
	}
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("DocumentRoot", IN_SERVER_HOST, files_conf,
	    document_root, const char *, "htdocs", "directory",
	    "the folder whose files are served, below the URL /. Where "
	    "<Directory /> denies all, another one grants this",
	    .parse = parse_document_root, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("Options", IN_ANY, files_conf, options,
	    struct options_value, "FollowSymLinks",
	    "None|All|[+|-]FollowSymLinks|[+|-]SymLinksIfOwnerMatch|"
	    "[+|-]Indexes ...",
	    "what is done in a directory: follow symbolic links, all or those "
	    "whose owner owns the target too; list it where it has no index. "
	    "With + and - what holds outside is changed, without them it is "
	    "replaced",
	    .parse = parse_options, .merge = merge_options, .min_args = 1,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("AllowOverride", IN_DIRECTORY, files_conf,
	    allow_override, bool, "None", "None|All|...",
	    "what a .htaccess may change. Drover reads none: unless this is "
	    "None a directory with such a file is closed",
	    .parse = parse_override, .min_args = 1, .max_args = -1),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section files_section = {
	.name = "files",
	.rows = rows,
	.size = sizeof(struct files_conf),
	.id = &section_id,
};
