/* The manager's part of renewing workers: who wishes to go, whose time has come, who is told. */
#ifndef POSTERN_PROCESS_RENEWING_H
#define POSTERN_PROCESS_RENEWING_H

#include <stdint.h>

#include "process/crew.h"
#include "process/renewal.h"

/*
 * Tells those workers of `generation` to go who may, where `wanted` should be there. What is left
 * to do is hiring, and to let some more be there than wanted for a while.
 */
struct renewal_step renewing_step(
    struct crew *crew, struct generation *generation, unsigned wanted, int64_t now_us);
/* When to call that again, if nothing else happens; 0: never. */
int64_t renewing_next(const struct crew *crew, const struct generation *generation, int64_t now_us);

#endif
