/* Sockets that another process of the service has opened, and whose files they are. */
#include <string.h>
#include <sys/stat.h>

#include <netinet/in.h>

#include "process/listener.h"

static bool
is_same_unix(const struct sockaddr_un *a, const struct sockaddr_un *b)
{
	return a->sun_path[0] != '\0' &&
	       strncmp(a->sun_path, b->sun_path, sizeof(a->sun_path)) == 0;
}

static bool
is_same_v4(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
	return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
}

static bool
is_same_v6(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
	return a->sin6_port == b->sin6_port && a->sin6_scope_id == b->sin6_scope_id &&
	       memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr)) == 0;
}

static bool
is_same_address(const void *a, const void *b, int family)
{
	switch (family) {
	case AF_UNIX:
		return is_same_unix(a, b);
	case AF_INET:
		return is_same_v4(a, b);
	case AF_INET6:
		return is_same_v6(a, b);
	default:
		return false;
	}
}

static bool
is_it(const struct listener *listener, int fd)
{
	struct sockaddr_storage name = { 0 };
	socklen_t len = sizeof(name);

	if (listener->kind == LISTENER_INHERITED)
		return listener->fd == fd;
	return listener->fd < 0 && getsockname(fd, (struct sockaddr *)&name, &len) == 0 &&
	       name.ss_family == listener->address.any.sa_family &&
	       is_same_address(&listener->address, &name, name.ss_family);
}

void
listeners_adopt(struct listeners *listeners, int *fds, size_t count)
{
	size_t i, j;

	for (i = 0; i < listeners->count; i++)
		for (j = 0; j < count; j++) {
			if (fds[j] < 0 || !is_it(&listeners->items[i], fds[j]))
				continue;
			listeners->items[i].fd = fds[j];
			fds[j] = -1;
			break;
		}
}

void
listeners_own(struct listeners *listeners, bool are_files_ours)
{
	struct stat status;
	size_t i;

	for (i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->items[i];

		if (listener->kind != LISTENER_UNIX)
			continue;
		listener->inode = 0;
		if (!are_files_ours || listener->fd < 0 ||
		    lstat(listener->address.local.sun_path, &status) != 0 ||
		    !S_ISSOCK(status.st_mode))
			continue;
		listener->device = status.st_dev;
		listener->inode = status.st_ino;
	}
}
