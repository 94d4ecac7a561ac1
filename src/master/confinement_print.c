/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sandbox in words, from the very tables and roots that make it.
 */
#include "config.h"

#include <string.h>

#include "logger/logger_sandbox.h"
#include "master/confinement.h"
#include "master/master_conf.h"
#include "worker/worker.h"
#include "worker/worker_sandbox.h"

#define WIDTH 78

/* ---- calls ---- */

struct call_printer {
	struct buf *out;
	size_t column; /* 0: nothing stands yet */
};

static void
print_word(struct call_printer *p, struct span word)
{
	bool breaks = p->column + 2 + word.len > WIDTH;

	if (p->column > 0)
		buf_add_str(p->out, breaks ? ",\n" : ", ");
	if (p->column == 0 || breaks) {
		buf_add_str(p->out, "    ");
		p->column = 4;
	} else {
		p->column += 2;
	}
	buf_add_span(p->out, word);
	p->column += word.len;
}

/* Rows of one name stand together: "madvise (giving back; large pages)". */
static const struct sandbox_call *
print_call(struct call_printer *p, const struct sandbox_call *call)
{
	const char *name = call->name, *how = NULL;
	struct buf word;

	buf_init(&word, 1024);
	buf_add_str(&word, name);
	for (; call->name != NULL && strcmp(call->name, name) == 0; call++) {
		if (call->how == NULL ||
		    (how != NULL && strcmp(call->how, how) == 0))
			continue;
		buf_printf(&word, how == NULL ? " (%s" : "; %s", call->how);
		how = call->how;
	}
	if (how != NULL)
		buf_add_char(&word, ')');
	if (sandbox_call_exists(name))
		print_word(p, buf_span(&word));
	buf_release(&word);
	return call;
}

static void
print_calls(struct buf *out, const struct sandbox_role *role)
{
	struct call_printer p = { out, 0 };
	const struct sandbox_call *call;

	buf_printf(out, "  The %s may call\n", role->name);
	for (call = role->calls; call->name != NULL;)
		call = print_call(&p, call);
	for (call = sandbox_common_calls; call->name != NULL;)
		call = print_call(&p, call);
	buf_add_char(out, '\n');
}

/* ---- files ---- */

static void
print_root(const char *path, void *data)
{
	buf_printf(data, "    %s\n", path);
}

static void
print_roots(struct buf *out, const struct server_conf *conf)
{
	buf_add_str(out, "  The worker may read\n");
	worker_roots(conf, print_root, out);
	buf_add_str(out, "  The logger may open nothing\n");
}

/* ---- the kernel ---- */

/* What older versions of Landlock leave to the filter. */
static void
print_older(struct buf *out, const struct sandbox_support *s)
{
	static const struct {
		int abi;
		const char *what;
	} news[] = {
		{ SANDBOX_ABI_TRUNCATE, "cutting files off" },
		{ SANDBOX_ABI_TCP, "binding and connecting of TCP" },
		{ SANDBOX_ABI_DEVICES, "control of devices" },
		{ SANDBOX_ABI_SCOPES, "signals and abstract sockets" },
	};

	for (size_t i = 0; i < sizeof(news) / sizeof(news[0]); i++)
		if (s->landlock_abi < news[i].abi)
			buf_printf(out, "    %s: %s\n", news[i].what,
			    s->seccomp ? "by the filter of system calls alone"
				       : "not refused");
}

static void
print_kernel(struct buf *out, const struct sandbox_support *s)
{
	char missing[SANDBOX_TEXT];

	if (s->landlock_abi > 0)
		buf_printf(out, "  Kernel: Landlock, version %d%s\n",
		    s->landlock_abi, s->seccomp ? "; seccomp" : "");
	else
		buf_printf(out, "  Kernel: %s\n",
		    s->seccomp ? "seccomp" : "neither Landlock nor seccomp");
	if (sandbox_lacks(s, missing))
		buf_printf(out, "  Cannot be enforced: %s\n", missing);
	else
		buf_add_str(out, "  Cannot be enforced: nothing is missing\n");
	if (s->landlock_abi > 0)
		print_older(out, s);
	if (s->seccomp && !s->names_calls)
		buf_add_str(
		    out, "    the error log does not name what is refused\n");
}

void
confinement_print(const struct server_conf *conf, struct buf *out)
{
	static const char *const modes[] = {
		[SANDBOX_OFF] = "off",
		[SANDBOX_ON] = "on",
		[SANDBOX_REQUIRE] = "require",
	};
	int mode = master_conf_get(conf)->sandbox;
	struct sandbox_support support;

	buf_printf(out, "Sandbox: %s\n", modes[mode]);
	sandbox_probe(&support);
	print_kernel(out, &support);
	if (mode == SANDBOX_OFF)
		return;
	print_roots(out, conf);
	print_calls(out, &worker_sandbox_role);
	print_calls(out, &logger_sandbox_role);
}
