/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small site for tests of the HTTP/1 framing: one page for each way in
 * which a handler may answer or take a body.
 *
 *	/		"hello\n" from memory
 *	/empty		a body of no bytes
 *	/204 /304	what has no body
 *	/close		closes the connection
 *	/dated		with an ETag and a Last-Modified
 *	/block		fields from a ready-made block
 *	/fields		fields of its own, some of which must not get through
 *	/pieces		"one", "two", "three" of unknown length
 *	/pauses		the same, waiting in between
 *	/known		"hello world" pulled, its length known
 *	/file		3000 bytes of a file
 *	/fails		"one", then an error
 *	/short		4 bytes where 10 were announced
 *	/upload		takes the body, answers with it
 *	/slow		the same with a sink that takes 3 bytes a call at most
 *	/refuse		413 after 4 bytes of the body
 *	/early		takes the body, answers at once
 *	/stuck		takes nothing and never answers
 */
#ifndef UNIT_H1_SITE_H
#define UNIT_H1_SITE_H

#include "framing_driver.h"

/* The framing's settings and those of http, as the text sets them. */
struct server_conf *h1_site_conf(const char *text);
/* For driver_init; sets driver->again as well. */
void h1_site(struct driver *, struct exchange *);

/*
 * Sends the input under that script through a connection with the site until
 * nothing moves.  The result is what the peer got (without Server and Date),
 * the log and the end, as one text in to.
 */
struct site_run {
	const struct server_conf *conf;
	struct memory_script script; /* the input and how it comes */
	size_t limit;		     /* of a batch; 0: the usual */
	struct buf text;	     /* of the peer */
	struct buf log;
	const char *end;
	unsigned batches;
};
void h1_site_run(struct site_run *);
void h1_site_run_release(struct site_run *);

#endif
