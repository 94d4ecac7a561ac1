/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Require all granted, Require all denied, Require local.  Without any Require
 * a request is granted, as in Apache 2.4; those of an inner section replace the
 * outer ones; of several in one section one that grants is enough (RequireAny).
 */
#include "config.h"

#include <netinet/in.h>
#include <strings.h>

#include "files/files.h"
#include "http/module.h"

/* Sets of METHOD_BITs: <Limit> makes rules for some methods.  A method that is
 * in none has no Require. */
struct access_rules {
	unsigned nobody, all, local;
};

struct access_conf {
	struct access_rules require;
};

/* As in Apache a rule for GET or HEAD is one for both. */
static unsigned
limited_methods(const struct conf_limit *limit)
{
	const unsigned get_head =
	    METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_HEAD);
	unsigned set = 0;

	if (limit == NULL)
		return ~0u;
	for (int i = 0; i < limit->method_count; i++) {
		enum method method = method_find(span_str(limit->methods[i]));

		/* Of a method that is not known there is no request. */
		if (method != METHOD_UNKNOWN)
			set |= METHOD_BIT(method);
	}
	if ((set & get_head) != 0)
		set |= get_head;
	return limit->except ? ~set : set;
}

/* A rule that is not understood must not be passed over: it would open what
 * it is to close. */
static int
parse_require(const struct directive_use *use, void *field)
{
	struct access_rules *require = field;
	unsigned methods = limited_methods(use->limit);

	if (strcasecmp(use->args[0], "local") == 0 && use->arg_count == 1) {
		require->local |= methods;
		return 0;
	}
	if (strcasecmp(use->args[0], "all") != 0 || use->arg_count != 2)
		return directive_error(use, 0,
		    "only \"all granted\", \"all denied\" and \"local\" are "
		    "supported");
	if (strcasecmp(use->args[1], "granted") == 0)
		require->all |= methods;
	else if (strcasecmp(use->args[1], "denied") == 0)
		require->nobody |= methods;
	else
		return directive_error(
		    use, 1, "neither \"granted\" nor \"denied\"");
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("Require", IN_DIRECTORY, access_conf, require,
	    struct access_rules, NULL, "all granted|all denied|local",
	    "who gets what is here: anybody, nobody, or who asks from this "
	    "machine (all clients of a proxy on it do)",
	    .parse = parse_require, .min_args = 1, .max_args = -1,
	    .repeats = true, .in_limit = true),
	{ .name = NULL },
};

static const char *const apache_modules[] = { "mod_authz_core.c",
	"mod_authz_host.c", NULL };

static unsigned section_id;
static const struct conf_section access_section = {
	.name = "access",
	.rows = rows,
	.size = sizeof(struct access_conf),
	.id = &section_id,
	.apache_modules = apache_modules,
};

static bool
is_loopback(const struct addr *addr)
{
	if (addr->any.sa_family == AF_INET)
		return ntohl(addr->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return addr->any.sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(&addr->v6.sin6_addr);
}

/* As in Apache: from 127.0.0.0/8 or ::1, or from the address that it came
 * to. */
static bool
is_local(const struct exchange_peer *peer)
{
	return is_loopback(&peer->remote) ||
	       addr_equal_ip(&peer->remote, &peer->local);
}

static enum hook_result
access_check(struct exchange *x)
{
	const struct access_conf *conf = exchange_conf(x, &access_section);
	const struct access_rules *require = &conf->require;
	unsigned method = METHOD_BIT(x->request.method);
	unsigned ruled = require->nobody | require->all | require->local;

	if (!(ruled & method) || (require->all & method) ||
	    ((require->local & method) && is_local(x->peer)))
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
