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

static struct span
get(struct env_variable *first, struct span name)
{
	const struct env_variable *variable = *find(&first, name);

	return variable == NULL ? span_of(NULL, 0) : variable->value;
}

static int
set(struct arena *arena, struct env_variable **first, struct span name,
    struct span value)
{
	struct env_variable **link = find(first, name);

	if (*link == NULL) {
		*link = arena_calloc(arena, 1, sizeof(**link));
		if (*link == NULL)
			return -1;
		(*link)->name = name;
	}
	(*link)->value = value;
	return 0;
}

struct span
exchange_env_get(const struct exchange *x, struct span name)
{
	return get(x->env, name);
}

int
exchange_env_set(struct exchange *x, struct span name, struct span value)
{
	return set(&x->arena, &x->env, name, value);
}

struct span
exchange_note_get(const struct exchange *x, struct span name)
{
	return get(x->notes, name);
}

int
exchange_note_set(struct exchange *x, struct span name, struct span value)
{
	return set(&x->arena, &x->notes, name, value);
}

void
exchange_env_unset(struct exchange *x, struct span name)
{
	struct env_variable **link = find(&x->env, name);

	if (*link != NULL)
		*link = (*link)->next;
}
