/*
 * The lock file beside the database. It is a file of its own, as SQLite keeps POSIX locks on the
 * database, which a process loses when it closes any descriptor of that file.
 */
#include "limits/lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "limits/uri.h"

enum { LOOK_AGAIN_MS = 10, NAME_SIZE = LIMIT_URI_MAX_PATH + sizeof(".lock") };

/*
 * flock(2) waits for ever or not at all, and a timer would need a signal that the caller may use
 * itself. A former ledger saves for some milliseconds, once at a start; so this one wait looks
 * again, with a limit.
 */
static bool
lock_within(int fd, int operation, unsigned wait_ms)
{
	int64_t deadline_us = clock_mono_us() + (int64_t)wait_ms * 1000;
	const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MS * 1000000L };

	while (flock(fd, operation | LOCK_NB) != 0) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || clock_mono_us() >= deadline_us)
			return false;
		ppoll(NULL, 0, &pause, NULL);
	}
	return true;
}

static bool
name_of(const char *path, char *ret_name, size_t size)
{
	const int len = snprintf(ret_name, size, "%s.lock", path);

	return len >= 0 && (size_t)len < size;
}

bool
limit_lock_is_of(const char *path, int fd)
{
	char name[NAME_SIZE];
	struct stat held, named;

	if (!name_of(path, name, sizeof(name)) || fstat(fd, &held) != 0 ||
	    lstat(name, &named) != 0 || held.st_dev != named.st_dev || held.st_ino != named.st_ino)
		return false;
	/* A lock that is held through this very descriptor is granted again; another's is refused. */
	return flock(fd, LOCK_EX | LOCK_NB) == 0;
}

enum limit_store_error
limit_lock_take(const char *path, bool shared, unsigned wait_ms, int *ret_fd)
{
	char name[NAME_SIZE];
	int fd;

	if (!name_of(path, name, sizeof(name)))
		return LIMIT_STORE_CANNOT_OPEN;
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return LIMIT_STORE_CANNOT_OPEN;
	if (!lock_within(fd, shared ? LOCK_SH : LOCK_EX, wait_ms)) {
		close(fd);
		return LIMIT_STORE_LOCKED;
	}
	*ret_fd = fd;
	return LIMIT_STORE_OK;
}
