/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of listeners: what is found in them, and what stays in them although no
 * Listen names it.  A service manager's socket lives as long as that does, so
 * to close ours would not free its port: it is kept, for a Listen to come.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/listener_private.h"

int
listener_fill(struct listener *l, int fd, const char *name, bool kept)
{
	struct sockaddr_storage storage;
	socklen_t len = sizeof(storage);

	if (getsockname(fd, (struct sockaddr *)&storage, &len) == -1)
		return -1;
	*l = (struct listener){ .fd = fd, .kept = kept };
	addr_set(&l->addr, (struct sockaddr *)&storage, len);
	if (name == NULL) {
		addr_print(&l->addr, l->name);
		return 0;
	}
	if (strlen(name) < sizeof(l->name)) {
		strcpy(l->name, name);
		return 0;
	}
	errno = ENAMETOOLONG;
	return -1;
}

static const struct listener *
find(const struct listener *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

const struct listener *
listener_find(const struct listener_set *set, const char *name)
{
	return find(set->listeners, set->count, name);
}

const struct listener *
listener_known(const struct listener_set *set, const char *name)
{
	const struct listener *found;

	if (set == NULL)
		return NULL;
	found = listener_find(set, name);
	return found != NULL ? found : find(set->spare, set->spare_count, name);
}

static int
get_option(int fd, int level, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, option, &value, &len) == 0 ? value : -1;
}

bool
listener_is_covered(const struct listener_set *old,
    const struct server_conf *conf, const struct listen_conf *listen_conf)
{
	const struct listener *both;
	char name[ADDR_TEXT_SIZE];

	if (old == NULL || listen_conf->addr.any.sa_family != AF_INET ||
	    !addr_is_any(&listen_conf->addr) ||
	    listener_known(old, listen_conf->name) != NULL)
		return false;
	snprintf(name, sizeof(name), "[::]:%u",
	    (unsigned)addr_port(&listen_conf->addr));
	both = listener_known(old, name);
	if (both == NULL ||
	    get_option(both->fd, IPPROTO_IPV6, IPV6_V6ONLY) != 0)
		return false;
	for (size_t i = 0; i < conf->listen_count; i++)
		if (strcmp(conf->listens[i].name, name) == 0)
			return true;
	return false;
}

/* Room for one more; NULL without memory. */
static struct listener *
grow(struct listener **list, size_t count)
{
	struct listener *more = reallocarray(*list, count + 1, sizeof(*more));

	if (more == NULL)
		return NULL;
	*list = more;
	return &more[count];
}

static int
keep_one(struct listener_set *set, const struct listener *l)
{
	struct listener *to;

	if (!l->kept || listener_find(set, l->name) != NULL)
		return 0;
	to = grow(&set->spare, set->spare_count);
	if (to == NULL)
		return -1;
	*to = *l;
	to->fd = fcntl(l->fd, F_DUPFD_CLOEXEC, 3);
	if (to->fd == -1)
		return -1;
	set->spare_count++;
	return 0;
}

int
listener_keep_spare(
    struct listener_set *set, const struct listener_set *old, struct err *err)
{
	size_t i, count = old == NULL ? 0 : old->count;
	size_t spare = old == NULL ? 0 : old->spare_count;
	int result = 0;

	for (i = 0; i < count && result == 0; i++)
		result = keep_one(set, &old->listeners[i]);
	for (i = 0; i < spare && result == 0; i++)
		result = keep_one(set, &old->spare[i]);
	return result == 0
		   ? 0
		   : err_set_errno(err, "cannot keep a listener that came from "
					"the service manager");
}

static int
check_socket(int fd, struct err *err)
{
	int family = get_option(fd, SOL_SOCKET, SO_DOMAIN);
	int flags = fcntl(fd, F_GETFL);

	if ((family != AF_INET && family != AF_INET6) ||
	    get_option(fd, SOL_SOCKET, SO_TYPE) != SOCK_STREAM ||
	    get_option(fd, SOL_SOCKET, SO_ACCEPTCONN) != 1)
		return err_set(err, "is no socket that listens for TCP");
	if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return err_set_errno(err, "cannot be used");
	return 0;
}

int
listener_set_add(struct listener_set *set, int fd, const char *name, bool kept,
    struct err *err)
{
	struct listener *to;

	if (check_socket(fd, err) == -1)
		return -1;
	to = grow(&set->listeners, set->count);
	if (to == NULL || listener_fill(to, fd, name, kept) == -1)
		return err_set_errno(err, "cannot be used");
	set->count++;
	return 0;
}

static void
close_list(struct listener **list, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		close((*list)[i].fd);
	free(*list);
	*list = NULL;
	*count = 0;
}

void
listener_set_close(struct listener_set *set)
{
	close_list(&set->listeners, &set->count);
	close_list(&set->spare, &set->spare_count);
}
