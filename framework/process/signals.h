/*
 * Signals. The manager blocks all that it acts upon and reads them from a descriptor, so that one
 * poll waits for everything and no handler runs between two lines of it. A worker takes TERM by a
 * handler, because TERM must start its clock even while a request keeps it busy. See
 * docs/decisions/0002-process-model.md.
 */
#ifndef POSTERN_PROCESS_SIGNALS_H
#define POSTERN_PROCESS_SIGNALS_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/compiler.h"

/* What the manager is asked for, collected from all signals that were pending. */
struct signals {
	unsigned term; /* TERM or QUIT: so often */
	unsigned interrupt;
	bool reload;
	bool reopen; /* USR1: the log has another file */
	bool child;
	bool upgrade; /* USR2 */
	bool retire;  /* WINCH */
	unsigned fewer,
	    more; /* workers: TTOU, TTIN; of two that were pending together the order is lost */
};

/*
 * Blocks the manager's signals and returns the descriptor to read them from; -1 on failure.
 * SIGPIPE is ignored.
 */
int signals_open(void) MUST_USE;
/* Takes everything that is pending; never waits. */
struct signals signals_take(int fd);

/*
 * In a child that was just forked: dispositions and mask are made anew. The terminal's and the
 * manager's own signals (INT, HUP, TTIN, TTOU, USR1, USR2, WINCH, PIPE) are ignored. TERM and
 * QUIT write to `stop_fd` (an eventfd) and start a timer that kills the process after `grace_s`,
 * whatever it is doing then. False: no timer.
 */
bool signals_child(int stop_fd, unsigned grace_s) MUST_USE;
/* The same for a child that TERM and QUIT mean nothing to and that `number` stops instead. */
bool signals_child_told_by(int number, int stop_fd, unsigned grace_s) MUST_USE;
/* In such a child: whether it was told to stop. Costs nothing, and is true before `stop_fd` is read. */
bool signals_child_is_told(void);

/*
 * The child ends when its parent does: the kernel sends `signal` then. False when the parent was
 * gone already. Call after any change of user ids, which would undo it.
 */
bool signals_follow_parent(pid_t parent, int signal) MUST_USE;

#endif
