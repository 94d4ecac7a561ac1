/* SPDX-License-Identifier: BSD-2-Clause */
/* Few variables are set and fewer asked for: a list does. */
#include "config.h"

#include "http/exchange_env.h"

/* Where the variable is linked; what is there is NULL if it is not set. */
static struct env_variable **
find(struct env_variable **link, struct span name)
{
	while (*link != NULL && !span_equal_nocase((*link)->name, name))
		link = &(*link)->next;
	return link;
}

struct span
exchange_env_get(const struct exchange *x, struct span name)
{
	struct env_variable *first = x->env;
	const struct env_variable *variable = *find(&first, name);

	return variable == NULL ? span_of(NULL, 0) : variable->value;
}

int
exchange_env_set(struct exchange *x, struct span name, struct span value)
{
	struct env_variable **link = find(&x->env, name);

	if (*link == NULL) {
		*link = arena_calloc(&x->arena, 1, sizeof(**link));
		if (*link == NULL)
			return -1;
		(*link)->name = name;
	}
	(*link)->value = value;
	return 0;
}

void
exchange_env_unset(struct exchange *x, struct span name)
{
	struct env_variable **link = find(&x->env, name);

	if (*link != NULL)
		*link = (*link)->next;
}
