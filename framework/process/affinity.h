/* Which core a worker runs on: one each, as few as can be on the same one. */
#ifndef POSTERN_PROCESS_AFFINITY_H
#define POSTERN_PROCESS_AFFINITY_H

#include <stddef.h>

#include "config/config.h"
#include "process/crew.h"

/*
 * Number + 1 of the core for a new worker of `generation`: that of the fewest workers that stay,
 * the lowest of several. 0: it is not bound.
 */
unsigned affinity_choose(const struct crew *crew, const struct generation *generation);

/* The index of the smallest, the first of several; `count` is at least 1. */
size_t affinity_least(const unsigned *loads, size_t count);

/* Faults of WORKER_CPU_AFFINITY that only this machine knows. */
void affinity_check(struct arena *arena, const struct config *config, struct config_faults *faults);

#endif
