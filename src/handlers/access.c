/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Require all granted, Require all denied.  Without any Require a request is
 * granted, as in Apache 2.4; those of an inner section replace the outer ones;
 * of several in one section one that grants is enough (RequireAny).
 */
#include "config.h"

#include <strings.h>

#include "files/files.h"
#include "http/module.h"

enum access {
	ACCESS_UNSET,
	ACCESS_DENIED,
	ACCESS_GRANTED,
};

struct access_conf {
	int require; /* enum access */
};

/* A rule that is not understood must not be passed over: it would open what
 * it is to close. */
static int
parse_require(const struct directive_use *use, void *field)
{
	int *require = field;
	int access;

	if (strcasecmp(use->args[0], "all") != 0 || use->arg_count != 2)
		return directive_error(use, 0,
		    "only \"all granted\" and \"all denied\" are supported");
	if (strcasecmp(use->args[1], "granted") == 0)
		access = ACCESS_GRANTED;
	else if (strcasecmp(use->args[1], "denied") == 0)
		access = ACCESS_DENIED;
	else
		return directive_error(
		    use, 1, "neither \"granted\" nor \"denied\"");
	if (access > *require)
		*require = access;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("Require", IN_DIRECTORY, access_conf, require, int,
	    NULL, "all granted|denied", "who may have what is here",
	    .parse = parse_require, .min_args = 1, .max_args = -1,
	    .repeats = true),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_authz_core.c", NULL };

static unsigned section_id;
static const struct conf_section access_section = {
	.name = "access",
	.rows = rows,
	.size = sizeof(struct access_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

static enum hook_result
access_check(struct exchange *x)
{
	const struct access_conf *conf = exchange_conf(x, &access_section);

	if (conf->require != ACCESS_DENIED)
		return HOOK_PASS;
	if (files_enter_directory(x))
		return HOOK_AGAIN;
	exchange_report(x, REPORT_ERROR, "authz_core",
	    "AH01630: client denied by server configuration: %s%.*s",
	    x->file_path.len > 0 ? "" : "uri ",
	    SPAN_ARG(
		x->file_path.len > 0 ? x->file_path : x->request.uri.path));
	response_error(x, 403);
	return HOOK_DONE;
}

const struct module access_module = {
	.conf = &access_section,
	.check = access_check,
};
