/*
 * This program, to be started once more: the path that it was called by, found anew at each start so
 * that what lies there by then is taken, and its arguments.
 */
#ifndef POSTERN_PROCESS_PROGRAM_H
#define POSTERN_PROCESS_PROGRAM_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/compiler.h"

enum {
	PROGRAM_EXIT_NO_EXEC = 127, /* what the shell and the dynamic loader say as well */
	PROGRAM_MAX_KEPT = 64,      /* descriptors that stay open over the exec */
};

struct program {
	char path[PATH_MAX]; /* absolute, links not followed; empty: not known */
	char *const *arguments;
};

/*
 * Remembers them, before any change of the working directory. `path_list` is that of the environment
 * (PATH), where a name without a slash is looked for; a name that does not lead to this program (the first argument
 * may be anything) gives way to what the kernel says. `arguments` is not copied.
 */
void program_find(struct program *ret_program, char *const *arguments, const char *path_list);

/*
 * Forks and executes it with the environment and `extra` (NAME=VALUE), signals as at an ordinary
 * start; the `count` descriptors at `kept` stay open. Returns the child, which ends with
 * PROGRAM_EXIT_NO_EXEC where the path cannot be executed; -1: no fork, no memory, or no path.
 */
pid_t program_start(const struct program *program, char *const *environment, const char *extra,
    const int *kept, size_t count) MUST_USE;

#endif
