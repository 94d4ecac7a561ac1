/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of SetHandler and AddHandler.  Names are those that modules[] have:
 * one that is not among them cannot be passed over, since then the file itself
 * would be sent, which may be a script with a password in it.
 */
#include "config.h"

#include <stdio.h>
#include <strings.h>

#include "conf/suggest.h"
#include "http/module.h"
#include "worker/handler_conf.h"

static const struct module *
find_handler(const char *name)
{
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->handler != NULL &&
		    strcasecmp((*m)->handler, name) == 0)
			return *m;
	return NULL;
}

/* " (it has a, b)", or nothing. */
static void
list_handlers(char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->handler != NULL && len < size)
			len += (size_t)snprintf(text + len, size - len, "%s%s",
			    len == 0 ? " (it has " : ", ", (*m)->handler);
	if (len > 0 && len < size)
		snprintf(text + len, size - len, ")");
}

static int
refuse_name(const struct directive_use *use)
{
	struct suggestion s;
	char names[256];

	suggestion_init(&s, use->args[0]);
	for (const struct module *const *m = modules; *m != NULL; m++)
		if ((*m)->handler != NULL)
			suggestion_offer(&s, (*m)->handler);
	list_handlers(names, sizeof(names));
	if (s.best != NULL)
		return directive_unsupported(use, 0,
		    "Drover has no handler \"%s\"%s; did you mean \"%s\"?",
		    use->args[0], names, s.best);
	return directive_unsupported(use, 0,
	    "Drover has no handler \"%s\"%s; with UnsupportedModules warn it "
	    "is answered by 501",
	    use->args[0], names);
}

static void
read_name(const char *name, struct handler_choice *choice)
{
	if (strcasecmp(name, "none") == 0 ||
	    strcasecmp(name, "default-handler") == 0)
		return;
	choice->module = find_handler(name);
	if (choice->module == NULL)
		choice->lacking = name;
}

/* "none" leaves it to the extensions, "default-handler" to nobody. */
static int
parse_handler(const struct directive_use *use, void *field)
{
	struct handler_choice *choice = field;

	*choice = (struct handler_choice){
		.named = strcasecmp(use->args[0], "none") != 0,
	};
	read_name(use->args[0], choice);
	return choice->lacking == NULL ? 0 : refuse_name(use);
}

static int
parse_add_handler(const struct directive_use *use, void *field)
{
	struct handler_choice added = { .of_name = true };

	read_name(use->args[0], &added);
	if (extension_add(use, 1, field, &added.said, sizeof(added)) != 0)
		return -1;
	if (added.lacking != NULL)
		directive_closed(use, 0,
		    "Drover has no handler \"%s\": files whose names have "
		    "such an extension are answered by 501",
		    added.lacking);
	return 0;
}

static int
parse_remove_handler(const struct directive_use *use, void *field)
{
	return extension_remove(use, field, sizeof(struct handler_choice));
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("SetHandler", IN_ANY, handler_conf, choice,
	    struct handler_choice, "none", "name|none",
	    "what answers here, be there a file or not: echo or "
	    "server-status, which both show what is not for all to see; "
	    "default-handler (files do); none (files do, but for what "
	    "AddHandler says)",
	    .differs =
		"echo is Drover's own; a handler that Drover lacks is "
		"an error, or with UnsupportedModules warn answered by 501",
	    .parse = parse_handler, .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("AddHandler", IN_ANY, handler_conf, extensions,
	    struct extension_map, NULL, "name extension ...",
	    "what answers for files whose names have such an extension, "
	    "wherever it stands in the name and in any case: of several the "
	    "last one decides",
	    .differs =
		"with a handler that Drover lacks (cgi-script, "
		"type-map, php) they are answered by 501, and never sent",
	    .parse = parse_add_handler, .merge = extension_merge, .min_args = 2,
	    .max_args = -1, .repeats = true),
	DIRECTIVE_CUSTOM("RemoveHandler", IN_ANY, handler_conf, extensions,
	    struct extension_map, NULL, "extension ...",
	    "files with such an extension are files again",
	    .differs = "it holds below as well, where Apache forgets it as "
		       "soon as other directives for extensions follow there",
	    .parse = parse_remove_handler, .merge = extension_merge,
	    .min_args = 1, .max_args = -1, .repeats = true),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section handler_section = {
	.name = "handler",
	.rows = rows,
	.size = sizeof(struct handler_conf),
	.id = &section_id,
};

/* What the innermost scope that has a say says; NULL: none has. */
static const struct handler_choice *
find_extension(
    const struct extension_map *map, const struct extension *extension)
{
	const struct handler_choice *found = NULL;

	for (; map != NULL && found == NULL; map = map->outer)
		found = extension_find(map, extension);
	return found;
}

/* NULL: the name says nothing. */
static const struct handler_choice *
choose_by_name(const struct extension_map *map, struct span path)
{
	struct span list = extension_list(path);
	struct extension extension;
	const struct handler_choice *chosen = NULL;

	while (extension_next(&list, &extension)) {
		const struct handler_choice *found =
		    find_extension(map, &extension);

		if (found != NULL && !found->said.removed)
			chosen = found;
	}
	return chosen;
}

static const struct handler_choice *
choose_mapped(struct exchange *x)
{
	struct handler_choice *choice =
	    arena_calloc(&x->arena, 1, sizeof(*choice));

	if (choice != NULL)
		read_name(x->mapped_handler, choice);
	return choice;
}

/* Apart, so that those who have none of it pay next to nothing. */
__attribute__((cold, noinline)) static const struct handler_choice *
choose(struct exchange *x, const struct handler_conf *conf)
{
	const struct handler_choice *chosen;

	if (x->mapped_handler != NULL)
		return choose_mapped(x);
	chosen = choose_by_name(
	    extension_map_first(&conf->extensions), x->file_path);
	return chosen == NULL ? &conf->choice : chosen;
}

const struct handler_choice *
handler_choose(struct exchange *x)
{
	const struct handler_conf *conf = exchange_conf(x, &handler_section);

	if (conf->choice.named ||
	    (x->mapped_handler == NULL &&
		extension_map_first(&conf->extensions) == NULL))
		return &conf->choice;
	return choose(x, conf);
}
