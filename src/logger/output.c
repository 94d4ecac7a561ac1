/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Non-blocking output to whatever was handed over.  O_NONBLOCK belongs to the
 * open file description, and that of stdout and stderr is shared with the
 * shell and everyone it started; there each single write is made harmless
 * instead: RWF_NOWAIT where the kernel has it for the kind of file, else a
 * look with poll and a write so small that it fits into what poll promised.
 */
#include "config.h"

#include "logger/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* A terminal reports itself ready with room for at least this much: twice
 * what n_tty keeps free before it does. */
#define TERMINAL_PIECE 256

/* A pipe's offsets mean nothing, so two of them are locks. */
#define TURN 0
#define NEXT 1

void
output_init(struct output *o)
{
	*o = (struct output){ .fd = -1, .way = OUTPUT_NONE };
}

void
output_close(struct output *o)
{
	if (o->fd != -1)
		close(o->fd);
	output_init(o);
}

static bool
set_lock(const struct output *o, short type, off_t start)
{
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = 1,
	};

	return fcntl(o->fd, F_SETLK, &lock) == 0;
}

/* Another has it.  Where there are no locks, nobody has. */
static bool
is_refused(const struct output *o, off_t start)
{
	return !set_lock(o, F_WRLCK, start) &&
	       (errno == EAGAIN || errno == EACCES);
}

bool
output_take_turn(struct output *o)
{
	if (!o->takes_turns || o->has_turn)
		return true;
	if (!o->is_next && is_refused(o, NEXT))
		return false;
	o->is_next = true;
	if (is_refused(o, TURN))
		return false;
	o->has_turn = true;
	o->is_next = !set_lock(o, F_UNLCK, NEXT);
	return true;
}

void
output_end_turn(struct output *o)
{
	if (o->has_turn)
		(void)set_lock(o, F_UNLCK, TURN);
	o->has_turn = false;
}

static bool
is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static enum output_way
choose_way(int fd, enum log_dest_kind kind)
{
	bool shared = kind == LOG_DEST_STDOUT || kind == LOG_DEST_STDERR ||
		      kind == LOG_DEST_JOURNAL;
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	if (fstat(fd, &st) == -1 || flags == -1)
		return OUTPUT_SHARED; /* the write will say what is wrong */
	if (S_ISREG(st.st_mode))
		return OUTPUT_FILE;
	if (S_ISSOCK(st.st_mode))
		return OUTPUT_SOCKET;
	if ((flags & O_NONBLOCK) != 0)
		return OUTPUT_OWN;
	if (shared || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		return OUTPUT_SHARED;
	return OUTPUT_OWN;
}

void
output_set(struct output *o, enum log_dest_kind kind, int fd)
{
	output_close(o);
	if (fd == -1)
		return;
	o->fd = fd;
	o->way = choose_way(fd, kind);
	o->takes_turns = o->way == OUTPUT_OWN && is_pipe(fd);
	o->terminal = o->way == OUTPUT_SHARED && isatty(fd);
	o->appends = o->way == OUTPUT_FILE && kind == LOG_DEST_FILE &&
		     (fcntl(fd, F_GETFL) & O_APPEND) != 0;
}

static ssize_t
write_shared(struct output *o, const char *data, size_t len)
{
	size_t piece = o->terminal ? TERMINAL_PIECE : PIPE_BUF;
	struct iovec part = { (void *)(uintptr_t)data, len };
	struct pollfd ready = { .fd = o->fd, .events = POLLOUT };
	ssize_t n = pwritev2(o->fd, &part, 1, -1, RWF_NOWAIT);

	if (n >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS))
		return n;
	if (poll(&ready, 1, 0) == -1)
		return -1;
	if ((ready.revents & (POLLOUT | POLLERR | POLLHUP)) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(o->fd, data, len < piece ? len : piece);
}

ssize_t
output_write(struct output *o, const char *data, size_t len)
{
	ssize_t n;

	do {
		switch (o->way) {
		case OUTPUT_SHARED:
			n = write_shared(o, data, len);
			break;
		case OUTPUT_SOCKET:
			n = send(o->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
			break;
		default:
			n = write(o->fd, data, len);
		}
	} while (n < 0 && errno == EINTR);
	return n;
}

off_t
output_size(const struct output *o, bool keep_offset)
{
	struct stat st;

	if (!o->appends)
		return -1;
	if (!keep_offset)
		return lseek(o->fd, 0, SEEK_END);
	return fstat(o->fd, &st) == -1 ? -1 : st.st_size;
}

bool
output_can_wait(const struct output *o)
{
	return o->way != OUTPUT_FILE && o->way != OUTPUT_NONE;
}

bool
output_is_gone(int error)
{
	return error == EPIPE || error == ECONNREFUSED || error == ENOTCONN ||
	       error == ECONNRESET || error == EDESTADDRREQ || error == EBADF;
}

/*
 * After a write the offset is where our bytes end, with O_APPEND too.  If the
 * file ends elsewhere, what would be cut off is not ours.
 */
bool
output_cut(struct output *o, size_t n)
{
	struct stat st;
	off_t end;

	if (o->way != OUTPUT_FILE)
		return false;
	end = lseek(o->fd, 0, SEEK_CUR);
	if (end == -1 || fstat(o->fd, &st) == -1 || st.st_size != end ||
	    (uintmax_t)end < n || ftruncate(o->fd, end - (off_t)n) == -1)
		return false;
	/* Without O_APPEND (a redirected stdout) a hole would be left. */
	return lseek(o->fd, end - (off_t)n, SEEK_SET) != -1;
}
