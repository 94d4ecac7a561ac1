/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AllowMethods: which methods a part of the server takes, whatever could be
 * done there otherwise.  It takes away, and adds nothing.
 */
#include "config.h"

#include <strings.h>

#include "files/files.h"
#include "http/module.h"

struct allow_methods_conf {
	unsigned methods; /* METHOD_BITs; 0: all */
};

/* As in Apache: "reset" takes back what came before it, also of outer
 * scopes, and GET stands for HEAD as well. */
static int
parse_methods(const struct directive_use *use, void *field)
{
	unsigned *methods = field;

	if (use->arg_count == 1 && strcasecmp(use->args[0], "reset") == 0) {
		*methods = 0;
		return 0;
	}
	for (int i = 0; i < use->arg_count; i++) {
		enum method method = method_find(span_str(use->args[i]));

		if (strcasecmp(use->args[i], "reset") == 0)
			return directive_error(use, i,
			    "reset stands alone: it takes back all methods");
		if (method == METHOD_UNKNOWN)
			return directive_error(use, i,
			    "\"%s\" is no method that Drover knows; they are "
			    "written in capitals",
			    use->args[i]);
		if (method == METHOD_TRACE)
			return directive_error(
			    use, i, "TRACE is TraceEnable's to allow");
		*methods |= METHOD_BIT(method);
		if (method == METHOD_GET || method == METHOD_HEAD)
			*methods |=
			    METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_HEAD);
	}
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("AllowMethods", IN_DIRECTORY, allow_methods_conf,
	    methods, unsigned, NULL, "reset|method ...",
	    "the methods that are taken here, others get 405; reset: all",
	    .parse = parse_methods, .min_args = 1, .max_args = -1,
	    .repeats = true),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_allowmethods.c", NULL };

static unsigned section_id;
static const struct conf_section allow_methods_section = {
	.name = "allow_methods",
	.rows = rows,
	.size = sizeof(struct allow_methods_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

static enum hook_result
allow_methods_check(struct exchange *x)
{
	const struct allow_methods_conf *conf =
	    exchange_conf(x, &allow_methods_section);
	bool has_file = x->file_path.len > 0;

	x->methods = conf->methods;
	if (conf->methods == 0 ||
	    (conf->methods & METHOD_BIT(x->request.method)) != 0)
		return HOOK_PASS;
	if (files_enter_directory(x))
		return HOOK_AGAIN;
	exchange_report(x, REPORT_ERROR, "allowmethods",
	    "AH01623: client method denied by server configuration: '%.*s' to "
	    "%s%.*s",
	    SPAN_ARG(x->request.method_text), has_file ? "" : "uri ",
	    SPAN_ARG(has_file ? x->file_path : x->request.uri.path));
	/* No module does more than these. */
	response_methods(
	    x, conf->methods & (METHODS_READ | METHOD_BIT(METHOD_POST)));
	return HOOK_DONE;
}

const struct module allow_methods_module = {
	.conf = &allow_methods_section,
	.only_where_set = &allow_methods_section,
	.check = allow_methods_check,
};
