/*
 * The manager: the parent of all, which owns signals, sockets and shared memory, and keeps the
 * wanted number of workers alive. It knows no HTTP, reads nothing that a client sent, and waits
 * in one place only, a poll for signals, for workers that began to accept, and for the next
 * deadline. It never waits for anything in shared memory.
 */
#ifndef POSTERN_PROCESS_MANAGER_H
#define POSTERN_PROCESS_MANAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"
#include "process/crew.h"
#include "process/keeper.h"

struct generation;
struct inheritance;
struct listeners;
struct notify;
struct oom_events;

enum {
	MANAGER_QUICK_US = 500 * 1000, /* what INT leaves a worker to end its request */
	MANAGER_EXIT_CANNOT_START = 70,
	MANAGER_EXIT_NO_RESOURCES = 71,
};

/*
 * What the manager is given. All of it outlives manager_run; `context` is handed to each
 * function.
 */
struct manager_plan {
	struct shared *shared;
	struct generation *first; /* the manager takes it over */
	struct oom_events *oom_events;
	struct death *ret_death; /* of a worker, when none of them could start */
	void *context;
	crew_work *work;
	keeper_work *ledger;               /* NULL: none */
	keeper_work *inspector;            /* NULL: none */
	struct notify *notify;             /* who wants to know how the service is; NULL: nobody */
	const struct listeners *listeners; /* where workers accept; NULL: nowhere */
	/*
	 * Reads everything anew, beside the generation in force. NULL: invalid; the operator was
	 * told.
	 */
	struct generation *(*reload)(void *context, const struct generation *current);
	/* Descriptor 1 becomes another file. False: there is none, or it cannot be had, which is told. NULL: there is none. */
	bool (*reopen_log)(void *context, const struct generation *current);
	/* Whether what is on disk is no longer what `current` holds. */
	bool (*is_stale)(const struct generation *current);
	void (*free_generation)(struct generation *generation);
	/* The service stops: the sockets go away. May be called twice. */
	void (*stop_listening)(void *context);
	/* The first worker accepts: the service has started. */
	void (*on_start)(void *context, const struct generation *current);
	/* A reload is complete: this one is in force now; the one before will be freed. */
	void (*on_renewed)(void *context, const struct generation *current);
	/*
	 * Looks how many wait in the sockets' queues, when it is time to; NULL: nobody does. Returns
	 * when to ask again, 0: never. `current` is NULL while strangers accept from the sockets, too.
	 */
	int64_t (*watch_queues)(void *context, const struct generation *current, int64_t now_us);
	/*
	 * Starts the program that lies at our own path, with the link (upgrade.h) and everything else that it
	 * needs to take over. Returns its process id; -1: it could not be started. NULL: not offered.
	 */
	pid_t (*replace)(void *context, int link_fd, struct handover handover);
	/*
	 * Whether what bears the service's name is ours (socket files, the pid file), or another manager's that goes
	 * on. At an ordinary start it is; what was given away does not come back.
	 */
	void (*own_names)(void *context, bool are_ours);
	/* What our own predecessor left us; NULL: this is an ordinary start. Taken over. */
	struct inheritance *inheritance;
};

/* Runs until the service ends. Returns the exit status. */
int manager_run(const struct manager_plan *plan) MUST_USE;

#endif
