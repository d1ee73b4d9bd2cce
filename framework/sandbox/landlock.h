/*
 * Landlock (Linux 5.13): which files a process may reach, whatever its user may. Versions add
 * rights that can be withheld; what this kernel has not got is left out, and landlock_abi says so.
 */
#ifndef POSTERN_SANDBOX_LANDLOCK_H
#define POSTERN_SANDBOX_LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/compiler.h"
#include "sandbox/sandbox.h"

/* 0: none, or switched off at boot. */
int landlock_abi(void);

/* What else a process may do that Landlock could withhold. */
struct landlock_network {
	bool connects, binds;
};

/*
 * Binds this thread to the paths. Needs no_new_privs. NULL, or a word for what could not be done.
 * With `abi` 0 it does nothing.
 */
const char *landlock_enter(int abi, const struct sandbox_path *paths, size_t path_count,
    const struct landlock_network *network) MUST_USE;

#endif
