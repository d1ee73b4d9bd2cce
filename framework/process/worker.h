/*
 * A worker: one process, one thread, one epoll that waits for the listening sockets and for all
 * connections that it holds. A connection that brings one request costs accept, the gateway's
 * calls and close, and never enters the epoll.
 */
#ifndef POSTERN_PROCESS_WORKER_H
#define POSTERN_PROCESS_WORKER_H

#include "core/compiler.h"
#include "process/crew.h"

struct limit_store;
struct listeners;
struct sandbox;

enum {
	WORKER_ACCEPT_BATCH =
	    64, /* connections served in a row before the held ones have their turn */
	WORKER_KEPT_BATCH =
	    32, /* of those, such as stay: with 1, newcomers starved while many are held */
	WORKER_HELD_BATCH = 64,     /* held ones served in a row before new ones have theirs */
	WORKER_TURN_US = 10 * 1000, /* as long as either lasts, and a look at who is ready holds */
	WORKER_LINGER_US =
	    250 * 1000, /* what a stop leaves idle connections for a request that is on its way */
	WORKER_ACCEPT_RETRY_US = 100 * 1000, /* after descriptors or memory ran out */
	WORKER_EXIT_CANNOT_START = 70,
};

struct tally;

/*
 * Serves, in `sandbox` once the service has opened what it needs, until it is told to stop or its manager is gone. Closes `listeners`,
 * and counts in its slot of `tally`. Returns the exit status.
 */
int worker_run(const struct crew_seat *seat, struct listeners *listeners,
    struct limit_store *limits, const struct sandbox *sandbox, const struct tally *tally) MUST_USE;

#endif
