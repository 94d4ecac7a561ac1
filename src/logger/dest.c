/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of one destination.  It is either well (writes at once), waiting
 * (the output is full: watched, or tried again a little later) or dropping
 * (it was full for too long: lines are counted only, until it takes the line
 * that says how many).  Each change of the queue changes the ledger with it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "logger/dest_private.h"

/* ---- what outlives us ---- */

/* All of the destination as it is now. */
static void
words_of(const struct dest *d, uint64_t words[LOG_STORE_WORDS])
{
	words[LOG_STORE_SPAN] = line_queue_span(&d->queue);
	words[LOG_STORE_APPENDED] = atomic_load(&d->ledger->appended);
	words[LOG_STORE_LOST] = atomic_load(&d->ledger->lost);
	words[LOG_STORE_UNSAID] = d->dropped;
}

void
dests_note(struct dest_group *g)
{
	struct log_store_control *c = g->store->control;
	uint64_t words[LOG_STORE_WORDS];
	struct list_node *node;
	uint32_t count = 0;
	int word;

	LIST_FOREACH (node, &g->touched) {
		struct dest *d = LIST_ENTRY(node, struct dest, touched);

		words_of(d, words);
		for (word = 0; word < LOG_STORE_WORDS; word++)
			log_store_set(&d->stored->next[word], words[word]);
		atomic_store(&c->dests[count++], (uint32_t)d->id);
	}
	atomic_store(&c->dest_count, count);
}

void
dests_apply(struct dest_group *g)
{
	struct list_node *node, *after;

	log_store_apply(g->store->control);
	LIST_FOREACH_SAFE (node, after, &g->touched) {
		line_queue_publish(
		    &LIST_ENTRY(node, struct dest, touched)->queue);
		list_remove(node);
	}
}

void
dest_keep(struct dest *d)
{
	struct log_store_control *c = d->group->store->control;

	if (!list_linked(&d->touched))
		list_append(&d->group->touched, &d->touched);
	/* The step under way, or the one of a logger before us, comes first. */
	if (d->group->reading || atomic_load(&c->step) != LOG_STORE_NOTHING)
		return;
	/* One from no ring. */
	atomic_store(&c->ring_count, 0);
	dests_note(d->group);
	log_store_set_step(c, LOG_STORE_ALL);
	dests_apply(d->group);
	log_store_set_step(c, LOG_STORE_NOTHING);
}

/* Where a logger before us left off. */
static bool
recover(struct dest *d)
{
	struct log_board_dest *row = d->ledger;
	uint64_t appended, lost, queued;

	d->text = log_store_map(d->group->store, d->id);
	if (d->group->store->text_fd == -1)
		log_store_set(&d->stored->now[LOG_STORE_SPAN], 0);
	if (d->text == NULL ||
	    !line_queue_init(&d->queue, d->text, LOG_STORE_TEXT,
		&d->stored->now[LOG_STORE_SPAN]))
		return false;
	queued = line_queue_count(&d->queue);
	appended = atomic_load(&d->stored->now[LOG_STORE_APPENDED]);
	lost = atomic_load(&d->stored->now[LOG_STORE_LOST]);
	if (d->group->store->text_fd == -1)
		lost = appended - atomic_load(&row->written);
	if (appended < lost + queued)
		appended = lost + queued;
	atomic_store(&row->appended, appended);
	atomic_store(&row->lost, lost);
	atomic_store(&row->queued, queued);
	atomic_store(&row->written, appended - lost - queued);
	d->dropped = atomic_load(&d->stored->now[LOG_STORE_UNSAID]);
	return true;
}

/* ---- birth and death ---- */

static void
output_ready(struct loop_source *source, uint32_t events)
{
	struct dest *d = LIST_ENTRY(source, struct dest, source);

	(void)events; /* an error shows at the next write */
	loop_remove(d->group->loop, &d->source);
	d->watched = false;
}

void
dest_stop_watching(struct dest *d)
{
	if (d->watched)
		loop_remove(d->group->loop, &d->source);
	d->watched = false;
}

void
dest_destroy(struct dest **d_p)
{
	struct dest *d = *d_p;

	*d_p = NULL;
	if (d == NULL)
		return;
	list_remove(&d->node);
	list_remove(&d->touched);
	dest_stop_watching(d);
	output_close(&d->output);
	line_queue_release(&d->queue);
	log_store_unmap(d->text);
	if (d->offered_fd != -1)
		close(d->offered_fd);
	free(d->offered_name);
	free(d->name);
	free(d);
}

/* ---- full, and for how long ---- */

static void
count_dropped(struct dest *d, size_t lines)
{
	dest_count(&d->ledger->lost, lines);
	dest_count(&d->ledger->queued, -(uint64_t)lines);
	d->dropped += lines;
	dest_keep(d);
}

static void
tell_full(struct dest *d, bool full)
{
	atomic_store_explicit(&d->ledger->full, full, memory_order_relaxed);
}

static void
set_dropping(struct dest *d, bool dropping)
{
	d->dropping = dropping;
	atomic_store_explicit(
	    &d->ledger->dropping, dropping, memory_order_relaxed);
}

struct dest *
dest_create(struct dest_group *group, struct log_board *board, int id)
{
	struct dest *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	list_node_init(&d->node);
	list_node_init(&d->touched);
	d->group = group;
	d->ledger = &board->dest[id];
	d->stored = &board->store.control->dest[id];
	d->id = id;
	d->offered_fd = -1;
	output_init(&d->output);
	d->source.fd = -1;
	d->source.ready = output_ready;
	if (!recover(d)) {
		dest_destroy(&d);
		return NULL;
	}
	set_dropping(d, d->dropped > 0);
	tell_full(d, false);
	if (d->dropping || line_queue_count(&d->queue) > 0)
		list_append(&group->busy, &d->node);
	return d;
}

const char *
dest_name(const struct dest *d)
{
	if (d->kind == LOG_DEST_STDOUT || d->kind == LOG_DEST_STDERR)
		return d->kind == LOG_DEST_STDOUT ? "stdout" : "stderr";
	if (d->kind == LOG_DEST_SYSLOG)
		return "syslog";
	if (d->kind == LOG_DEST_JOURNAL)
		return "the journal";
	return d->name != NULL ? d->name : d->offered_name;
}

static void
start_dropping(struct dest *d)
{
	set_dropping(d, true);
	count_dropped(d, line_queue_drop(&d->queue));
	tell_full(d, false);
	/* Comes back to dest_add if this is the error log: it counts it. */
	report(REPORT_ERROR, "logger",
	    "%s takes no lines, they are dropped and counted", dest_name(d));
}

static bool
end_dropping(struct dest *d)
{
	uint64_t dropped = d->dropped;

	/* First the rest of a line that is half out. */
	if (!dest_write_queue(d) || !dest_write_loss(d))
		return false;
	set_dropping(d, false);
	d->dropped = 0;
	d->stuck_since_ms = 0;
	dest_keep(d);
	report(REPORT_WARN, "logger", "%s takes lines again, %llu are lost",
	    dest_name(d), (unsigned long long)dropped);
	return true;
}

static bool
may_try(const struct dest *d)
{
	return d->output.way != OUTPUT_NONE && !d->watched &&
	       d->retry_at_ms <= clock_now_ms();
}

bool
dest_is_idle(const struct dest *d)
{
	return d->dropping || line_queue_count(&d->queue) == 0;
}

int64_t
dest_service(struct dest *d)
{
	struct dest_group *g = d->group;
	size_t len;

	if (may_try(d) && (!d->dropping || end_dropping(d)))
		(void)dest_write_queue(d);
	if (!d->dropping && d->stuck_since_ms != 0 &&
	    clock_now_ms() - d->stuck_since_ms >= g->stuck_ms)
		start_dropping(d);
	len = line_queue_len(&d->queue);
	if (len < g->soft / 2)
		tell_full(d, false);
	if (len == 0 && !d->dropping) {
		list_remove(&d->node);
		return INT64_MAX;
	}
	if (!d->watched && d->output.way != OUTPUT_NONE)
		return d->retry_at_ms;
	return d->dropping || d->stuck_since_ms == 0
		   ? INT64_MAX
		   : d->stuck_since_ms + g->stuck_ms;
}

/* False: there is no room, or no memory. */
static bool
enqueue(struct dest *d, struct span line)
{
	size_t len = line_queue_len(&d->queue) + line.len;

	if (len >= d->group->hard || !line_queue_add(&d->queue, line))
		return false;
	dest_count(&d->ledger->queued, 1);
	if (len >= d->group->soft)
		tell_full(d, true);
	return true;
}

void
dest_add(struct dest *d, struct span line)
{
	dest_count(&d->ledger->appended, 1);
	if (d->name == NULL && !d->offered) {
		dest_count(&d->ledger->lost, 1);
		dest_keep(d);
		return;
	}
	if (!list_linked(&d->node))
		list_append(&d->group->busy, &d->node);
	if (!d->dropping) {
		if (enqueue(d, line)) {
			dest_keep(d);
			return;
		}
		start_dropping(d);
	}
	dest_count(&d->ledger->lost, 1);
	d->dropped++;
	dest_keep(d);
}

int
dest_offer(struct dest *d, enum log_dest_kind kind, const char *name, int fd)
{
	char *copy = strdup(name);

	if (copy == NULL) {
		if (fd != -1)
			close(fd);
		return -1;
	}
	if (d->offered_fd != -1)
		close(d->offered_fd);
	free(d->offered_name);
	d->offered = true;
	d->offered_kind = kind;
	d->offered_name = copy;
	d->offered_fd = fd;
	return 0;
}

/* Closed for good: nobody is left to whom the rest could be written. */
static void
retire(struct dest *d)
{
	count_dropped(d, line_queue_drop(&d->queue));
	set_dropping(d, false);
	d->dropped = 0;
	dest_keep(d);
	free(d->name);
	d->name = NULL;
	list_remove(&d->node);
	tell_full(d, false);
}

void
dest_end(struct dest *d)
{
	line_queue_rewind(&d->queue);
	if (line_queue_count(&d->queue) > 0)
		count_dropped(d, line_queue_drop(&d->queue));
}

/* Of the output that has taken half a line, if any. */
static bool
is_other_output(struct dest *d, int fd)
{
	struct stat st = { 0 };
	bool other = fd == -1 || fstat(fd, &st) == -1 ||
		     st.st_dev != atomic_load(&d->stored->dev) ||
		     st.st_ino != atomic_load(&d->stored->ino);

	log_store_set(&d->stored->dev, st.st_dev);
	log_store_set(&d->stored->ino, st.st_ino);
	return other;
}

void
dest_commit(struct dest *d, uint64_t serial)
{
	if (!d->offered)
		return;
	d->serial = serial;
	dest_stop_watching(d);
	if (is_other_output(d, d->offered_fd))
		line_queue_rewind(&d->queue);
	output_set(&d->output, d->offered_kind, d->offered_fd);
	free(d->name);
	d->name = d->offered_name;
	d->kind = d->offered_kind;
	d->offered = false;
	d->offered_name = NULL;
	d->offered_fd = -1;
	d->stuck_since_ms = d->retry_at_ms = 0;
	if (d->kind == LOG_DEST_SYSLOG)
		syslog_form_init(&d->syslog, d->name);
	if (d->output.way == OUTPUT_NONE)
		retire(d);
}
