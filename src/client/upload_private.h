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

/* What these two are made of. */
enum outcome upload_open_piece(
    struct upload_piece *, const char *path, struct err *);
void upload_close_piece(struct upload_piece *);
/* Takes the piece over, unless it fails. */
enum outcome upload_add_piece(
    struct upload *, const struct upload_piece *, struct err *);

/* All of -d, --data-binary and the like. */
enum outcome upload_add_data(
    struct upload *, const struct options *, struct err *);
/* The parts of -F as multipart/form-data (RFC 7578). */
enum outcome upload_add_form(
    struct upload *, const struct options *, struct err *);

#endif
