/*
 * Who accepts. The kernel wakes one waiting worker for a connection, and with little traffic
 * always the same one; its kept connections would pile up there. So a worker that holds clearly
 * more of them than one that is idle leaves the connection to that one and wakes it; should the
 * other not take it, it looks again itself, a moment later. Nobody polls, nobody is woken in vain
 * but then, and no connection waits while a worker is idle for longer than FAIR_PATIENCE_US.
 */
#ifndef POSTERN_PROCESS_FAIR_H
#define POSTERN_PROCESS_FAIR_H

#include "process/shared.h"

enum {
	FAIR_MARGIN = 1,         /* connections that one may hold above another */
	FAIR_PATIENCE_US = 5000, /* for the other to take what was left to it */
	FAIR_ENDED_IN_ROW = 8,   /* connections after which the front is known not to keep them */
	FAIR_NOBODY = -1,
};

/*
 * The slot of the idle worker of the same generation that holds the fewest connections, if
 * `slot`, which holds `held`, has more than FAIR_MARGIN above it; else FAIR_NOBODY: accept
 * yourself.
 */
int fair_choose(const struct shared *shared, unsigned slot, uint32_t held);

#endif
