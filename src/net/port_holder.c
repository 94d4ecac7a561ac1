/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an address to the process that listens there: /proc/net/tcp has the
 * socket's inode, and some /proc/PID/fd/N is a link to it.  Best effort: the
 * start of the server has failed already, and this only makes the message
 * better.
 */
#include "config.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/port_holder.h"

#define STATE_LISTEN 0x0a

struct entry {
	char ip[33]; /* 8 or 32 hexadecimal digits */
	unsigned port, state;
	uint64_t inode;
};

/* The kernel prints each 32 bits of an address as a number of its own. */
static void
print_ip(const struct addr *addr, char to[33])
{
	const void *ip = addr->any.sa_family == AF_INET
			     ? (const void *)&addr->v4.sin_addr
			     : (const void *)&addr->v6.sin6_addr;
	size_t words = addr->any.sa_family == AF_INET ? 1 : 4;
	uint32_t word[4];

	memcpy(word, ip, words * sizeof(word[0]));
	for (size_t i = 0; i < words; i++)
		snprintf(to + 8 * i, 9, "%08" PRIX32, word[i]);
}

/* A listener on every address is in the way of one on any address. */
static bool
collides(const struct entry *entry, const struct addr *addr)
{
	char ip[33];

	if (entry->state != STATE_LISTEN || entry->port != addr_port(addr))
		return false;
	if (addr_is_any(addr) || strspn(entry->ip, "0") == strlen(entry->ip))
		return true;
	print_ip(addr, ip);
	return strcmp(entry->ip, ip) == 0;
}

static bool
find_inode(const char *path, const struct addr *addr, uint64_t *inode_r)
{
	FILE *file = fopen(path, "re");
	bool found = false;
	struct entry entry;
	char line[512];

	if (file == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line,
			"%*u: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x %*x:%*x"
			" %*x:%*x %*x %*u %*u %" SCNu64,
			entry.ip, &entry.port, &entry.state, &entry.inode) == 4)
			found = collides(&entry, addr);
	}
	if (found)
		*inode_r = entry.inode;
	fclose(file);
	return found;
}

/* True if a descriptor of the process is a link with that text. */
static bool
process_has(const char *pid, const char *wanted)
{
	char path[300], target[64];
	struct dirent *entry;
	bool found = false;
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL) {
		len = readlinkat(
		    dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		if (len <= 0)
			continue;
		target[len] = '\0';
		found = strcmp(target, wanted) == 0;
	}
	closedir(dir);
	return found;
}

/* The first line of /proc/PID/name; false, and an empty text: there is none. */
static bool
read_line(pid_t pid, const char *name, char *to, int size)
{
	char path[64];
	bool found;
	FILE *file;

	to[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
	file = fopen(path, "re");
	if (file == NULL)
		return false;
	found = fgets(to, size, file) != NULL;
	to[strcspn(to, "\n")] = '\0';
	fclose(file);
	return found;
}

/* What ps -o comm shows, but for our own processes their whole title: their
 * short names do not say whose they are. */
static void
read_command(struct port_holder *holder)
{
	static const char ours[] = "drover: ";
	char *command = holder->command;
	int size = (int)sizeof(holder->command);

	if (read_line(holder->pid, "cmdline", command, size) &&
	    strncmp(command, ours, strlen(ours)) == 0)
		return;
	if (!read_line(holder->pid, "comm", command, size))
		snprintf(command, sizeof(holder->command), "?");
}

/* 0: it is not known. */
static pid_t
parent_of(pid_t pid)
{
	char line[256];
	const char *end;
	int parent;

	if (!read_line(pid, "stat", line, (int)sizeof(line)))
		return 0;
	/* A name may have any bytes, and ends with the last bracket. */
	end = strrchr(line, ')');
	return end != NULL && sscanf(end, ") %*c %d", &parent) == 1 ? parent
								    : 0;
}

/* Numbers of processes begin anew at some time, so the lowest one may be a
 * child's: who opened the socket is above. */
static void
go_to_parent(struct port_holder *holder, const char *wanted)
{
	char name[16];
	pid_t parent;

	while ((parent = parent_of(holder->pid)) > 0) {
		snprintf(name, sizeof(name), "%ld", (long)parent);
		if (!process_has(name, wanted))
			return;
		holder->pid = parent;
	}
}

static bool
find_process(uint64_t inode, struct port_holder *holder)
{
	char wanted[64];
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	long pid;

	if (dir == NULL)
		return false;
	snprintf(wanted, sizeof(wanted), "socket:[%" PRIu64 "]", inode);
	holder->pid = 0;
	while ((entry = readdir(dir)) != NULL) {
		pid = strtol(entry->d_name, NULL, 10);
		if (pid > 0 && (holder->pid == 0 || pid < holder->pid) &&
		    process_has(entry->d_name, wanted))
			holder->pid = (pid_t)pid;
	}
	closedir(dir);
	if (holder->pid == 0)
		return false;
	go_to_parent(holder, wanted);
	read_command(holder);
	return true;
}

bool
port_holder_find(const struct addr *addr, struct port_holder *holder)
{
	uint64_t inode;

	/* An IPv6 socket for both families may hold an IPv4 port as well. */
	if ((addr->any.sa_family == AF_INET &&
		find_inode("/proc/net/tcp", addr, &inode)) ||
	    find_inode("/proc/net/tcp6", addr, &inode))
		return find_process(inode, holder);
	return false;
}
