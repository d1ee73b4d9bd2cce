/* The file behind descriptor 1. See log_file.h. */
#include "process/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 8, FLAGS = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY };

/* -1: it is there, or cannot be made. */
static int
make(const char *path)
{
	int fd = open(path, FLAGS | O_CREAT | O_EXCL, LOG_FILE_MODE);

	/* Files of ours are for their owner alone, but somebody reads a log. */
	if (fd >= 0)
		(void)fchmod(fd, LOG_FILE_MODE);
	return fd;
}

void
log_file_prepare(const char *path, uid_t uid, gid_t gid)
{
	int fd = make(path);

	if (fd < 0)
		return;
	if (fchown(fd, uid, gid) != 0) {
		/* He may find out himself that it is not his. */
	}
	close(fd);
}

/* Somebody may move one away, or make one, between two looks. */
static int
open_or_make(const char *path)
{
	int i, fd = -1;

	for (i = 0; i < TRIES && fd < 0; i++) {
		fd = open(path, FLAGS);
		if (fd < 0 && errno != ENOENT)
			return -1;
		if (fd < 0)
			fd = make(path);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	return fd;
}

const char *
log_file_use(const char *path)
{
	int fd = open_or_make(path);
	const char *failed = NULL;
	struct stat status;

	if (fd < 0)
		return errno == ELOOP ? "a symbolic link is in the way"
				      : "cannot be opened or made by the service's user";
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		failed = "is no file";
	else if (status.st_nlink > 1)
		failed = "has other names";
	else if (dup3(fd, STDOUT_FILENO, 0) < 0)
		failed = "cannot take the place of standard output";
	close(fd);
	return failed;
}
