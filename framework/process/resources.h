/* What a worker gets of the machine: its core, its priority and patience, the memory that it can have. */
#ifndef POSTERN_PROCESS_RESOURCES_H
#define POSTERN_PROCESS_RESOURCES_H

#include <stdbool.h>

#include "config/config.h"
#include "core/compiler.h"

/* While the start is still root, if it is: workers may have the priority that WORKER_NICE says. */
void resources_prepare(const struct config *config);
/* Faults of what this process could not give to its workers. As the user who serves. */
void resources_check(
    struct arena *arena, const struct config *config, struct config_faults *faults);
/* In a worker, before its sandbox. `core` is a core's number + 1, 0: any. False: refused. */
bool resources_take(const struct config *config, unsigned core) MUST_USE;

#endif
