/* SPDX-License-Identifier: BSD-2-Clause */
/* How the server is, as the master itself sees it. */
#include "config.h"

#include "base/arena.h"
#include "ipc/status_view.h"
#include "log/log_conf.h"
#include "log/log_override.h"
#include "master/control_private.h"
#include "master/master.h"

/* All workers of the largest server and their requests. */
#define MEMORY_MAX (1024 * 1024)
#define TEXT_MAX (8 * 1024 * 1024)

static bool
take(struct master *m, struct arena *arena, struct status_view *v)
{
	const struct server_conf *conf = m->current->conf;
	const char **listens =
	    arena_calloc(arena, conf->listen_count + 1, sizeof(*listens));
	size_t i;

	if (listens == NULL)
		return false;
	for (i = 0; i < conf->listen_count; i++)
		listens[i] = conf->listens[i].name;
	notices_update(m);
	return status_view_take(v, arena,
	    &(struct status_source){ .scoreboard = &m->children.scoreboard,
		.ledger = &m->board,
		.destinations = log_destinations(conf),
		.listens = listens,
		.log_levels = log_override_words() },
	    true);
}

enum control_step
control_status(struct control_conn *c, struct err *text)
{
	struct status_view view;
	struct arena arena;
	struct buf out;
	bool taken;

	arena_init(&arena, NULL, 0, MEMORY_MAX);
	buf_init(&out, TEXT_MAX);
	taken = take(c->master, &arena, &view);
	if (taken && c->request.argument.len > 0)
		status_print_json(&out, &view);
	else if (taken)
		status_print_text(&out, &view);
	if (taken && !buf_failed(&out))
		control_say(c, CONTROL_TEXT, buf_span(&out));
	else
		err_set(text, "out of memory");
	taken = taken && !buf_failed(&out);
	buf_release(&out);
	arena_release(&arena);
	return taken ? CONTROL_STEP_DONE : CONTROL_STEP_FAILED;
}

unsigned
control_connections(const struct master *m)
{
	const struct scoreboard *board = &m->children.scoreboard;
	unsigned used = scoreboard_used(board), count = 0, i;
	const struct worker_slot *slot;

	for (i = 0; i < used; i++) {
		slot = scoreboard_slot(board, i);
		if (atomic_load(&slot->state) != WORKER_FREE)
			count += atomic_load(&slot->connections);
	}
	return count;
}
