/* SPDX-License-Identifier: BSD-2-Clause */
/* Who a process is: the change from root to User and Group, for good. */
#ifndef DROVER_OS_PRIVS_H
#define DROVER_OS_PRIVS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct privs {
	uid_t uid;
	gid_t gid;
	gid_t groups[64];	/* supplementary, looked up by the master */
	int group_count;
	bool change;		/* false: stay what the process is */
};

/*
 * Looks the names up ("#1000" is a number) while NSS may still be used.
 * Without a group ("" or NULL) it is the user's own; without a user nothing
 * changes, and a group alone is an error.  Unknown names are errors for
 * every caller, the user root is one; change is set when the caller is root
 * and there is a user.  -1 with err.
 */
int privs_lookup(struct privs *, const char *user, const char *group,
    struct err *);
/*
 * Becomes them if change is set and verifies that there is no way back; gives
 * up every capability and sets no_new_privs in any case.  After an error the process must end.
 */
int privs_drop(const struct privs *, struct err *);
/*
 * This process gets signal when its parent dies.  Called after the last
 * change of credentials (which clears it).  parent is the pid from before
 * the fork: -1 with errno ESRCH when it is gone already.
 */
int privs_die_with_parent(pid_t parent, int signal);

#endif
