/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The body of a request: pieces of memory and files, one behind the other.
 * Files are read as they are sent and are never whole in memory, but for -d
 * @FILE, whose line ends are taken out, and for what has no length and yet
 * should be sent with one (-d and --data-binary from a pipe).
 */
#ifndef DROVER_CLIENT_UPLOAD_H
#define DROVER_CLIENT_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "client/options.h"

struct upload_piece;

struct upload {
	bool present;		  /* else there is no body */
	int64_t length;		  /* -1: not known before it was read */
	const char *content_type; /* NULL: none is said */

	/* private */
	struct arena arena;
	struct upload_piece *pieces;
	size_t count, at;
	int64_t done; /* bytes of the current piece that were read */
};

enum upload_result {
	UPLOAD_END = 0,
	UPLOAD_WAIT = -1,  /* nothing yet: poll upload_fd() for reading */
	UPLOAD_ERROR = -2, /* with err */
};

/* Opens what the options name.  Released by the caller also on failure. */
enum outcome upload_open(
    struct upload *, const struct options *, struct err *);
void upload_release(struct upload *);

/* The next bytes, or an upload_result. */
ssize_t upload_read(struct upload *, char *to, size_t len, struct err *);
int upload_fd(const struct upload *);
/* Back to the front; false when a pipe was read from. */
bool upload_rewind(struct upload *);
/* True before the first byte is read. */
bool upload_untouched(const struct upload *);

#endif
