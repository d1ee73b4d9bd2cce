/*
 * All that crosses the fork: one piece of shared memory, made by the manager before the first
 * worker and written by lock-free stores alone. The manager reads it and never waits for anything
 * in it, and it never takes a process id from it: whom to signal it remembers in memory of its
 * own.
 */
#ifndef POSTERN_PROCESS_SHARED_H
#define POSTERN_PROCESS_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"
#include "core/counter.h"
#include "process/renewal.h"

enum {
	SHARED_MAX_WORKERS = 512,
	/* Old and new generation side by side, and those who stand by to replace others. */
	SHARED_MAX_SLOTS = 2 * SHARED_MAX_WORKERS + SHARED_MAX_WORKERS / RENEWAL_SHARE
};

enum worker_state {
	WORKER_EMPTY = 0, /* no process */
	WORKER_STARTING,  /* forked; not yet accepting */
	WORKER_IDLE,
	WORKER_BUSY,     /* serving a request since request_started_us */
	WORKER_DRAINING, /* told to stop; finishes what it has */
	WORKER_STATE_COUNT
};

/* How far a worker that was told to stop has come; bits that are set and never cleared. */
enum worker_leaving {
	LEAVING_CONNECTIONS = 1, /* it accepts none any more... */
	LEAVING_BACKLOG = 2,  /* ...and has left some in the queue that nobody else may know of */
	LEAVING_REQUESTS = 4, /* it begins none any more: what it has left had begun before */
};

/* That a worker wants to be renewed; bits beside those, as lasting. */
enum worker_wish {
	WISH_NEAR = 16,   /* soon: it has few requests left */
	WISH_DONE = 32,   /* it begins none any more, and waits for the word */
	WISH_MEMORY = 64, /* it is too large */
};

/*
 * One line of the scoreboard, written by its worker only (what says so, and the states STARTING
 * and EMPTY, by the manager). A cache line of its own. `state` is stored with release after the other fields, so
 * that who reads BUSY with acquire reads a start time of this request, never of one before.
 */
struct scoreboard_slot {
	_Atomic(uint32_t) state;
	_Atomic(int32_t) pid;
	_Atomic(uint32_t) generation;
	_Atomic(uint32_t) route; /* index + 1 of the route being served; 0: none known */
	_Atomic(int64_t) request_started_us; /* monotonic; 0: none yet */
	_Atomic(int64_t)
	    idle_since_us;          /* the last answer, or the worker's first moment; monotonic */
	_Atomic(uint64_t) requests; /* served since the worker's birth */
	_Atomic(uint32_t) connections; /* kept open now */
	_Atomic(uint32_t) pending;     /* requests that wait behind the one in hand on kept ones */
	_Atomic(uint32_t) log_number;  /* of the log file that it writes to */
	_Atomic(uint32_t) leaving;     /* enum worker_leaving, enum worker_wish */
	_Atomic(uint32_t)
	    is_relieved; /* the manager's: told to stop, and others go on in its place */
	_Atomic(uint32_t) system_call; /* number + 1 of the one that ends it; 0: none */
} __attribute__((aligned(64)));

/* Why a worker is renewed; the words stand in the log. */
enum renewal_cause {
	RENEWAL_NONE = 0,
	RENEWAL_REQUESTS,
	RENEWAL_LIFETIME,
	RENEWAL_MEMORY,
	RENEWAL_CAUSE_COUNT
};

/* The service as a whole; written by the manager. */
enum service_phase { SERVICE_STARTING = 0, SERVICE_SERVING, SERVICE_STOPPING, SERVICE_PHASE_COUNT };

/* Where an exchange of the program stands, seen from this manager; the words stand in /status. */
enum upgrade_state {
	UPGRADE_NONE = 0,
	UPGRADE_STARTING, /* the new program was started and is not ready */
	UPGRADE_REPLACED, /* it serves, and so do our workers */
	UPGRADE_RETIRED,  /* it serves, and our workers are gone or going; we stand by */
	UPGRADE_HEIR,     /* we are the new program, and not told to accept yet */
	UPGRADE_BESIDE,   /* we are, and serve; the manager before us is still there */
	UPGRADE_STATE_COUNT
};

/* Why a worker died that was not told to end; the words stand in the log. */
enum death_cause {
	DEATH_NONE = 0,
	DEATH_SIGNAL,
	DEATH_EXIT,
	DEATH_TIMEOUT,    /* its request took too long */
	DEATH_GRACE_OVER, /* it did not end when it was told to */
	DEATH_SECCOMP,    /* it asked the kernel for what it may not */
	DEATH_OOM,        /* the kernel took its memory back */
	DEATH_CAUSE_COUNT
};

enum { SHARED_DIGEST_WORDS = 8 }; /* of 8 letters each: room for SHA-256 in hex */

/* The policies of a generation: written before it is the one in force, and not changed then. */
struct shared_policies {
	_Atomic(int64_t) loaded_us; /* monotonic; 0: the service has none */
	_Atomic(uint64_t) count;
	_Atomic(uint64_t) digest[SHARED_DIGEST_WORDS];
};

enum { SHARED_EVENT_SIZE = 64 };

/* Why a reload was refused; the words stand in the log. */
enum reload_refusal { RELOAD_FINE = 0, RELOAD_SETTINGS, RELOAD_WORKERS, RELOAD_REFUSAL_COUNT };

struct shared_manager {
	_Atomic(int32_t) pid;
	_Atomic(uint32_t) phase;  /* enum service_phase */
	_Atomic(uint32_t) wanted; /* workers of the generation in force */
	_Atomic(uint32_t) limit;  /* and how many there may be */
	_Atomic(uint32_t) mode;   /* how their number changes: enum config_worker_mode */
	counter max_reached;      /* how often more were needed than there may be */
	_Atomic(int64_t) started_us, started_wall_us;
	counter deaths[DEATH_CAUSE_COUNT];
	counter renewals[RENEWAL_CAUSE_COUNT];
	counter reloads_begun, reloads_done, reloads_refused;
	_Atomic(uint32_t) has_log_file;
	counter log_reopened, log_not_reopened;
	_Atomic(uint32_t) last_refusal; /* enum reload_refusal */
	counter upgrades_refused;
	_Atomic(uint32_t) upgrade;       /* enum upgrade_state */
	_Atomic(int32_t) other;          /* the manager beside us; 0: none */
	_Atomic(int64_t) key_changed_us; /* monotonic, of the key in force; 0: there is none */
	counter lines_lost;              /* of the manager's log */
};

/*
 * What is known of the time that connections spend in the queues of the listening sockets; see
 * queue_age.h. Samples are the manager's, the counts each worker's own.
 */
enum { SHARED_MAX_SOCKETS = 16, SHARED_QUEUE_SAMPLES = 64 };

struct shared_queue_sample {
	_Atomic(int64_t) at_us; /* monotonic; 0: none */
	_Atomic(uint64_t)
	    arrived; /* connections up to then, accepted ones and those in the queue */
};

struct shared_queue {
	_Atomic(uint32_t) next; /* where the next sample goes; with `has_any` 0 there is none */
	_Atomic(uint32_t) has_any;
	struct shared_queue_sample samples[SHARED_QUEUE_SAMPLES];
};

struct shared_accepted {
	counter sockets[SHARED_MAX_SOCKETS]; /* connections that the workers of a slot accepted */
} __attribute__((aligned(64)));

struct shared {
	/*
	 * See guard_env. Of the generation in force and of the one that comes or goes beside it,
	 * whose numbers are neighbours: workers of a set that has expired must not decide by it
	 * again because a newer one is fresh. Ask shared_policies_expire_us.
	 */
	_Atomic(int64_t) policies_expire_us[2];
	_Atomic(uint32_t) generation; /* the one in force */
	_Atomic(uint32_t) log_number; /* of the file that all should write to */
	/*
	 * The manager's: 0 while workers start and must not take anybody yet, because it is not decided
	 * whether this program is to serve at all.
	 */
	_Atomic(uint32_t) is_open;
	_Atomic(uint32_t) slot_limit; /* slots above were never used: nobody need look there */
	struct shared_policies policies[2]; /* as policies_expire_us */
	struct shared_manager manager;
	struct shared_queue queues[SHARED_MAX_SOCKETS];
	struct scoreboard_slot slots[SHARED_MAX_SLOTS];
	/* The type of the last event above info of each worker, as long as it starts. */
	char last_events[SHARED_MAX_SLOTS][SHARED_EVENT_SIZE];
	struct shared_accepted accepted[SHARED_MAX_SLOTS];
};

/* Anonymous shared memory, zeroed; NULL when there is none. Released when the last process ends. */
struct shared *shared_new(void) MUST_USE;
/* The word of a generation, by its number. */
_Atomic(int64_t) *shared_policies_expire_us(struct shared *shared, uint32_t generation);
/* This process can only read it from now on. False: the kernel refuses. */
bool shared_seal(struct shared *shared) MUST_USE;
/* Unmaps it in this process. */
void shared_free(struct shared *shared);
/* What is known of the policies of generation `number`; `digest` NULL: there are none. */
void shared_tell_policies(
    struct shared *shared, uint32_t number, const char *digest, uint64_t count, int64_t now_us);
const char *death_cause_name(enum death_cause cause);
const char *reload_refusal_name(enum reload_refusal refusal);
const char *renewal_cause_name(enum renewal_cause cause);
const char *service_phase_name(enum service_phase phase);
const char *upgrade_state_name(enum upgrade_state state);
/* Whether another manager's workers serve on the same sockets and take from the same handover. */
bool upgrade_state_has_others(enum upgrade_state state);
bool shared_has_others(const struct shared *shared);
const char *worker_state_name(enum worker_state state);

#endif
