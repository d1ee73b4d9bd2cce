/*
 * PID_FILE: the manager's process id in a file, and a lock on it for as long as the manager lives.
 * The lock says that the number is true; a file that nobody has locked is what a former life left
 * behind, whatever it says, and is written anew.
 *
 * The lock is one of the open file description (fcntl(2), F_OFD_SETLK): it goes where the
 * descriptor goes. Children that are no manager must forget it first thing, and a new binary that
 * takes the service over is given the descriptor, with the lock, and needs neither a right to the
 * folder nor a moment without a file:
 *
 *     the old manager     passes pidfile_fd() on to the new binary without close-on-exec
 *     the new one         pidfile_adopt(), and once it serves pidfile_write()
 *     the old one         pidfile_remove() at its end as always: it sees that the number is another's
 *                         by then and leaves the file alone; after a failed upgrade nothing need be undone,
 *                         or, where the new one had written, pidfile_write() takes the file back
 *
 * The file belongs to whom starts the service and is written through the descriptor: who only
 * serves cannot make root's tools send a signal to somebody else.
 */
#ifndef POSTERN_PROCESS_PIDFILE_H
#define POSTERN_PROCESS_PIDFILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/compiler.h"

enum { PIDFILE_MODE = 0644, PIDFILE_TRIES = 16 };

struct pidfile {
	int fd; /* -1: there is none */
	const char *path;
};

#define PIDFILE_NONE ((struct pidfile) { .fd = -1 })

/*
 * Makes the file or takes a stale one, locks it and writes this process's id. `path` must outlive
 * it; of an existing file `owner` may be the owner beside this process's user. NULL, or what is
 * wrong, and `*reterr_holder` is who holds it then, 0 when nobody is known to.
 */
const char *pidfile_open(
    struct pidfile *ret_file, const char *path, uid_t owner, pid_t *reterr_holder) MUST_USE;
/* Takes the locked descriptor that a former manager passed on. NULL, or what is wrong with it. */
const char *pidfile_adopt(struct pidfile *ret_file, const char *path, int fd) MUST_USE;
/* Says that this process is the manager. False: the disk is full. */
bool pidfile_write(const struct pidfile *file) MUST_USE;
int pidfile_fd(const struct pidfile *file);

/* In a child that is no manager: closes its copy. */
void pidfile_forget(struct pidfile *file);
/*
 * The end of the manager: removes the file, or empties it where the folder is out of reach, if it
 * still speaks of this process; then closes it.
 */
void pidfile_remove(struct pidfile *file);

/*
 * For who wants to send a signal: the process that holds `path`. NULL, or why nobody can be
 * named.
 */
const char *pidfile_ask(const char *path, pid_t *ret_pid) MUST_USE;

#endif
