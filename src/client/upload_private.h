/* SPDX-License-Identifier: BSD-2-Clause */
/* Between upload.c and the files that put bodies together. */
#ifndef DROVER_CLIENT_UPLOAD_PRIVATE_H
#define DROVER_CLIENT_UPLOAD_PRIVATE_H

#include "base/buf.h"
#include "client/upload.h"

struct upload_piece {
	struct span text;   /* if there is no file */
	struct buf memory;  /* owned: what text borrows from, or empty */
	int fd;		    /* owned, or standard input; -1: no file */
	bool seekable;	    /* a regular file: start and length hold */
	int64_t start, len; /* len -1: until its end */
};

/* Text that lives as long as the upload (in its arena, or an argument). */
enum outcome upload_add_text(struct upload *, struct span, struct err *);
/* A file by its name, "-" for standard input; as it is. */
enum outcome upload_add_file(struct upload *, const char *path, struct err *);
/* A file read into memory, without its line ends and NULs if strip. */
enum outcome upload_add_memory(
    struct upload *, const char *path, bool strip, struct err *);

/* The parts of -F as multipart/form-data (RFC 7578). */
enum outcome form_add(struct upload *, const struct options *, struct err *);

#endif
