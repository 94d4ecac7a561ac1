/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's program: what it does that needs no running server, and what
 * it knows about its settings. */
#ifndef DROVER_CTL_SERVER_H
#define DROVER_CTL_SERVER_H

#include <stddef.h>

#include "ctl/options.h"

/* Becomes the server's program, with what is passed and these arguments;
 * returns only -1, with err. */
int server_become(
    const struct ctl_options *, char *const *arguments, struct err *err);

enum server_socket {
	SERVER_SOCKET_IS, /* path_r has it */
	SERVER_SOCKET_NONE,
	SERVER_SOCKET_UNKNOWN, /* the settings are wrong, or err says it */
};

/* Where the socket is, by the settings.  What the program has to say of them
 * goes to standard error unless quiet. */
enum server_socket server_find_socket(const struct ctl_options *, bool quiet,
    char *path_r, size_t size, struct err *err);

#endif
