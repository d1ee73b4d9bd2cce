/*
 * The sandbox of our own processes: which of them may reach which files, what the service's author
 * and the operator add to that, and what is told about it.
 */
#ifndef POSTERN_PROCESS_CONFINE_H
#define POSTERN_PROCESS_CONFINE_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "process/generation.h"
#include "sandbox/sandbox.h"

struct current;
struct scoreboard_slot;

enum confined { CONFINED_WORKER, CONFINED_LEDGER, CONFINED_INSPECTOR, CONFINED_CGI };

/*
 * Checks what was named, makes the sandbox and tries it in throwaway children: for `who` is
 * CONFINED_CGI in one, else in one for each role that there will be. NULL with faults in the
 * generation. `arena` is the process's.
 */
struct sandbox *confine_prepare(
    struct arena *arena, struct generation *generation, enum confined who) MUST_USE;

/* Faults for paths of the settings that are not there; also at a reload. */
void confine_check_paths(struct generation *generation);

/* What is in force, and what this kernel has not got. */
void confine_log(const struct sandbox *sandbox, const struct generation *generation);

/*
 * Binds this process for good; the last thing before it serves. `current` says by which settings
 * and where it logs, `line` is a worker's (NULL: it has none). False, and told: it must end.
 */
bool confine(const struct sandbox *sandbox, enum confined who, const struct current *current,
    struct scoreboard_slot *line) MUST_USE;

#endif
