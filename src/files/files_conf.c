/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of files/.  Options and FileETag inherit as in Apache: with + and -
 * they change what holds outside, without them they replace that.
 */
#include "config.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "conf/suggest.h"

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

static const struct directive_keyword etag_words[] = {
	{ "None", 0 },
	{ "All", ETAG_INODE | ETAG_MTIME | ETAG_SIZE },
	{ "INode", ETAG_INODE },
	{ "MTime", ETAG_MTIME },
	{ "Size", ETAG_SIZE },
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

/* The words of a row that takes some with + and -, or all without. */
struct vocabulary {
	const struct directive_keyword *words; /* none and all first */
	const char *one, *all;		       /* what they are called */
};

static const struct vocabulary options = { option_words, "option", "options" };
static const struct vocabulary etag_parts = { etag_words, "part of a tag",
	"parts" };

/* The closest word, or all that there are. */
static int
refuse_word(const struct directive_use *use, int arg,
    const struct vocabulary *vocabulary, const char *word)
{
	const struct directive_keyword *words = vocabulary->words;
	struct suggestion s;
	struct buf all;

	buf_init(&all, 1024);
	suggestion_init(&s, word);
	for (size_t i = 0; words[i].word != NULL; i++) {
		suggestion_offer(&s, words[i].word);
		buf_printf(&all, "%s%s", i > 0 ? ", " : "", words[i].word);
	}
	if (s.best != NULL)
		directive_error(use, arg, "\"%s\" is no %s; did you mean %s?",
		    word, vocabulary->one, s.best);
	else
		directive_error(use, arg, "\"%s\" is no %s: %s", word,
		    vocabulary->one, buf_str(&all));
	buf_release(&all);
	return -1;
}

static int
parse_word(const struct directive_use *use, int arg,
    const struct vocabulary *vocabulary, unsigned *bits_r)
{
	const struct directive_keyword *words = vocabulary->words;
	const char *word = use->args[arg];
	bool sign = *word == '+' || *word == '-';
	size_t i = 0;

	word += sign;
	while (words[i].word != NULL && strcasecmp(words[i].word, word) != 0)
		i++;
	if (words[i].word == NULL)
		return refuse_word(use, arg, vocabulary, word);
	if (sign && (i == 0 || i == 1))
		return directive_error(
		    use, arg, "\"%s\" cannot be added or taken away", word);
	*bits_r = (unsigned)words[i].value;
	return 0;
}

static void
apply_word(struct words_value *value, char sign, unsigned bits)
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
parse_words(const struct directive_use *use, struct words_value *value,
    const struct vocabulary *vocabulary)
{
	bool relative = strchr("+-", use->args[0][0]) != NULL;

	if (!relative)
		*value = (struct words_value){ .absolute = true };
	for (int i = 0; i < use->arg_count; i++) {
		char sign = use->args[i][0];
		unsigned bits = 0;

		if (relative != (sign == '+' || sign == '-'))
			return directive_error(use, i,
			    "either all %s begin with + or -, or none",
			    vocabulary->all);
		if (parse_word(use, i, vocabulary, &bits) != 0)
			return -1;
		apply_word(value, sign, bits);
	}
	return 0;
}

static int
merge_words(struct arena *arena, void *field, const void *outer_field)
{
	struct words_value *value = field;
	const struct words_value *outer = outer_field;

	(void)arena;
	if (value->absolute)
		return 0;
	value->on = (outer->on & ~value->remove) | value->add;
	value->absolute = outer->absolute;
	return 0;
}

static int
parse_options(const struct directive_use *use, void *field)
{
	static const struct {
		const char *word, *why;
		bool silent;
	} vain[] = {
		{ "MultiViews", "no file is searched for by a part of its name",
		    false },
		{ "ExecCGI", "Drover runs no programs", true },
		{ "Includes", "Drover has no filter for it", true },
		{ "IncludesNOEXEC", "Drover has no filter for it", true },
	};

	for (int i = 0; i < use->arg_count; i++) {
		const char *word = use->args[i] + (use->args[i][0] == '+');

		for (size_t j = 0; j < sizeof(vain) / sizeof(*vain); j++)
			if (strcasecmp(word, vain[j].word) == 0)
				directive_word_no_effect(use, i,
				    &(struct directive_word){
					vain[j].word, true, vain[j].silent },
				    vain[j].why);
	}
	return parse_words(use, field, &options);
}

static int
parse_etag(const struct directive_use *use, void *field)
{
	return parse_words(use, field, &etag_parts);
}

/* What stands behind "Options=". */
static bool
are_options(const char *list)
{
	struct span rest = span_str(list);

	while (rest.len > 0) {
		struct span one = span_cut(&rest, ',');
		size_t i = 0;

		while (option_words[i].word != NULL &&
		       !span_is_nocase(one, option_words[i].word))
			i++;
		if (option_words[i].word == NULL)
			return false;
	}
	return true;
}

static bool
can_be_overridden(const char *word, size_t *index_r)
{
	static const char *const words[] = { "None", "All", "AuthConfig",
		"FileInfo", "Indexes", "Limit", "Options", "Nonfatal=All",
		"Nonfatal=Override", "Nonfatal=Unknown" };
	const size_t count = sizeof(words) / sizeof(words[0]);
	size_t i = 0;

	while (i < count && strcasecmp(words[i], word) != 0)
		i++;
	*index_r = i;
	return i < count || (span_starts_nocase(span_str(word), "Options=") &&
				are_options(word + strlen("Options=")));
}

static int
parse_override(const struct directive_use *use, void *field)
{
	bool *allow = field;
	size_t index;

	*allow = false;
	for (int i = 0; i < use->arg_count; i++) {
		if (!can_be_overridden(use->args[i], &index))
			return directive_error(use, i,
			    "\"%s\" is none of None, All, AuthConfig, "
			    "FileInfo, Indexes, Limit, Options[=option,...] "
			    "and Nonfatal=...",
			    use->args[i]);
		*allow = *allow || index != 0;
	}
	return 0;
}

/* Apache checks the names of directives when it meets them. */
static int
parse_override_list(const struct directive_use *use, void *field)
{
	bool *allow = field;

	for (int i = 0; use->arg_count > 1 && i < use->arg_count; i++) {
		if (strcasecmp(use->args[i], "None") == 0)
			return directive_error(use, i, "None stands alone");
	}
	*allow = use->arg_count > 1 || strcasecmp(use->args[0], "None") != 0;
	return 0;
}

static int
parse_access_files(const struct directive_use *use, void *field)
{
	const char *const **names = field;

	for (int i = 0; i < use->arg_count; i++) {
		const char *name = use->args[i];

		if (name[0] == '\0' || strchr(name, '/') != NULL)
			return directive_error(
			    use, i, "\"%s\" is not the name of a file", name);
	}
	*names = use->args;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("AccessFileName", IN_SERVER_HOST, files_conf,
	    access_files, const char *const *, ".htaccess", "name ...",
	    "what the files are called that change settings where they lie; "
	    "see AllowOverride",
	    .differs = "no such file is read; one closes its directory",
	    .parse = parse_access_files, .min_args = 1, .max_args = -1),
	DIRECTIVE_CUSTOM("DocumentRoot", IN_SERVER_HOST, files_conf,
	    document_root, const char *, "htdocs", "directory",
	    "the folder whose files are served, below the URL /. Where "
	    "<Directory /> denies all, another one grants this. If it is "
	    "a link that is switched, or another folder takes its place, "
	    "new workers serve that from the next second on; with Alias too",
	    .differs = "names that begin with a dot are not served, but for "
		       ".well-known; that a root is another directory is "
		       "noticed without "
		       "a restart",
	    .parse = parse_document_root, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("Options", IN_ANY, files_conf, options,
	    struct words_value, "FollowSymLinks",
	    "None|All|[+|-]FollowSymLinks|[+|-]SymLinksIfOwnerMatch|"
	    "[+|-]Indexes ...",
	    "what is done in a directory: follow symbolic links, all or those "
	    "whose owner owns the target too; list it where it has no index. "
	    "With + and - what holds outside is changed, without them it is "
	    "replaced",
	    .differs = "a link leads into a DocumentRoot, an Alias or their "
		       "like and nowhere else; MultiViews, Includes, "
		       "IncludesNOEXEC and "
		       "ExecCGI have no effect",
	    .parse = parse_options, .merge = merge_words, .min_args = 1,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("FileETag", IN_ANY, files_conf, etag,
	    struct words_value, "MTime Size",
	    "None|All|[+|-]INode|[+|-]MTime|[+|-]Size ...",
	    "of what the entity tag (ETag) of a file is made: the date of its "
	    "last change with all its digits, its size, its inode. Servers "
	    "that share a site give one tag to one file only without INode; "
	    "without MTime tags are weak, since a file may change and keep its "
	    "size. With + and - what holds outside is changed",
	    .differs = "there is no Digest; weak is what has no MTime, and a "
		       "file that has changed just now",
	    .parse = parse_etag, .merge = merge_words, .min_args = 1,
	    .max_args = -1),
	DIRECTIVE_FLAG("PrecompressedFiles", IN_ANY, files_conf, precompressed,
	    "On",
	    "where page.html.zst, page.html.br or page.html.gz stands beside "
	    "page.html and is not older, it is sent in its stead, with "
	    "Content-Encoding, to clients whose Accept-Encoding prefers it, "
	    "the smallest of those they like best. Who may have page.html may "
	    "have these. A new one is seen within a second"),
	DIRECTIVE_CUSTOM("AllowOverride", IN_DIRECTORY, files_conf,
	    allow_override, bool, "None", "None|All|...",
	    "what a .htaccess may change",
	    .differs = "Drover reads none: unless this is None a directory "
		       "with such a file is closed (403)",
	    .parse = parse_override, .min_args = 1, .max_args = -1),
	DIRECTIVE_CUSTOM("AllowOverrideList", IN_DIRECTORY, files_conf,
	    allow_listed, bool, "None", "None|directive ...",
	    "as AllowOverride, by single directives",
	    .differs = "as for AllowOverride", .parse = parse_override_list,
	    .min_args = 1, .max_args = -1),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section files_section = {
	.name = "files",
	.rows = rows,
	.size = sizeof(struct files_conf),
	.id = &section_id,
};
