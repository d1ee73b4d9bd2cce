/*
 * A copy of the environment as it was at the start. Secrets are wiped from the real one once they
 * were read, but a reload must find them again; the copy stays in the manager's memory alone, and
 * workers wipe theirs.
 */
#ifndef POSTERN_PROCESS_ENVIRONMENT_H
#define POSTERN_PROCESS_ENVIRONMENT_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/compiler.h"

struct environment {
	struct arena arena;
	char **variables; /* NAME=VALUE, NULL at the end */
};

enum { ENVIRONMENT_CEILING = 4 * 1024 * 1024 /* twice what execve(2) lets through by default */ };

/* Copies `variables`. False: no memory. */
bool environment_copy(struct environment *ret_environment, char *const *variables) MUST_USE;
/* Wipes and frees. Harmless when done already. */
void environment_done(struct environment *environment);

#endif
