/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A module: settings and hooks of one concern, one file in handlers/.  The
 * order of hooks is the order of MODULES in Makefile.am.
 */
#ifndef DROVER_HTTP_MODULE_H
#define DROVER_HTTP_MODULE_H

#include "conf/directive.h"
#include "http/exchange.h"

enum hook_result {
	HOOK_PASS,	/* not mine, or nothing against it */
	HOOK_DONE,	/* the response is set (a check: refused) */
	HOOK_WAIT,	/* exchange_ready() will be called, by a backend's
			 * event or the body's sink (body.h); then the same
			 * hook is called again */
	HOOK_AGAIN,	/* check and handle: file_path or uri.path now name
			 * what stands for the resource (a directory's index):
			 * its settings, check and handle are asked as well;
			 * and first its map, if file_path is empty */
};

/* Told of one place below which files are served. */
typedef void root_visit(const char *path, void *data);

struct module {
	const struct conf_section *conf;	/* NULL: no settings */
	/*
	 * SetHandler's name for it: its handle hook is asked where that says
	 * so, and nowhere else.  file_path may name a directory then, or
	 * nothing that is there, and its bytes are not to be sent.  NULL: it
	 * is asked wherever SetHandler names nobody.
	 */
	const char *handler;
	/* Its hooks are asked of requests only if a directive of these settings
	 * is used anywhere; NULL: always. */
	const struct conf_section *only_where_set;

	/* Of every request that could be read, whatever becomes of it; host's
	 * settings hold.  This and fixup may set a response: an error, or in
	 * fixup a redirect. */
	void (*begin)(struct exchange *);
	/*
	 * Host's settings hold.  May answer (redirects: DONE) or set
	 * file_path, root_path and uri_prefix (the first that does wins).
	 */
	enum hook_result (*map)(struct exchange *);
	/* Merged settings hold from here on.  DONE: refused, response set;
	 * or AGAIN. */
	enum hook_result (*check)(struct exchange *);
	/* Nothing is against it: the last word before it is handled. */
	void (*fixup)(struct exchange *);
	/* Answers, or PASS, or AGAIN.  The last resort is 404. */
	enum hook_result (*handle)(struct exchange *);
	/* Adds fields to any response, errors too, of which the status is
	 * final. */
	void (*decorate)(struct exchange *);
	/* In each worker, after the fork and before its sandbox; may be NULL. */
	int (*start)(const struct server_conf *, struct err *);
	/* Names all directories and single files, by absolute paths, below
	 * which it serves files; may be NULL. */
	void (*roots)(const struct server_conf *, root_visit *, void *data);
	/* Once a second in each worker (cache upkeep); may be NULL. */
	void (*tick)(void);
};

/* NULL-terminated; generated from MODULES. */
extern const struct module *const modules[];

/* Settings of the section that hold for the exchange now. */
static inline const void *
exchange_conf(const struct exchange *x, const struct conf_section *section)
{
	return settings_get(x->settings, section);
}

#endif
