/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may have what: Require, and what Apache 2.2 had in its place.  Both are
 * asked, and both have to agree; where Satisfy is Any one of them is enough.
 * Without any a request is granted, as in Apache 2.4.
 */
#include "config.h"

#include <strings.h>

#include "files/files.h"
#include "handlers/access_compat.h"
#include "handlers/require.h"
#include "http/module.h"

struct access_conf {
	struct require_rules require;
	struct compat_rules compat;
	bool authenticates;
	bool send_forbidden;
};

/* Nobody can show who he is: where only that would open something, for want of
 * any Require, Apache answers 500. */
static int
parse_auth_type(const struct directive_use *use, void *field)
{
	bool *authenticates = field;

	*authenticates = strcasecmp(use->args[0], "None") != 0;
	if (!*authenticates)
		return 0;
	return directive_unsupported(use, 0,
	    "Drover asks nobody for a password; with UnsupportedModules warn "
	    "what only a password opens is refused");
}

#define COMPAT_ROW(name_, preset_, syntax_, help_, ...) \
	DIRECTIVE_CUSTOM(name_, IN_DIRECTORY, access_conf, compat, \
	    struct compat_rules, preset_, syntax_, help_, \
	    .repeats = true, .in_limit = true, __VA_ARGS__)

#define CONTAINER_ROW(name_, help_) \
	DIRECTIVE_CUSTOM(name_, IN_DIRECTORY, access_conf, require, \
	    struct require_rules, NULL, "", help_, \
	    .parse = require_parse_container, .merge = require_merge, \
	    .repeats = true, .in_limit = true, .in_container = true, \
	    .container = true)

static const struct directive rows[] = {
	COMPAT_ROW("Allow", NULL,
	    "from all|address|address/mask|env=[!]variable ...",
	    "as in Apache 2.2: who is let in; see Order. New settings say it "
	    "with Require",
	    .differs = "names of hosts are errors, since a worker looks up "
		       "none",
	    .parse = compat_parse_allow, .min_args = 2, .max_args = -1),
	DIRECTIVE_CUSTOM("AuthMerging", IN_DIRECTORY, access_conf, require,
	    struct require_rules, NULL, "Off|And|Or",
	    "what becomes of the Require of the sections around this one: it "
	    "no longer holds (Off), has to be met as well (And), or may be met "
	    "instead (Or)",
	    .parse = require_parse_merging, .merge = require_merge,
	    .min_args = 1, .max_args = 1),
	DIRECTIVE_CUSTOM("AuthType", IN_DIRECTORY, access_conf, authenticates,
	    bool, "None", "None|Basic|Digest|Form",
	    "how a client shows who it is. Drover asks nobody for a password: "
	    "all but None is an error, or with UnsupportedModules warn what "
	    "has no Require that others meet is refused",
	    .parse = parse_auth_type, .min_args = 1, .max_args = 1),
	{ .name = "AuthzSendForbiddenOnFailure",
	    .contexts = IN_DIRECTORY,
	    .preset = "Off",
	    .syntax = "On|Off",
	    .no_effect = "nobody is asked for a password, and who is refused "
			 "gets 403 anyway",
	    DIRECTIVE_FIELD_(
		access_conf, send_forbidden, bool, DIRECTIVE_TYPE_FLAG) },
	COMPAT_ROW("Deny", NULL,
	    "from all|address|address/mask|env=[!]variable ...",
	    "as in Apache 2.2: who is kept out; see Order",
	    .differs = "names of hosts are errors, since a worker looks up "
		       "none",
	    .parse = compat_parse_deny, .min_args = 2, .max_args = -1),
	COMPAT_ROW("Order", NULL, "allow,deny|deny,allow|mutual-failure",
	    "as in Apache 2.2, whether Allow or Deny has the last word: with "
	    "allow,deny those get in that Allow names and Deny does not, with "
	    "deny,allow (the default) all but those that Deny names and Allow "
	    "does not. Require has to agree unless Satisfy is Any. A section "
	    "with any of Order, Allow, Deny and Satisfy replaces all four of "
	    "the sections around it",
	    .parse = compat_parse_order, .min_args = 1, .max_args = -1),
	DIRECTIVE_CUSTOM("Require", IN_DIRECTORY, access_conf, require,
	    struct require_rules, NULL,
	    "[not] all granted|all denied|local|ip address ...|env variable "
	    "...|method name ...|host localhost",
	    "who gets what is here: anybody, nobody, who asks from this "
	    "machine (all clients of a proxy on it do) or from an address, "
	    "whose request has a variable or a method. Of several one is "
	    "enough, unless they stand in <RequireAll>; those of a section "
	    "replace those of the sections around it, see AuthMerging",
	    .differs =
		"host but for localhost, forward-dns, expr, and what "
		"asks for passwords (valid-user, user, group) are errors; with "
		"UnsupportedModules warn they let nobody in",
	    .parse = require_parse, .merge = require_merge, .min_args = 1,
	    .max_args = -1, .repeats = true, .in_limit = true,
	    .in_container = true),
	CONTAINER_ROW("RequireAll",
	    "all in it have to be met; Require not has its place here"),
	CONTAINER_ROW("RequireAny",
	    "one of those in it has to be met, as everywhere outside of such "
	    "sections"),
	CONTAINER_ROW("RequireNone",
	    "keeps out who meets one of those in it; it lets nobody in by "
	    "itself and stands in <RequireAll>"),
	COMPAT_ROW("Satisfy", NULL, "All|Any",
	    "whether Require has to agree with Order, Allow and Deny, or one "
	    "of both is enough",
	    .parse = compat_parse_satisfy, .min_args = 1, .max_args = 1),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_authz_core.c",
	"mod_authz_host.c", "mod_access_compat.c", NULL };

static unsigned section_id;
static const struct conf_section access_section = {
	.name = "access",
	.rows = rows,
	.size = sizeof(struct access_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

/* In Apache's words: programs that watch the log know them. */
static void
report_denied(struct exchange *x, const char *module, const char *id)
{
	exchange_report(x, REPORT_ERROR, module,
	    "%s: client denied by server configuration: %s%.*s", id,
	    x->file_path.len > 0 ? "" : "uri ",
	    SPAN_ARG(
		x->file_path.len > 0 ? x->file_path : x->request.uri.path));
}

static bool
is_granted(const struct access_conf *conf, struct exchange *x)
{
	if (conf->authenticates && conf->require.merged == NULL)
		return false;
	return require_grants(&conf->require, x);
}

static enum hook_result
access_check(struct exchange *x)
{
	const struct access_conf *conf = exchange_conf(x, &access_section);
	bool compat = compat_grants(&conf->compat, x);
	bool any = compat_needs_one(&conf->compat, x);

	if ((compat && any) || ((compat || any) && is_granted(conf, x)))
		return HOOK_PASS;
	if (files_enter_directory(x))
		return HOOK_AGAIN;
	if (compat || any)
		report_denied(x, "authz_core", "AH01630");
	else
		report_denied(x, "access_compat", "AH01797");
	response_error(x, 403);
	return HOOK_DONE;
}

const struct module access_module = {
	.conf = &access_section,
	.check = access_check,
};
