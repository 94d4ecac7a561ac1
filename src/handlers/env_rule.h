/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rule of SetEnvIf: if something of a request matches, variables are set.
 * setenvif.c reads and chooses them.
 */
#ifndef DROVER_HANDLERS_ENV_RULE_H
#define DROVER_HANDLERS_ENV_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/regex.h"
#include "base/span.h"

struct exchange;
struct env_rule;

/* What is matched; ptr NULL: the request has no such thing. */
typedef struct span env_subject(struct exchange *, const struct env_rule *);

/* A variable that is set, or unset. */
struct env_effect {
	struct span name;
	struct span value;
	bool unset;
	bool has_groups;	/* $1 ... are to be put in, and \$ is $ */
};

struct env_rule {
	env_subject *subject;
	struct span name;		/* of a header */
	const struct regex *names;	/* of headers, or NULL */
	const struct regex *regex;
	const struct env_effect *effects;
	size_t effect_count;
	bool in_section;
};

/* Of Request_URI and the other attributes, any case; NULL: it is none. */
env_subject *env_rule_attribute(const char *name);
/* A header; where there is none, a variable that was set before. */
env_subject env_rule_header;
/* As in Apache the last header whose name matches; unlike there in any case,
 * since a client may write it as it likes. */
env_subject env_rule_header_by_pattern;

/* What is not there is matched as if it was empty. */
void env_rule_run(struct exchange *, const struct env_rule *);

#endif
