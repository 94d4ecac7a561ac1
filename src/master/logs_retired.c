/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log files that were replaced, and that the logger may still write to: they
 * are held until it has swapped.  Should it be killed before, how far its last
 * write came shows in the offset of the file that it had.
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "master/logs_private.h"

void
logs_retire(struct logs *logs, struct log_slot *t)
{
	struct log_retired *more = NULL;

	if (t->kind == LOG_DEST_FILE && t->outlet.fd >= 0)
		more = reallocarray(
		    logs->retired, logs->retired_count + 1, sizeof(*more));
	if (more != NULL) {
		logs->retired = more;
		more[logs->retired_count++] = (struct log_retired){
			.fd = t->outlet.fd,
			.number = t->number,
			.serial = t->serial,
			.until = logs->logger->serial + 1,
		};
		t->outlet.fd = -1;
	}
	logs_let_go(logs, &t->outlet);
}

void
logs_release_retired(struct logs *logs, uint64_t serial)
{
	unsigned i = 0;

	while (i < logs->retired_count) {
		if (logs->retired[i].until > serial) {
			i++;
			continue;
		}
		close(logs->retired[i].fd);
		logs->retired[i] = logs->retired[--logs->retired_count];
	}
	if (logs->retired_count > 0)
		return;
	free(logs->retired);
	logs->retired = NULL;
}

/* The file that came to the destination with that serial; -1: none. */
static int
file_of(const struct logs *logs, unsigned number, uint64_t serial)
{
	const struct log_slot *t = logs->targets[number];
	unsigned i;

	if (t != NULL && t->kind == LOG_DEST_FILE && t->serial == serial)
		return t->outlet.fd;
	for (i = 0; i < logs->retired_count; i++)
		if (logs->retired[i].number == number &&
		    logs->retired[i].serial == serial)
			return logs->retired[i].fd;
	return -1;
}

void
logs_logger_died(struct logs *logs)
{
	struct log_store_control *c = logs->board->store.control;
	unsigned i;

	for (i = 0; i < logs->count; i++)
		log_store_settle(&c->dest[i],
		    file_of(logs, i, atomic_load(&c->dest[i].serial)));
}
