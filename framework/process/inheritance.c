/* From one program to the next. See inheritance.h. */
#include "process/inheritance.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/buffer.h"
#include "core/siphash.h"

_Static_assert(INHERITANCE_SOCKETS == 2 * LISTENER_MAX, "all sockets have room");

enum { MAX_FD = 1 << 20, FIRST_OWN_FD = STDERR_FILENO + 1 };

/* --- the words ------------------------------------------------------------------------------- */

static void
put_optional(struct buffer *out, int fd)
{
	if (fd < 0)
		buffer_byte(out, '-');
	else
		buffer_i64(out, fd);
}

bool
inheritance_write(const struct inheritance *in, char *text, size_t size)
{
	struct buffer out;
	size_t i;

	buffer_init_fixed(&out, text, size);
	buffer_printf(&out, "%s=%d:%d:%" PRIu64 ":%d:%d:%d:%d:", INHERITANCE_VARIABLE,
	    INHERITANCE_VERSION, (int)in->predecessor, in->chroot, in->link_fd,
	    in->handover.give_fd, in->handover.take_fd, in->table_fd);
	put_optional(&out, in->lock_fd);
	buffer_byte(&out, ':');
	put_optional(&out, in->pidfile_fd);
	for (i = 0; i < in->socket_count; i++) {
		buffer_byte(&out, i == 0 ? ':' : ',');
		buffer_i64(&out, in->sockets[i]);
	}
	buffer_byte(&out, '\0');
	return !buffer_failed(&out);
}

static bool
take_number(struct slice *rest, uint64_t max, uint64_t *ret_number)
{
	return slice_to_u64(slice_cut(rest, ':'), max, ret_number);
}

static bool
take_fd(struct slice *rest, int *ret_fd)
{
	uint64_t number;

	if (!take_number(rest, MAX_FD, &number) || number < FIRST_OWN_FD)
		return false;
	*ret_fd = (int)number;
	return true;
}

static bool
take_optional(struct slice *rest, int *ret_fd)
{
	if (!slice_starts(*rest, SLICE_OF("-:")))
		return take_fd(rest, ret_fd);
	*rest = slice_skip(*rest, 2);
	*ret_fd = -1;
	return true;
}

/* Descriptor 0 may be a listening socket: that is how some front servers start their programs. */
static bool
take_sockets(struct slice rest, struct inheritance *in)
{
	uint64_t number;

	for (in->socket_count = 0; rest.data != NULL; in->socket_count++) {
		if (in->socket_count == INHERITANCE_SOCKETS ||
		    !slice_to_u64(slice_cut(&rest, ','), MAX_FD, &number))
			return false;
		in->sockets[in->socket_count] = (int)number;
	}
	return in->socket_count > 0;
}

bool
inheritance_parse(struct slice value, struct inheritance *ret_inheritance)
{
	struct inheritance *in = ret_inheritance;
	struct slice rest = value;
	uint64_t version, pid;

	if (!take_number(&rest, INHERITANCE_VERSION, &version) || version != INHERITANCE_VERSION ||
	    !take_number(&rest, INT32_MAX, &pid) || pid == 0 ||
	    !take_number(&rest, UINT64_MAX, &in->chroot) || !take_fd(&rest, &in->link_fd) ||
	    !take_fd(&rest, &in->handover.give_fd) || !take_fd(&rest, &in->handover.take_fd) ||
	    !take_fd(&rest, &in->table_fd))
		return false;
	in->predecessor = (pid_t)pid;
	return take_optional(&rest, &in->lock_fd) && take_optional(&rest, &in->pidfile_fd) &&
	       take_sockets(rest, in);
}

/* --- what they stand for --------------------------------------------------------------------- */

static int
option_of(int fd, int option)
{
	int value = -1;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

static bool
is_pair(int fd, int type)
{
	return option_of(fd, SO_DOMAIN) == AF_UNIX && option_of(fd, SO_TYPE) == type &&
	       option_of(fd, SO_ACCEPTCONN) == 0;
}

static bool
closes_on_exec(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static bool
are_sockets_listening(const struct inheritance *in)
{
	size_t i, j;

	for (i = 0; i < in->socket_count; i++) {
		for (j = 0; j < i; j++)
			if (in->sockets[i] == in->sockets[j])
				return false;
		if (option_of(in->sockets[i], SO_TYPE) != SOCK_STREAM ||
		    option_of(in->sockets[i], SO_ACCEPTCONN) != 1 ||
		    !closes_on_exec(in->sockets[i]))
			return false;
	}
	return true;
}

static bool
is_true(const struct inheritance *in)
{
	return in->predecessor == getppid() && is_pair(in->link_fd, SOCK_STREAM) &&
	       is_pair(in->handover.give_fd, SOCK_SEQPACKET) &&
	       is_pair(in->handover.take_fd, SOCK_SEQPACKET) && closes_on_exec(in->link_fd) &&
	       closes_on_exec(in->handover.give_fd) && closes_on_exec(in->handover.take_fd) &&
	       closes_on_exec(in->table_fd) && (in->lock_fd < 0 || closes_on_exec(in->lock_fd)) &&
	       (in->pidfile_fd < 0 || closes_on_exec(in->pidfile_fd)) && are_sockets_listening(in);
}

static const struct inheritance nothing = {
	.link_fd = -1, .handover = { -1, -1 }, .table_fd = -1, .lock_fd = -1, .pidfile_fd = -1
};

bool
inheritance_take(struct inheritance *ret_inheritance)
{
	const char *value = getenv(INHERITANCE_VARIABLE);
	struct inheritance found = nothing;
	bool is_good;

	*ret_inheritance = nothing;
	if (value == NULL)
		return true;
	is_good = inheritance_parse(slice_from(value), &found) && is_true(&found);
	(void)unsetenv(INHERITANCE_VARIABLE);
	if (is_good)
		*ret_inheritance = found;
	return is_good;
}

void
inheritance_clear(struct inheritance *inheritance)
{
	*inheritance = nothing;
}

static void
close_one(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
inheritance_done(struct inheritance *inheritance)
{
	size_t i;

	close_one(inheritance->link_fd);
	close_one(inheritance->handover.give_fd);
	close_one(inheritance->handover.take_fd);
	close_one(inheritance->table_fd);
	close_one(inheritance->lock_fd);
	close_one(inheritance->pidfile_fd);
	for (i = 0; i < inheritance->socket_count; i++)
		close_one(inheritance->sockets[i]);
	*inheritance = nothing;
}

uint64_t
inheritance_mark(const char *path)
{
	static const struct siphash_key no_secret = { 0, 0 };

	return path == NULL ? 0 : siphash(&no_secret, path, strlen(path)) | 1;
}
