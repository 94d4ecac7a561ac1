/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The site of tests of workers: its module is the only one of modules[].  A
 * number in the query is the size of the body.
 *
 *	/hello		hello
 *	/memory?N	N bytes in memory
 *	/file?N		a range of a file
 *	/pieces?N	pulled, as much at once as is wanted; chunked
 *	/wait		a hook that waits for worker_site_go(), then hello
 *	/pauses		two pieces, each after a worker_site_go()
 *	/fails		half of what is announced, then an error
 *	/upload		takes the body, then says how long it was
 *	/close		hello, and the connection ends
 *
 * Bytes of bodies are a to z again and again.
 */
#ifndef UNIT_WORKER_SITE_H
#define UNIT_WORKER_SITE_H

#include <stdbool.h>
#include <stddef.h>

struct exchange;

/* The latest exchange that waits, or waited; NULL once it is released. */
extern struct exchange *worker_site_waiting;
/* What a backend does: exchange_ready() for the one that waits. */
void worker_site_go(void);
/* The file behind /file is so long from now on; it begins with MAX bytes. */
#define WORKER_SITE_FILE_MAX (4 * 1024 * 1024)
void worker_site_cut_file(size_t len);
/* Sources that were opened and not closed again. */
extern unsigned worker_site_open_bodies;

#endif
