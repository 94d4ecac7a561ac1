/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of the logger's queues.  One file has the text of all; it is as large
 * as it may ever be, and has pages only where lines are.
 */
#include "config.h"

#include "ipc/log_store.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int
create_text(void)
{
	const size_t size = LOG_STORE_TEXT * LOG_DEST_MAX;
	struct rlimit limit;

	/* To go beyond it is a signal. */
	if (getrlimit(RLIMIT_FSIZE, &limit) == -1 ||
	    (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < size))
		return -1;
	return shm_file("drover-queues", size);
}

int
log_store_create(struct log_store *store)
{
	store->text_fd = -1;
	if (shm_create(&store->shm, "drover-store",
		sizeof(struct log_store_control)) == -1)
		return -1;
	store->control = store->shm.memory;
	store->text_fd = create_text();
	return 0;
}

void
log_store_release(struct log_store *store)
{
	shm_release(&store->shm);
	if (store->text_fd != -1)
		close(store->text_fd);
	store->text_fd = -1;
	store->control = NULL;
}

char *
log_store_map(const struct log_store *store, int dest)
{
	int flags =
	    store->text_fd == -1 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	void *text = mmap(NULL, LOG_STORE_TEXT, PROT_READ | PROT_WRITE,
	    flags | MAP_NORESERVE, store->text_fd,
	    store->text_fd == -1 ? 0 : (off_t)LOG_STORE_TEXT * dest);

	return text == MAP_FAILED ? NULL : text;
}

void
log_store_unmap(char *text)
{
	if (text != NULL)
		munmap(text, LOG_STORE_TEXT);
}

void
log_store_forget(struct log_store_dest *d)
{
	log_store_set(&d->now[LOG_STORE_SPAN], 0);
	log_store_set(&d->now[LOG_STORE_UNSAID], 0);
}

void
log_store_apply(struct log_store_control *c)
{
	uint32_t i, count = atomic_load(&c->dest_count);
	int word;

	for (i = 0; i < count && i < LOG_DEST_MAX; i++) {
		uint32_t id = atomic_load(&c->dests[i]) % LOG_DEST_MAX;
		struct log_store_dest *d = &c->dest[id];

		for (word = 0; word < LOG_STORE_WORDS; word++)
			log_store_set(
			    &d->now[word], atomic_load(&d->next[word]));
	}
}

void
log_store_begin(struct log_store_dest *d, enum log_store_act act,
    uint64_t file_size, uint64_t len)
{
	uint64_t span = atomic_load(&d->now[LOG_STORE_SPAN]);
	uint32_t from = (uint32_t)(span >> 32);

	if (act == LOG_STORE_CUTTING)
		from -= (uint32_t)len;
	atomic_store_explicit(&d->from, from, memory_order_release);
	log_store_set(&d->len, len);
	log_store_set(&d->file_size, file_size);
	atomic_store_explicit(&d->act, act, memory_order_release);
}

/* How many bytes of the write went.  Others who write to the file make the
 * offset larger than ours alone would, so it is bounded. */
static uint64_t
bytes_gone(const struct log_store_dest *d, int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR);
	uint64_t before = atomic_load(&d->file_size);
	uint64_t len = atomic_load(&d->len);

	if (at == -1 || (uint64_t)at <= before)
		return 0;
	return (uint64_t)at - before < len ? (uint64_t)at - before : len;
}

void
log_store_settle(struct log_store_dest *d, int fd)
{
	uint64_t end = (uint32_t)atomic_load(&d->now[LOG_STORE_SPAN]);
	uint64_t start = atomic_load(&d->from);
	uint32_t act = atomic_load(&d->act);
	struct stat st;

	if (act == LOG_STORE_WRITING && fd != -1)
		log_store_set(&d->now[LOG_STORE_SPAN],
		    (start + bytes_gone(d, fd)) << 32 | end);
	else if (act == LOG_STORE_CUTTING && fd != -1 && fstat(fd, &st) == 0 &&
		 (uint64_t)st.st_size <= atomic_load(&d->file_size))
		log_store_set(&d->now[LOG_STORE_SPAN], start << 32 | end);
	log_store_end(d);
}
