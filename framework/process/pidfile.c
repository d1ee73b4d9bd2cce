/* The manager's process id on disk. See pidfile.h. */
#include "process/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/slice.h"

enum { PID_TEXT = 24, PID_MOST = 0x3fffffff /* PID_MAX_LIMIT of a kernel is far below */ };

/* The process of the first line; 0: there is none. */
static pid_t
read_pid(int fd)
{
	char text[PID_TEXT];
	ssize_t got = pread(fd, text, sizeof(text), 0);
	struct slice rest;
	uint64_t pid;

	if (got <= 0)
		return 0;
	rest = slice_make(text, (size_t)got);
	return slice_to_u64(slice_cut(&rest, '\n'), PID_MOST, &pid) ? (pid_t)pid : 0;
}

static bool
lock(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &whole) == 0;
}

/* Whether the name still leads to what was opened: a former holder may have removed it meanwhile. */
static bool
is_at(const char *path, int fd)
{
	struct stat named, opened;

	return lstat(path, &named) == 0 && fstat(fd, &opened) == 0 &&
	       named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/*
 * Root writes here, maybe in a folder where others may: through no link, and into no file that
 * has another name or was laid there by somebody else.
 */
static const char *
check(int fd, uid_t owner)
{
	struct stat status;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return "something that is no file is in the way";
	if (status.st_nlink > 1)
		return "the file has other names";
	if (status.st_uid != geteuid() && status.st_uid != owner)
		return "the file belongs to somebody else";
	return NULL;
}

static const char *
take(struct pidfile *file, uid_t owner, pid_t *reterr_holder, bool *ret_again)
{
	const char *failed;

	*ret_again = false;
	/* Without waiting: a pipe in the way must not hold the start up. */
	file->fd = open(file->path,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, PIDFILE_MODE);
	if (file->fd < 0)
		return errno == ELOOP ? "a symbolic link is in the way"
				      : "the file cannot be made or written";
	if ((failed = check(file->fd, owner)) != NULL) {
		/* One without a name any more was just removed by its holder. */
		*ret_again = !is_at(file->path, file->fd);
		return failed;
	}
	if (!lock(file->fd)) {
		*reterr_holder = read_pid(file->fd);
		return "is held by a running process";
	}
	*ret_again = !is_at(file->path, file->fd);
	if (*ret_again)
		return "the file is removed again and again";
	(void)fchmod(file->fd, PIDFILE_MODE);
	return pidfile_write(file) ? NULL : "the file cannot be written";
}

const char *
pidfile_open(struct pidfile *ret_file, const char *path, uid_t owner, pid_t *reterr_holder)
{
	struct pidfile file = { .fd = -1, .path = path };
	const char *failed = NULL;
	bool again = true;
	unsigned i;

	*reterr_holder = 0;
	for (i = 0; i < PIDFILE_TRIES && again; i++) {
		pidfile_forget(&file);
		failed = take(&file, owner, reterr_holder, &again);
	}
	if (failed != NULL)
		pidfile_forget(&file);
	else
		*ret_file = file;
	return failed;
}

const char *
pidfile_adopt(struct pidfile *ret_file, const char *path, int fd)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return "the descriptor is not open";
	/* Of the same description, or the former holder is gone: either way nobody else has it. */
	if (!lock(fd))
		return "is held by another process";
	*ret_file = (struct pidfile) { .fd = fd, .path = path };
	return NULL;
}

bool
pidfile_write(const struct pidfile *file)
{
	char text[PID_TEXT];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (file->fd < 0)
		return true;
	return pwrite(file->fd, text, (size_t)len, 0) == len && ftruncate(file->fd, len) == 0;
}

int
pidfile_fd(const struct pidfile *file)
{
	return file->fd;
}

void
pidfile_forget(struct pidfile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

void
pidfile_remove(struct pidfile *file)
{
	if (file->fd >= 0 && read_pid(file->fd) == getpid() &&
	    (!is_at(file->path, file->fd) || unlink(file->path) != 0))
		if (ftruncate(file->fd, 0) != 0) {
			/* Nobody holds it from now on, which says the same. */
		}
	pidfile_forget(file);
}

const char *
pidfile_ask(const char *path, pid_t *ret_pid)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	const char *failed = NULL;
	pid_t pid;

	if (fd < 0)
		return errno == ENOENT ? "there is no such file" : "the file cannot be read";
	pid = read_pid(fd);
	if (fcntl(fd, F_OFD_GETLK, &whole) != 0)
		failed = "the file cannot be asked for its holder";
	else if (whole.l_type == F_UNLCK)
		failed = "no running process holds the file";
	else if (pid <= 1)
		failed = "the file names no process";
	else
		*ret_pid = pid;
	close(fd);
	return failed;
}
