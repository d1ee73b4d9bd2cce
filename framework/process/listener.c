/*
 * Opening and closing the listening sockets. A unix socket has its mode by umask from the moment
 * of bind, and its owner before listen: until then nobody can connect, so there is no moment of a
 * wrong owner.
 */
#include "process/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "gateway/gateway.h"
#include "process/peers.h"

/* NULL, or what is wrong, for the operator. */
typedef const char *open_fn(struct listener *listener, int backlog);

enum { LOCK_TRIES = 200, LOCK_PAUSE_NS = 10 * 1000 * 1000, NUMBER_TEXT = 32 };

/*
 * Whether a process listens behind the socket file. A full backlog (EAGAIN) is a living listener,
 * too.
 */
static bool
is_answered(const struct listener *listener)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error = 0;

	if (fd < 0)
		return true;
	if (connect(fd, &listener->address.any, listener->address_len) != 0)
		error = errno;
	close(fd);
	return error != ECONNREFUSED && error != ENOENT;
}

/* Makes way for bind: removes what a former life left behind, and nothing else. */
static const char *
remove_stale(const struct listener *listener)
{
	const char *path = listener->address.local.sun_path;
	struct stat status;

	if (lstat(path, &status) != 0)
		return errno == ENOENT ? NULL : "the socket's directory cannot be searched";
	if (!S_ISSOCK(status.st_mode))
		return "a file that is no socket is in the way";
	if (is_answered(listener))
		return "the socket is in use by another process";
	if (unlink(path) != 0 && errno != ENOENT)
		return "the socket of a former process cannot be removed";
	return NULL;
}

/* Works on the file that was bound, not on whatever its name leads to by now. */
static const char *
set_owner(struct listener *listener)
{
	const char *fault = NULL;
	struct stat status;
	int fd = open(listener->address.local.sun_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status) != 0 || !S_ISSOCK(status.st_mode)) {
		fault = "the socket vanished while it was made";
	} else {
		listener->device = status.st_dev;
		listener->inode = status.st_ino;
		if ((listener->uid != (uid_t)-1 && listener->uid != status.st_uid) ||
		    (listener->gid != (gid_t)-1 && listener->gid != status.st_gid))
			if (fchownat(fd, "", listener->uid, listener->gid, AT_EMPTY_PATH) != 0)
				fault = "the socket cannot be given to its user or group";
	}
	if (fd >= 0)
		close(fd);
	return fault;
}

/*
 * Between the look whether somebody answers and the moment when we do lies one in which a second
 * start would take our socket for a stale one. The lock of the folder keeps it waiting; -1: there
 * is none to be had (a network's file system, or somebody who holds on to it, and must not keep a service
 * from starting), and one start at a time is the operator's promise again.
 */
static int
lock_folder(const char *path)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NS };
	struct sockaddr_un folder; /* room for the name */
	int fd, i;

	(void)snprintf(folder.sun_path, sizeof(folder.sun_path), "%s", path);
	strrchr(folder.sun_path, '/')[1] = '\0';
	fd = open(folder.sun_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	for (i = 0; i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	     i++)
		(void)nanosleep(&pause, NULL);
	return fd;
}

static const char *
make_unix(struct listener *listener, int backlog)
{
	const char *fault = remove_stale(listener);
	mode_t mask;
	int bound;

	if (fault != NULL)
		return fault;
	listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->fd < 0)
		return "no socket could be made";
	mask = umask(0777 & ~listener->mode);
	bound = bind(listener->fd, &listener->address.any, listener->address_len);
	umask(mask);
	if (bound != 0)
		return "the socket cannot be made in its directory";
	if ((fault = set_owner(listener)) != NULL)
		return fault;
	return listen(listener->fd, backlog) == 0 ? NULL : "listen failed";
}

static const char *
open_unix(struct listener *listener, int backlog)
{
	const int lock = lock_folder(listener->address.local.sun_path);
	const char *fault = make_unix(listener, backlog);

	if (lock >= 0)
		close(lock);
	return fault;
}

/* Accepted connections inherit the option: one system call here instead of one for each of them. */
static void
send_at_once(int fd)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static const char *
open_tcp(struct listener *listener, int backlog)
{
	int on = 1, family = listener->address.any.sa_family;

	listener->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->fd < 0)
		return "no socket could be made";
	if (setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    (family == AF_INET6 &&
		setsockopt(listener->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0))
		return "the socket refuses its options";
	send_at_once(listener->fd);
	if (bind(listener->fd, &listener->address.any, listener->address_len) != 0)
		return errno == EADDRINUSE ? "the address is in use by another process"
					   : "the address cannot be used";
	if (listen(listener->fd, backlog) != 0)
		return errno == EADDRINUSE ? "the address is in use by another process"
					   : "listen failed";
	return NULL;
}

static const char *
open_inherited(struct listener *listener, int backlog UNUSED)
{
	int flags = fcntl(listener->fd, F_GETFL), type = 0;
	socklen_t size = sizeof(type);
	struct sockaddr_storage name;
	socklen_t name_len = sizeof(name);

	if (flags < 0 || getsockopt(listener->fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
	    type != SOCK_STREAM || !gateway_is_listening(listener->fd))
		return "the descriptor is no listening stream socket";
	if (getsockname(listener->fd, (struct sockaddr *)&name, &name_len) != 0)
		return "the descriptor's address cannot be read";
	if (name.ss_family == AF_INET || name.ss_family == AF_INET6)
		send_at_once(listener->fd);
	if (fcntl(listener->fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(listener->fd, F_SETFD, FD_CLOEXEC) != 0)
		return "the descriptor's flags cannot be set";
	return NULL;
}

static open_fn *const open_functions[] = {
	[LISTENER_UNIX] = open_unix,
	[LISTENER_TCP] = open_tcp,
	[LISTENER_INHERITED] = open_inherited,
};

bool
listeners_open(struct listeners *listeners, struct arena *arena, struct config_faults *faults)
{
	const int backlog = listeners->backlog > 0 ? (int)listeners->backlog : LISTENER_BACKLOG;
	const size_t faults_before = faults->count;
	const char *fault;
	size_t i;

	if (listeners->missing > 0)
		config_fault(faults, arena, "%s: entry %zu: systemd has handed over no such socket",
		    listeners->setting, listeners->missing);

	for (i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->items[i];

		/* One that was adopted is open, and may get another queue. */
		if (listener->kind != LISTENER_INHERITED && listener->fd >= 0)
			fault = listen(listener->fd, backlog) == 0 ? NULL : "listen failed";
		else
			fault = open_functions[listener->kind](listener, backlog);
		if (fault != NULL)
			config_fault(
			    faults, arena, "%s: entry %zu: %s", listeners->setting, i + 1, fault);
	}
	if (faults->count == faults_before)
		return true;
	listeners_unlink(listeners);
	listeners_close(listeners);
	return false;
}

void
listeners_close(struct listeners *listeners)
{
	size_t i;

	for (i = 0; i < listeners->count; i++) {
		if (listeners->items[i].fd >= 0)
			close(listeners->items[i].fd);
		listeners->items[i].fd = -1;
	}
}

void
listeners_unlink(const struct listeners *listeners)
{
	size_t i;

	for (i = 0; i < listeners->count; i++) {
		const struct listener *listener = &listeners->items[i];
		const char *path = listener->address.local.sun_path;
		struct stat status;

		if (listener->kind != LISTENER_UNIX || listener->inode == 0)
			continue;
		if (lstat(path, &status) == 0 && status.st_dev == listener->device &&
		    status.st_ino == listener->inode)
			(void)unlink(path);
	}
}

bool
listener_has_peers(const struct listener *listener)
{
	struct sockaddr_storage name = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(name);

	return getsockname(listener->fd, (struct sockaddr *)&name, &len) != 0 ||
	       name.ss_family != AF_UNIX;
}

/* Of a socket that is open, or its address when it is not yet. */
static bool
is_reached_from_elsewhere(const struct listener *listener)
{
	union {
		struct sockaddr any;
		struct sockaddr_storage room;
	} name = { .room = { .ss_family = AF_UNSPEC } };
	socklen_t len = sizeof(name);

	if (listener->kind == LISTENER_TCP)
		return !peers_is_local(&listener->address.any);
	return listener->kind == LISTENER_INHERITED &&
	       getsockname(listener->fd, &name.any, &len) == 0 && !peers_is_local(&name.any);
}

bool
listeners_check_peers(const struct listeners *listeners, const struct config *config,
    struct arena *arena, struct config_faults *faults)
{
	const size_t faults_before = faults->count;
	size_t i;

	for (i = 0; config->listen_allowed_peers.count == 0 && i < listeners->count; i++)
		if (is_reached_from_elsewhere(&listeners->items[i]))
			config_fault(faults, arena,
			    "%s: entry %zu: is reached from other machines; LISTEN_ALLOWED_PEERS "
			    "must "
			    "say from which",
			    listeners->setting, i + 1);
	return faults->count == faults_before;
}

unsigned
listener_backlog_limit(void)
{
	FILE *file = fopen("/proc/sys/net/core/somaxconn", "re");
	char text[NUMBER_TEXT] = "";
	unsigned long limit = 0;

	if (file == NULL)
		return 0;
	if (fgets(text, sizeof(text), file) != NULL)
		limit = strtoul(text, NULL, 10);
	(void)fclose(file);
	return limit > 0 && limit < INT32_MAX ? (unsigned)limit : 0;
}
