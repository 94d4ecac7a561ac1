/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From root to User and Group.  The order is groups, group, user: each step
 * needs the rights that the last one takes away.  That they are gone is not
 * believed but tried.
 */
#include "config.h"

#include "os/privs.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/number.h"
#include "base/span.h"
#include "os/caps.h"

#define GROUPS_MAX ((int)(sizeof((struct privs){ 0 }.groups) / sizeof(gid_t)))

/*
 * The number of a name of the form "#1000": 1 if it is one, 0 if the name has
 * another form, -1 with err.  The highest number means "no change" to the
 * kernel and is nobody's.
 */
static int
parse_id(
    const char *name, const char *directive, uint32_t *id_r, struct err *err)
{
	uint64_t number;

	if (name[0] != '#')
		return 0;
	if (number_parse(span_str(name + 1), UINT32_MAX - 1, &number) !=
	    NUMBER_OK)
		return err_set(err, "%s %s is no number", directive, name);
	*id_r = (uint32_t)number;
	return 1;
}

/* errno is 0 when NSS worked and knows no such name, but not always. */
static int
set_unknown(struct err *err, const char *directive, const char *name)
{
	if (errno == 0 || errno == ENOENT || errno == ESRCH)
		return err_set(err, "%s %s is unknown", directive, name);
	return err_set_errno(err, "cannot look up %s %s", directive, name);
}

/* *entry_r may be NULL for a number that has no entry. */
static int
find_user(struct privs *p, const char *user, const struct passwd **entry_r,
    struct err *err)
{
	int is_number = parse_id(user, "User", &p->uid, err);

	if (is_number < 0)
		return -1;
	errno = 0;
	*entry_r = is_number ? getpwuid(p->uid) : getpwnam(user);
	if (*entry_r != NULL)
		p->uid = (*entry_r)->pw_uid;
	else if (!is_number)
		return set_unknown(err, "User", user);
	if (p->uid == 0)
		return err_set(err, "User %s is root", user);
	return 0;
}

static int
find_group(struct privs *p, const char *group, const struct passwd *user,
    struct err *err)
{
	const struct group *entry;
	int is_number;

	if (group == NULL || group[0] == '\0') {
		if (user == NULL)
			return err_set(err,
			    "User is a number without an entry, so Group must "
			    "be set");
		p->gid = user->pw_gid;
		return 0;
	}
	is_number = parse_id(group, "Group", &p->gid, err);
	if (is_number != 0)
		return is_number < 0 ? -1 : 0;
	errno = 0;
	entry = getgrnam(group);
	if (entry == NULL)
		return set_unknown(err, "Group", group);
	p->gid = entry->gr_gid;
	return 0;
}

static int
find_groups(struct privs *p, const struct passwd *user, struct err *err)
{
	if (user == NULL) {
		p->groups[0] = p->gid;
		p->group_count = 1;
		return 0;
	}
	p->group_count = GROUPS_MAX;
	if (getgrouplist(user->pw_name, p->gid, p->groups, &p->group_count) < 0)
		return err_set(err, "User %s is in more than %d groups",
		    user->pw_name, GROUPS_MAX);
	return 0;
}

int
privs_lookup(
    struct privs *p, const char *user, const char *group, struct err *err)
{
	const struct passwd *entry = NULL;

	memset(p, 0, sizeof(*p));
	if (user == NULL || user[0] == '\0') {
		if (group != NULL && group[0] != '\0')
			return err_set(err, "Group %s without User", group);
		p->uid = geteuid();
		p->gid = getegid();
		return 0;
	}
	/* getgrnam leaves what getpwnam returned alone. */
	if (find_user(p, user, &entry, err) < 0 ||
	    find_group(p, group, entry, err) < 0 ||
	    find_groups(p, entry, err) < 0)
		return -1;
	p->change = geteuid() == 0;
	if (!p->change) {
		p->uid = geteuid();
		p->gid = getegid();
		p->group_count = 0;
	}
	return 0;
}

/* That no identity of old is left, and none can be had again. */
static int
verify(const struct privs *p, struct err *err)
{
	uid_t uid, effective_uid, saved_uid;
	gid_t gid, effective_gid, saved_gid;

	if (getresuid(&uid, &effective_uid, &saved_uid) < 0 ||
	    getresgid(&gid, &effective_gid, &saved_gid) < 0)
		return err_set_errno(err, "cannot tell who this process is");
	if (uid != p->uid || effective_uid != p->uid || saved_uid != p->uid ||
	    gid != p->gid || effective_gid != p->gid || saved_gid != p->gid)
		return err_set(err, "User and Group were not taken on");
	if (setuid(0) == 0 || seteuid(0) == 0 ||
	    (p->gid != 0 && (setgid(0) == 0 || setegid(0) == 0)))
		return err_set(err, "root could be had again");
	return 0;
}

static int
become(const struct privs *p, struct err *err)
{
	if (setgroups((size_t)p->group_count, p->groups) < 0)
		return err_set_errno(err, "cannot set the groups");
	if (setresgid(p->gid, p->gid, p->gid) < 0)
		return err_set_errno(
		    err, "cannot become group %lu", (unsigned long)p->gid);
	if (setresuid(p->uid, p->uid, p->uid) < 0)
		return err_set_errno(
		    err, "cannot become user %lu", (unsigned long)p->uid);
	return verify(p, err);
}

int
privs_drop(const struct privs *p, struct err *err)
{
	caps_limit_executed(0);
	if (p->change && become(p, err) < 0)
		return -1;
	/* A file's capabilities, or those that a service manager gives. */
	if (caps_limit(0) < 0)
		return err_set_errno(err, "cannot give up capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_set_errno(err, "cannot set no_new_privs");
	return 0;
}

int
privs_die_with_parent(pid_t parent, int signal)
{
	if (prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0, 0, 0) < 0)
		return -1;
	/* It may have died before it was asked for. */
	if (getppid() != parent) {
		errno = ESRCH;
		return -1;
	}
	return 0;
}
