/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reload may name another pid file, or find that its own was removed.  The
 * new one is there, with the number and locked, before the old one goes, so
 * that at any time one of the two tells of this instance.
 */
#include "config.h"

#include "master/pid_path.h"

#include "master/master_conf.h"

int
pid_path_open(struct master *m, const struct server_conf *conf, struct err *err)
{
	const char *path = master_conf_get(conf)->pid_file;

	/* To lock one file twice and let go of it once is not to lock it. */
	if (path == NULL || pidfile_is_at(&m->pidfile, path))
		return 0;
	if (pidfile_lock(&m->next_pidfile, path, err) < 0)
		return -1;
	if (pidfile_write(&m->next_pidfile, err) == 0)
		return 0;
	pid_path_undo(m);
	return -1;
}

void
pid_path_take(struct master *m)
{
	if (m->next_pidfile.path == NULL &&
	    master_conf_get(m->current->conf)->pid_file != NULL)
		return;
	pidfile_remove(&m->pidfile);
	m->pidfile = m->next_pidfile;
	m->next_pidfile = (struct pidfile){ .fd = -1 };
}

void
pid_path_undo(struct master *m)
{
	pidfile_remove(&m->next_pidfile);
}
