/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The row of SetHandler.  Its names are those that modules[] have: one that is
 * not among them cannot be passed over, since then the file itself would be
 * sent, which may be a script with a password in it.
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

static int
parse_handler(const struct directive_use *use, void *field)
{
	struct handler_choice *choice = field;
	const char *name = use->args[0];

	*choice = (struct handler_choice){ NULL, false };
	if (strcasecmp(name, "none") == 0 ||
	    strcasecmp(name, "default-handler") == 0)
		return 0;
	choice->module = find_handler(name);
	choice->lacking = choice->module == NULL;
	return choice->lacking ? refuse_name(use) : 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("SetHandler", IN_ANY, handler_conf, choice,
	    struct handler_choice, "none", "name|none",
	    "what answers here, be there a file or not: none (files do), echo "
	    "or server-status; both show what is not for all to see",
	    .parse = parse_handler, .min_args = 1, .max_args = 1),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section handler_section = {
	.name = "handler",
	.rows = rows,
	.size = sizeof(struct handler_conf),
	.id = &section_id,
};
