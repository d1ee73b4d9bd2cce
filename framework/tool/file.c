/* Whole files in and out, with the system calls' own ways to fail. */
#include "tool/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_FIRST_READ = 65536 }; /* bytes of room at first, doubled as needed */

/* Reads to the end, or to `max` bytes and one more, which tells that there are too many. */
static bool
read_all(int fd, struct arena *arena, size_t max, struct slice *ret_text)
{
	size_t size = FILE_FIRST_READ, len = 0;
	char *room = arena_alloc(arena, size), *larger;

	while (room != NULL) {
		ssize_t got = read(fd, room + len, size - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0) {
			*ret_text = slice_make(room, len);
			return true;
		}
		len += (size_t)got;
		if (len > max) {
			errno = EFBIG;
			return false;
		}
		if (len < size)
			continue;
		if (!arena_extend(arena, room, size, size * 2)) {
			larger = arena_alloc(arena, size * 2);
			if (larger != NULL)
				memcpy(larger, room, len);
			room = larger;
		}
		size *= 2;
	}
	errno = ENOMEM;
	return false;
}

bool
file_read(struct arena *arena, const char *path, size_t max, struct slice *ret_text)
{
	int fd = path == NULL ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), error;
	bool is_read;

	if (fd < 0)
		return false;
	is_read = read_all(fd, arena, max, ret_text);
	error = errno;
	if (path != NULL)
		(void)close(fd);
	errno = error;
	return is_read;
}

static bool
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		data += put;
		len -= (size_t)put;
	}
	return true;
}

bool
file_create(const char *path, mode_t mode, const char *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	bool is_written;
	int error;

	if (fd < 0)
		return false;
	is_written = write_all(fd, data, len) && fsync(fd) == 0;
	error = errno;
	if (close(fd) != 0 && is_written) {
		is_written = false;
		error = errno;
	}
	if (!is_written)
		(void)unlink(path);
	errno = error;
	return is_written;
}

/* Written beside it and put in its place; `mode` is exact where `is_exact`, else the umask's too. */
static bool
put_in_place(const char *path, mode_t mode, bool is_exact, const char *data, size_t len)
{
	char *beside = NULL;
	bool is_replaced = false;

	if (asprintf(&beside, "%s.%ld.new", path, (long)getpid()) < 0)
		return false;
	if (file_create(beside, mode, data, len)) {
		is_replaced = (!is_exact || chmod(beside, mode) == 0) && rename(beside, path) == 0;
		if (!is_replaced)
			(void)unlink(beside);
	}
	free(beside);
	return is_replaced;
}

bool
file_replace(const char *path, mode_t mode, const char *data, size_t len)
{
	return put_in_place(path, mode, false, data, len);
}

bool
file_rewrite(const char *path, const char *data, size_t len)
{
	char *real = realpath(path, NULL);
	struct stat status;
	bool is_written;

	if (real == NULL)
		return errno == ENOENT && put_in_place(path, 0666, false, data, len);
	is_written =
	    stat(real, &status) == 0 && put_in_place(real, status.st_mode & 07777, true, data, len);
	free(real);
	return is_written;
}
