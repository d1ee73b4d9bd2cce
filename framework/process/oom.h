/*
 * Whom the kernel ends first when memory is out: /proc/PID/oom_score_adj of the manager and of its
 * workers. Losing a worker costs a request, losing the manager costs them all.
 */
#ifndef POSTERN_PROCESS_OOM_H
#define POSTERN_PROCESS_OOM_H

#include <stdbool.h>

#include "config/config.h"
#include "core/compiler.h"

/*
 * Takes OOM_SCORE_ADJ on, and looks whether workers can take theirs. Before root is given up and
 * the root of the file system changed. False with a fault.
 */
bool oom_prepare(
    struct arena *arena, const struct config *config, struct config_faults *faults) MUST_USE;
/* Whether workers will find the file: not in a root of its own that has no /proc. A fault if not. */
bool oom_is_in_reach(
    struct arena *arena, const struct config *config, struct config_faults *faults) MUST_USE;
/* In a worker, before its sandbox: takes WORKER_OOM_SCORE_ADJ on. False: it could not. */
bool oom_adjust_worker(const struct config *config) MUST_USE;

#endif
